"""Who is not there yet counts: time to value is no mean of those who arrived."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.time_to_value import (
    bucket_of,
    curve,
    retention_by_bucket,
    time_to_value,
)

NAN = np.nan


def waited(days: Sequence[float], reached: list[bool]) -> pd.DataFrame:
    return pd.DataFrame({"days": days, "has_reached": reached})


def test_the_median_counts_those_who_still_wait() -> None:
    found = time_to_value(waited([3, 10, 60, 30, 80], [True, True, True, False, False]))

    # S(3) = .8, S(10) = .6, then one is lost from sight, S(60) = .3.
    assert found.median == 60
    assert found.quarter == 10
    assert found.three_quarters is None
    assert found.reached[7].value == pytest.approx(0.2)
    assert found.reached[14].value == pytest.approx(0.4)
    assert found.reached[14].lower < 0.4 < found.reached[14].upper
    assert (found.account_count, found.reached_count) == (5, 3)


def test_the_interval_of_the_median_is_that_of_a_published_trial() -> None:
    # Weeks in remission, 6-mercaptopurine and placebo (Freireich et al. 1963): medians
    # of 23 (13 to open) and 8 (4 to 11), by the same method.
    seen = [
        6,
        6,
        6,
        7,
        10,
        13,
        16,
        22,
        23,
        6,
        9,
        10,
        11,
        17,
        19,
        20,
        25,
        32,
        32,
        34,
        35,
    ]
    treated = time_to_value(waited(seen, [True] * 9 + [False] * 12))
    bare = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    placebo = time_to_value(waited(bare, [True] * 21))

    assert (treated.median_lower, treated.median, treated.median_upper) == (
        13,
        23,
        None,
    )
    assert (placebo.median_lower, placebo.median, placebo.median_upper) == (4, 8, 11)


def test_the_curve_ends_with_what_was_seen() -> None:
    found = curve(waited([0, 3, 5], [True, True, False]), last_day=90)

    assert found["day_number"].tolist() == [0, 1, 2, 3, 4, 5]
    assert found["reached_ratio"].tolist() == pytest.approx([1 / 3] * 3 + [2 / 3] * 3)
    assert found["reached_ratio_lower"].iloc[0] < 1 / 3


def test_where_nobody_was_seen_for_so_long_nothing_is_told() -> None:
    found = time_to_value(waited([3, 5, 5], [True, False, False]))

    assert found.median is None
    assert np.isnan(found.reached[7].value)


def test_where_everybody_arrived_all_did() -> None:
    found = time_to_value(waited([1, 2, 2, 9], [True] * 4))

    assert (found.quarter, found.median, found.three_quarters) == (1, 2, 2)
    assert found.reached[30].value == 1


def test_value_on_no_day_before_the_seventh_is_none_by_it() -> None:
    assert time_to_value(waited([9, 9], [True, True])).reached[7].value == 0


def test_of_no_account_and_of_negative_days_nothing_is_told() -> None:
    with pytest.raises(InvalidAccounts):
        time_to_value(waited([], []))
    with pytest.raises(InvalidAccounts, match="column days, row 0"):
        time_to_value(waited([-1], [True]))


def test_buckets_are_half_open() -> None:
    assert bucket_of(np.array([0, 6.9, 7, 20.9, 21, 44.9, 45, 500])) == [
        *("0-7", "0-7", "7-21", "7-21", "21-45", "21-45", "45+", "45+"),
    ]


def test_who_is_slow_has_no_time_that_was_survived_already() -> None:
    accounts = pd.DataFrame(
        {
            "age_days": [200, 200, 200, 200, 100, 200],
            "days_to_value": [3, 3, 60, NAN, 3, 3],
            # Left in the window, stayed, left after it, left in it, too young, left
            # before the landmark.
            "days_to_departure": [100, NAN, 190, 46, NAN, 20],
        }
    )

    found = retention_by_bucket(accounts, horizon_days=90).set_index("bucket")

    assert found["account_count"].tolist() == [2, 0, 0, 2]
    assert found["retained_count"].tolist() == [1, 0, 0, 1]
    assert np.isnan(found["retained_ratio"].loc["7-21"])
