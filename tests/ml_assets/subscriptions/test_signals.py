"""Signals are raised by habit where there is one, and graded like any other flag."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.signals import SIGNALS, grade_signals, raise_signals

MONDAY = pd.Timestamp("2026-01-05")
QUIET: dict[str, Any] = {
    "login_count": 2,
    "session_minutes": 5,
    "feature_adoption_ratio": 0.3,
    "ticket_count_28d": 3,
    "days_past_due": 0,
    "failed_attempt_count": 0,
}


def weeks(*values: dict[str, Any], account: str = "a") -> pd.DataFrame:
    rows = [
        {
            "account_id": account,
            "week_start_date": MONDAY + pd.Timedelta(weeks=number),
            **QUIET,
            **value,
        }
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("value", "signal"),
    [
        ({}, None),
        ({"login_count": 1}, "low_login"),
        ({"session_minutes": 4.9}, "short_session"),
        ({"feature_adoption_ratio": 0.29}, "low_adoption"),
        ({"ticket_count_28d": 4}, "many_tickets"),
        ({"days_past_due": 1}, "payment_delay"),
    ],
)
def test_the_limits_of_everybody_are_the_programmes(
    value: dict[str, Any], signal: str | None
) -> None:
    found = raise_signals(weeks(value)).iloc[0]

    assert [name for name in SIGNALS if found[name]] == ([signal] if signal else [])
    assert found["trigger"] == ("monitor" if signal else "none")


@pytest.mark.parametrize(
    ("value", "trigger"),
    [
        ({"login_count": 0, "session_minutes": 1}, "urgent"),
        ({"failed_attempt_count": 1}, "immediate"),
        (
            {"failed_attempt_count": 1, "login_count": 0, "days_past_due": 3},
            "immediate",
        ),
    ],
)
def test_the_most_pressing_trigger_holds(value: dict[str, Any], trigger: str) -> None:
    assert raise_signals(weeks(value))["trigger"].tolist() == [trigger]


def test_who_has_a_habit_is_held_against_half_of_it() -> None:
    usual = [{"login_count": 20}] * 8

    found = raise_signals(weeks(*usual, {"login_count": 9}))

    assert found["low_login"].tolist() == [0] * 8 + [1]
    assert found["low_login_threshold"].tolist() == [2] * 6 + [10] * 3
    assert found["low_login_is_own"].tolist() == [False] * 6 + [True] * 3


def test_who_comes_seldom_by_habit_is_no_alarm_each_week() -> None:
    found = raise_signals(weeks(*[{"login_count": 1}] * 9))

    assert found["low_login"].tolist() == [1] * 6 + [0] * 3


def test_who_never_came_has_no_habit_to_hide_behind() -> None:
    found = raise_signals(weeks(*[{"login_count": 0}] * 9))

    assert found["low_login"].tolist() == [1] * 9


def test_tickets_are_many_above_twice_the_habit_and_never_up_to_three() -> None:
    many = raise_signals(
        weeks(*[{"ticket_count_28d": 5}] * 8, {"ticket_count_28d": 10})
    )
    quiet = raise_signals(
        weeks(*[{"ticket_count_28d": 0}] * 8, {"ticket_count_28d": 3})
    )

    assert many["many_tickets"].tolist() == [1] * 6 + [0] * 3
    assert quiet["many_tickets"].sum() == 0


def test_weeks_without_a_row_are_unknown_and_no_habit() -> None:
    rows = weeks(*[{"login_count": 20}] * 9).iloc[[0, 1, 2, 3, 4, 8]]

    assert raise_signals(rows)["low_login_threshold"].tolist() == [2] * 6


def test_accounts_do_not_share_a_habit() -> None:
    busy = weeks(*[{"login_count": 20}] * 9)
    other = weeks(*[{"login_count": 4}] * 9, account="b")

    found = raise_signals(pd.concat([busy, other]).sample(frac=1, random_state=1))

    last = found[found["week_start_date"] == MONDAY + pd.Timedelta(weeks=8)]
    assert dict(zip(last["account_id"], last["low_login_threshold"], strict=True)) == {
        "a": 10,
        "b": 2,
    }


def test_what_is_unknown_raises_nothing_and_is_counted() -> None:
    found = raise_signals(weeks({"login_count": None, "days_past_due": 2})).iloc[0]

    assert np.isnan(found["low_login"])
    assert (found["signal_count"], found["known_signal_count"]) == (1, 4)


def test_signals_and_triggers_are_graded_of_whom_they_are_known() -> None:
    rows = pd.concat(
        [
            weeks({"login_count": 0, "days_past_due": 5}, account="a"),
            weeks({"login_count": 0}, account="b"),
            weeks({"login_count": None, "failed_attempt_count": 1}, account="c"),
            weeks({}, account="d"),
        ]
    )

    grades = grade_signals(raise_signals(rows), np.array([True, False, True, False]))

    assert grades["low_login"].count == 3
    assert grades["low_login"].precision.value == 0.5
    assert grades["low_login"].recall.value == 1
    assert grades["two_or_more"].found_count == grades["urgent"].found_count == 1
    assert grades["any"].flagged_count == 2
    assert grades["immediate"].precision.value == 1
    assert grades["monitor"].precision.value == 0


def test_a_week_twice_and_an_adoption_above_one_are_refused() -> None:
    with pytest.raises(InvalidAccounts, match="week of 2026-01-05 twice"):
        raise_signals(pd.concat([weeks({}), weeks({})]))
    with pytest.raises(InvalidAccounts, match="feature_adoption_ratio"):
        raise_signals(weeks({"feature_adoption_ratio": 30}))


def test_nobody_raises_nothing() -> None:
    assert raise_signals(weeks({}).iloc[:0]).empty
