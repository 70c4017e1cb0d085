"""What the simulated shop spends on advertising: one row per day and campaign."""

import csv
import io
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np

from sandbox.tienda_norte import FIRST_DAY, LAST_DAY

__all__ = ["COLUMNS", "ad_spend_csv"]

COLUMNS: Final = (
    "date",
    "channel",
    "account_id",
    "campaign_id",
    "campaign_name",
    "currency",
    "spend",
    "impressions",
    "clicks",
    "attributed_revenue",
)


class _Campaign(NamedTuple):
    channel: str
    account_id: str
    campaign_id: str
    name: str
    daily_euros: float
    euros_per_thousand: float
    click_rate: float
    claimed_return: float


_CAMPAIGNS: Final = (
    _Campaign(
        "google_ads", "100-200-3000", "11001", "Búsqueda marca", 18, 22.0, 0.060, 4.5
    ),
    _Campaign("google_ads", "100-200-3000", "11002", "Shopping", 32, 9.0, 0.012, 2.6),
    _Campaign("meta_ads", "act_4004", "22001", "Prospección", 40, 6.5, 0.011, 1.8),
    _Campaign("meta_ads", "act_4004", "22002", "Recuperación", 14, 11.0, 0.018, 3.9),
    _Campaign("tiktok_ads", "77077", "33001", "Vídeo marca", 12, 4.0, 0.008, 0.9),
)
# Spring and the weeks before Christmas are pushed, August is not.
_MONTHLY: Final = (0.9, 0.9, 1.0, 1.1, 1.1, 1.0, 0.8, 0.6, 1.0, 1.1, 1.5, 1.6)
_RETURN_SPREAD: Final = 0.25


def ad_spend_csv(rng: np.random.Generator) -> str:
    """The file's text, oldest day first."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        for campaign in _CAMPAIGNS:
            level = _MONTHLY[day.month - 1] * rng.lognormal(sigma=_RETURN_SPREAD)
            writer.writerow([day.isoformat(), *_figures(campaign, level, rng)])
    return text.getvalue()


def _figures(
    campaign: _Campaign, level: float, rng: np.random.Generator
) -> list[str | int]:
    cents = round(campaign.daily_euros * level * 100)
    impressions = int(rng.poisson(cents / 100 / campaign.euros_per_thousand * 1_000))
    clicks = int(rng.binomial(impressions, campaign.click_rate))
    claimed = (
        cents / 100 * campaign.claimed_return * rng.lognormal(sigma=_RETURN_SPREAD)
    )
    return [
        campaign.channel,
        campaign.account_id,
        campaign.campaign_id,
        campaign.name,
        "EUR",
        f"{cents / 100:.2f}",
        impressions,
        clicks,
        f"{claimed:.2f}",
    ]
