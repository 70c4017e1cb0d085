"""A shop by day whose channels are known, because they were made up."""

import datetime as dt

import numpy as np
import pandas as pd

from ml_assets.media_plan.media_days import MediaDays, media_days

AS_OF = dt.date(2026, 10, 31)
# Where meta, cheap, brings many who buy once; google fewer who come back.
CUSTOMERS = {"meta_ads": 60.0, "google_ads": 20.0}
FIRST_ORDER = 30.0
TWELVE_MONTHS = {"meta_ads": 30.0, "google_ads": 250.0, "organic": 60.0}
TYPICAL = 300.0
DECAY = 0.3


def brought(spend: np.ndarray, most: float) -> np.ndarray:
    """New customers of a day, with what is left of the days before."""
    held = np.zeros_like(spend)
    left = 0.0
    for day, amount in enumerate(spend):
        left = (1 - DECAY) * amount + DECAY * left
        held[day] = left
    return most * held / (held + TYPICAL)


def shop(
    days: int = 500, seed: int = 3, *, event: bool = False, clicks: bool = False
) -> MediaDays:
    """Days with spend that moves on its own account, weeks on and weeks off.

    With `clicks`, people search because they saw an advertisement of Google's, and the
    search engine counts them.
    """
    rng = np.random.default_rng(seed)
    dates = [d.date() for d in pd.date_range(end=AS_OF, periods=days)]
    sold = np.full(days, 40.0)
    worth = np.full(days, 40.0 * TWELVE_MONTHS["organic"])
    rows = []
    for channel, most in CUSTOMERS.items():
        weekly = rng.gamma(2.0, 0.5, days // 7 + 1) * (rng.random(days // 7 + 1) > 0.15)
        spend = TYPICAL * np.repeat(weekly, 7)[:days] * rng.lognormal(0, 0.1, days)
        won = brought(spend, most)
        sold += won
        worth += won * TWELVE_MONTHS[channel]
        rows.append(
            pd.DataFrame(
                {"calendar_date": dates, "channel_id": channel, "spend": spend}
            )
        )
    revenue = FIRST_ORDER * sold * rng.normal(1, 0.05, days)
    searched = np.full(days, np.nan)
    if clicks:
        shown = rows[1]["spend"].to_numpy()
        searched = (5 * brought(shown, 20.0) + rng.normal(100, 5, days)).round()
    events: list[str | None] = [None] * days
    if event:
        day = dates.index(dt.date(2025, 11, 28))
        revenue[day] *= 6
        events[day] = "black_friday"
    # E-mail brings orders and nobody knows what it costs; search cannot be bought.
    rows.append(
        pd.DataFrame({"calendar_date": dates, "channel_id": "email", "spend": None})
    )
    rows.append(
        pd.DataFrame(
            {"calendar_date": dates, "channel_id": "organic_search", "spend": 50.0}
        )
    )
    spend_rows = pd.concat(rows).assign(unconverted_campaign_count=0)
    marts = pd.DataFrame(
        {
            "calendar_date": dates,
            "order_count": sold.round(),
            "net_revenue": revenue,
            "discount_rate": 0.0,
            "is_holiday": False,
            "event_ids": events,
            "mean_temperature_c": 12 + 8 * np.sin(np.arange(days) / 58),
            "precipitation_mm": rng.gamma(0.3, 4, days),
            "non_brand_click_count": searched,
        }
    )
    values = pd.DataFrame(
        {
            "first_order_date": dates,
            "value_12m": worth * rng.normal(1, 0.05, days),
            "shared_error": 0.0,
            "independent_variance": 0.0,
        }
    )
    return media_days(marts, spend_rows, values, AS_OF)
