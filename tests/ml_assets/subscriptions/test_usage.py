"""Seats and features are counted of what an account has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.usage import (
    company_adoption,
    feature_adoption,
    seat_usage,
)

LAST = pd.Timestamp("2026-06-28")
WINDOW = pd.date_range(end=LAST, periods=28)


def seats(**counts: int) -> pd.DataFrame:
    rows = [(one, day, count) for one, count in counts.items() for day in WINDOW]
    return pd.DataFrame(rows, columns=["account_id", "day", "seat_count"])


def events(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """By account, user and days before the last, which is a Sunday."""
    days = [(one, user, LAST - pd.Timedelta(days=ago)) for one, user, ago in rows]
    return pd.DataFrame(days, columns=["account_id", "user_id", "day"])


def of(found: pd.DataFrame, account: str) -> dict[str, float]:
    (row,) = found[found["account_id"] == account].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_seats_of_a_day_of_four_weeks_and_one_over_the_other() -> None:
    # Twenty working days: u on two of them (twice on one), v on one and on a Sunday.
    found = of(
        seat_usage(
            events(
                *(("a", "u", 2), ("a", "u", 2), ("a", "u", 3), ("a", "v", 2)),
                *(("a", "v", 0), ("a", "w", 28), ("a", "x", -1)),
            ),
            seats(a=4),
            last_day=LAST,
        ),
        "a",
    )

    assert found["active_user_count"] == 2
    assert found["seat_dau_ratio"] == pytest.approx((2 / 4 + 1 / 4) / 20)
    assert found["seat_mau_ratio"] == 0.5
    assert found["stickiness_ratio"] == pytest.approx(3 / 20 / 2)
    assert not found["has_overuse"]


def test_more_users_than_seats_are_all_seats_and_are_told() -> None:
    found = of(
        seat_usage(
            events(("a", "u", 2), ("a", "v", 2), ("a", "w", 3)),
            seats(a=1, b=1),
            last_day=LAST,
        ),
        "a",
    )

    assert found["seat_mau_ratio"] == 1
    assert found["seat_dau_ratio"] == pytest.approx(2 / 20)
    assert found["has_overuse"]


def test_without_a_seat_or_a_user_nothing_is_told() -> None:
    found = seat_usage(events(("none", "u", 2)), seats(none=0, idle=3), last_day=LAST)

    assert np.isnan(of(found, "none")["seat_mau_ratio"])
    assert np.isnan(of(found, "none")["seat_dau_ratio"])
    assert of(found, "none")["has_overuse"]
    assert of(found, "idle")["seat_mau_ratio"] == 0
    assert np.isnan(of(found, "idle")["stickiness_ratio"])
    with pytest.raises(InvalidAccounts, match="a day twice"):
        seat_usage(events(), pd.concat([seats(a=1)] * 2), last_day=LAST)


def plans(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """By account, feature, tier and days since its release."""
    return pd.DataFrame(
        [(one, f, tier, LAST - pd.Timedelta(days=ago)) for one, f, tier, ago in rows],
        columns=["account_id", "feature_id", "feature_tier", "released_on"],
    )


def uses(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return events(*rows).rename(columns={"user_id": "feature_id"})


def test_a_feature_outside_the_plan_or_just_released_is_in_no_rate() -> None:
    has = plans(
        *(("a", "x", "core", 400), ("a", "y", "core", 28), ("a", "new", "core", 27)),
        *(("a", "z", "reporting", 400), ("b", "x", "core", 400)),
    )
    did = uses(
        *(("a", "x", 1), ("a", "new", 1), ("a", "other", 1), ("a", "z", 28)),
        *(("b", "x", 0), ("b", "x", 5)),
    )

    found = feature_adoption(did, has, last_day=LAST)
    twice = feature_adoption(did, has, last_day=LAST, least_days=2)
    company = company_adoption(found, pd.Series({"a": 3, "b": 1}))

    assert found["feature_adoption_ratio"].tolist() == [0.5, 0, 1]
    assert found["available_count"].tolist() == [2, 1, 1]
    assert twice["feature_adoption_ratio"].tolist() == [0, 0, 1]
    assert company["feature_tier"].tolist() == ["core", "reporting"]
    assert company["adoption_ratio"].tolist() == [0.75, 0]
    assert company["feature_count"].tolist() == [2, 1]
    # Two accounts drawn anew are too much alike.
    assert company["adoption_ratio_lower"].isna().all()
    assert company["seat_weighted_ratio"].tolist() == [(0.5 * 3 + 1) / 4, 0]


def test_a_feature_that_nobody_dates_is_old() -> None:
    has = plans(("a", "x", "core", 400)).assign(released_on=None)

    found = feature_adoption(uses(("a", "x", 1)), has, last_day=LAST)

    assert found["feature_adoption_ratio"].tolist() == [1]


def test_of_thirty_accounts_the_mean_has_an_interval() -> None:
    names = [f"a{number}" for number in range(40)]
    has = plans(*((name, "x", "core", 400) for name in names))
    did = uses(*((name, "x", 1) for name in names[:20]))

    (row,) = company_adoption(
        feature_adoption(did, has, last_day=LAST), pd.Series(dict.fromkeys(names, 1))
    ).to_dict("records")

    # Half, give or take 1.96 * sqrt(1/4 / 40).
    assert row["adoption_ratio"] == 0.5
    assert row["adoption_ratio_lower"] == pytest.approx(0.345, abs=0.03)
    assert row["adoption_ratio_upper"] == pytest.approx(0.655, abs=0.03)
