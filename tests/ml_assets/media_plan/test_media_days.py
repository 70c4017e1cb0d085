"""The table a mix is fitted to begins and ends where both sales and spend are known."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from ml_assets.media_plan.media_days import (
    MediaDays,
    data_hash,
    fitting_periods,
    media_days,
    value_draws,
)

DAYS = [dt.date(2026, 1, day) for day in range(1, 21)]


def days(**told: Any) -> pd.DataFrame:
    table = {
        "calendar_date": DAYS,
        "order_count": 2,
        "net_revenue": 100,
        "discount_rate": 0.0,
        "is_holiday": False,
        "event_ids": None,
        "mean_temperature_c": None,
        "precipitation_mm": None,
        "non_brand_click_count": None,
    }
    return pd.DataFrame(table | told)


def spend(*rows: tuple[int, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [(dt.date(2026, 1, day), channel, amount, 0) for day, channel, amount in rows],
        columns=["calendar_date", "channel_id", "spend", "unconverted_campaign_count"],
    )


def read(spent: pd.DataFrame, as_of: int = 20, **told: Any) -> MediaDays:
    worth = pd.DataFrame(
        {
            "first_order_date": [DAYS[8]],
            "value_12m": [70],
            "shared_error": [7],
            "independent_variance": [25],
        }
    )
    return media_days(days(**told), spent, worth, dt.date(2026, 1, as_of))


def test_days_before_the_first_known_spend_are_left_out() -> None:
    media = read(spend((6, "meta_ads", 10), (20, "meta_ads", 10)))

    assert media.frame["date"].iloc[0] == pd.Timestamp(2026, 1, 6)
    assert media.days == 15
    assert media.frame["spend_meta_ads"].sum() == 20


def test_spend_that_is_a_few_days_late_has_not_ended() -> None:
    late = read(spend((1, "meta_ads", 10), (17, "meta_ads", 10)))
    ended = read(spend((1, "meta_ads", 10), (9, "meta_ads", 10)))

    assert late.frame["date"].iloc[-1] == pd.Timestamp(2026, 1, 17)
    assert ended.frame["date"].iloc[-1] == pd.Timestamp(2026, 1, 20)


def test_only_what_has_a_price_and_can_be_bought_is_a_channel() -> None:
    media = read(
        spend(
            (1, "meta_ads", 10),
            (1, "email", None),
            (1, "organic_search", 5),
            (2, "whatsapp", 3),
        )
    )

    assert media.channels == ("meta_ads", "whatsapp")
    assert media.unpriced == ("email", "organic_search")


def test_without_spend_there_are_no_days() -> None:
    media = read(spend((1, "email", None)))

    assert (media.days, media.channels) == (0, ())


def test_the_value_of_new_customers_is_on_the_day_they_came() -> None:
    media = read(spend((1, "meta_ads", 10), (20, "meta_ads", 10)))

    assert media.frame["value_12m"].tolist()[8] == 70
    assert media.frame["value_12m"].sum() == 70


def test_events_are_controls_by_name_and_unknown_weather_is_none() -> None:
    events = [None] * 19 + ["black_friday,singles_day"]
    clicks = [7.0] * 10 + [9.0] * 8 + [None] * 2

    media = read(
        spend((1, "meta_ads", 10), (20, "meta_ads", 10)),
        event_ids=events,
        non_brand_click_count=clicks,
        mean_temperature_c=[1.0, 2.0] * 5 + [None] * 10,
    )

    assert media.controls == (
        "event_black_friday",
        "event_singles_day",
        "non_brand_click_count",
    )
    assert media.frame["event_singles_day"].tolist() == [0.0] * 19 + [1.0]
    # Weather is known on half of the days: left out, and told.
    assert media.left_out == {"mean_temperature_c": 0.5}


def test_the_hash_is_of_the_outcome_and_all_that_explains_it() -> None:
    spent = spend((1, "meta_ads", 10), (20, "meta_ads", 10))
    one, dearer = read(spent), read(spent, net_revenue=[101] + [100] * 19)

    assert data_hash(one, "revenue") == data_hash(read(spent), "revenue")
    assert data_hash(one, "revenue") != data_hash(dearer, "revenue")
    assert data_hash(one, "orders") == data_hash(dearer, "orders")
    assert data_hash(one, "orders") != data_hash(one, "revenue")


def test_days_of_few_orders_are_fitted_as_weeks_that_end_today() -> None:
    told = spend(*((day, "meta_ads", 10) for day in range(1, 21)))
    few, many = read(told), read(told, order_count=50)

    weeks = fitting_periods(few, "revenue")

    assert fitting_periods(many, "revenue").period_days == 1
    assert (weeks.period_days, weeks.days) == (7, 14)
    assert weeks.frame["date"].tolist() == [
        pd.Timestamp(2026, 1, 7),
        pd.Timestamp(2026, 1, 14),
    ]
    assert weeks.frame["revenue"].tolist() == [700, 700]
    assert weeks.frame["spend_meta_ads"].tolist() == [70, 70]


def test_draws_of_the_value_share_an_error_and_have_their_own() -> None:
    media = read(spend((1, "meta_ads", 10), (20, "meta_ads", 10)))

    drawn = value_draws(media)

    assert drawn is not None
    assert drawn.shape[1] == 20
    assert drawn[:, 8].mean() == pytest.approx(70, abs=2)
    assert drawn[:, 8].std() == pytest.approx((7**2 + 25) ** 0.5, rel=0.2)
    assert (drawn[:, :8] == 0).all()
    sure = media.frame.assign(value_shared_error=0.0, value_variance=0.0)
    assert value_draws(replace(media, frame=sure)) is None
