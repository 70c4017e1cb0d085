"""The queue has reasons, a next step with its day, and a tenth that is watched."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.reengagement import (
    REASONS,
    STEPS,
    is_only_watched,
    next_step,
    reasons_of,
)

OPENED = dt.date(2026, 6, 1)


def test_reasons_begin_beyond_the_limits() -> None:
    columns = [
        "login_count_7d",
        "feature_adoption_ratio",
        "idle_days",
        "ticket_count_28d",
    ]
    accounts = pd.DataFrame(
        [[2, 0.3, 14, 3], [1, 0.29, 15, 4], [None, None, None, None]], columns=columns
    )

    found = reasons_of(accounts)

    assert found[list(REASONS)].to_numpy().tolist() == [
        [False] * 4,
        [True] * 4,
        [False] * 4,
    ]


@pytest.mark.parametrize(
    ("done", "step", "day"),
    [
        ([], "check_in_email", 2),
        (["check_in_email"], "feature_email", 4),
        (["check_in_email", "success_story_email"], "feature_email", 4),
        (list(STEPS)[:3], "call", 15),
        (list(STEPS)[:4], "last_email", 22),
    ],
)
def test_the_first_step_that_is_not_done_is_due(
    done: list[str], step: str, day: int
) -> None:
    due = dt.date(2026, 6, day)

    found = next_step(OPENED, done, due)

    assert found is not None
    assert (found.step, found.due_on, found.is_late) == (step, due, False)
    later = next_step(OPENED, done, due + dt.timedelta(days=1))
    assert later is not None
    assert later.is_late


def test_after_the_last_step_there_is_none_and_unheard_steps_are_refused() -> None:
    assert next_step(OPENED, list(STEPS), OPENED) is None
    with pytest.raises(InvalidSetting, match="fax is no step"):
        next_step(OPENED, ["fax"], OPENED)


def test_one_in_ten_is_watched_and_always_the_same() -> None:
    drawn = [is_only_watched("acme", f"a{number}", OPENED) for number in range(5_000)]

    assert 420 < sum(drawn) < 580
    assert drawn[:50] == [
        is_only_watched("acme", f"a{number}", OPENED) for number in range(50)
    ]
    other = [is_only_watched("bolt", f"a{number}", OPENED) for number in range(5_000)]
    both = sum(one and two for one, two in zip(drawn, other, strict=True))
    assert both < 100
