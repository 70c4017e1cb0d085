"""How early, how often and how steadily accounts were red."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.alarm_history import (
    alarm_load,
    band_stability,
    lead_times,
)

MONDAY = pd.Timestamp("2026-06-01")


def history(**accounts: str) -> pd.DataFrame:
    """Weekly scores of each account: r is red, g is green, u is unknown."""
    rows = [
        {
            "account_id": account,
            "scored_on": MONDAY + pd.Timedelta(weeks=week),
            "is_red": band == "r",
            "band": {"r": "severe", "g": "healthy", "u": "unknown"}[band],
            "manager_id": "m",
        }
        for account, bands in accounts.items()
        for week, band in enumerate(bands)
    ]
    return pd.DataFrame(rows)


def decided(**days: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": list(days),
            "decided_on": [MONDAY + pd.Timedelta(days=day) for day in days.values()],
        }
    )


def test_the_warning_is_the_last_red_without_a_break_before_the_decision() -> None:
    scores = history(long="grrrrrrr", broken="rrrrrgrr", late="gggggggg", after="ggrr")
    decisions = decided(long=50, broken=50, late=50, after=10, new=3)

    found = lead_times(scores, decisions)

    # 50 days after the first Monday: red since day 7, since day 42, not, not yet.
    assert found.warned_count == 2
    assert found.median_days == pytest.approx((43 + 8) / 2)
    assert (found.decided_count, found.unscored_count) == (4, 1)
    assert found.early.value == 0.25


def test_of_nobody_who_was_warned_no_median_is_told() -> None:
    found = lead_times(history(calm="gg"), decided(calm=9))

    assert np.isnan(found.median_days)
    assert found.early.value == 0


def test_alarms_are_counted_by_manager_and_week() -> None:
    scores = history(a="grr", b="rrg", c="ggg")

    found = alarm_load(scores)

    assert found["account_count"].tolist() == [3, 3, 3]
    assert found["red_count"].tolist() == [1, 2, 1]
    assert found["begun_count"].tolist() == [1, 1, 0]
    assert found["week_start_date"].dt.day_of_week.tolist() == [0, 0, 0]


def test_only_there_and_back_within_a_fortnight_is_unsteady() -> None:
    scores = history(
        there="ggrrrr", back="ggrgg", slow="grrrg", gap="gug", once="g", often="grgrgr"
    )

    found = band_stability(scores)

    # back: red for a week; often: too; slow: three weeks. once is not counted, and of
    # gap nothing changed.
    assert found.value == pytest.approx(2 / 5)
