"""NPS and CSAT say how much their number of answers leaves open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.surveys import (
    answers_needed,
    last_answers,
    net_promoter_score,
    nps_change,
    satisfaction,
)


def scores(*given: float) -> pd.DataFrame:
    return pd.DataFrame({"score": given})


def asked(promoters: int, passives: int, detractors: int) -> pd.DataFrame:
    return scores(*[9] * promoters, *[7] * passives, *[6] * detractors)


def test_two_hundred_answers_leave_ten_points_open() -> None:
    found = net_promoter_score(asked(120, 50, 30))

    assert found.score.value == 45
    assert found.score.upper - 45 == pytest.approx(10.3, abs=0.05)
    assert (found.promoter_count, found.detractor_count) == (120, 30)
    assert answers_needed(5, 0.60, 0.15) == 841


@pytest.mark.parametrize(
    ("score", "expected"), [(0, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)]
)
def test_each_answer_promotes_detracts_or_neither(score: int, expected: int) -> None:
    assert net_promoter_score(scores(score)).score.value == expected


def test_a_move_inside_its_interval_is_no_change() -> None:
    small = nps_change(
        net_promoter_score(asked(120, 50, 30)), net_promoter_score(asked(110, 60, 30))
    )
    large = nps_change(
        net_promoter_score(asked(120, 50, 30)), net_promoter_score(asked(80, 50, 70))
    )

    assert small.lower < 0 < small.upper
    assert large.lower > 0


def test_at_the_end_of_the_scale_a_change_keeps_its_width() -> None:
    near = net_promoter_score(asked(19, 0, 1))

    assert near.score.upper == 100
    change = nps_change(near, near)
    assert change.upper == pytest.approx(2**0.5 * (near.score.value - near.score.lower))


@pytest.mark.parametrize("score", [11, -1, 9.5, np.nan])
def test_an_answer_that_is_none_is_refused(score: float) -> None:
    with pytest.raises(InvalidAccounts, match="column score, row 1"):
        net_promoter_score(scores(9, score))


def test_of_nobody_nothing_is_told() -> None:
    assert np.isnan(net_promoter_score(scores()).score.value)
    assert np.isnan(satisfaction(scores(), least=1, most=5).mean_10)


def test_satisfaction_has_two_columns_on_any_scale() -> None:
    found = satisfaction(scores(5, 4, 4, 2), least=1, most=5)
    good_and_bad = satisfaction(scores(1, 1, 1, 0), least=0, most=1)

    assert found.top_two.value == 0.75
    assert found.mean_10 == pytest.approx((3.75 - 1) / 4 * 10)
    # 4.2 of 5 and 8.0 of 10 are the same.
    assert satisfaction(scores(4, 4, 4, 4, 5), least=1, most=5).mean_10 == (
        pytest.approx(8.0)
    )
    assert good_and_bad.top_two.value == 0.75
    with pytest.raises(InvalidSetting):
        satisfaction(scores(1), least=1, most=1)


def test_the_last_answer_of_ninety_days_is_the_persons() -> None:
    as_of = pd.Timestamp("2026-06-30")
    answers = pd.DataFrame(
        {
            "person_id": ["a", "a", "b", "c"],
            "answered_at": as_of - pd.to_timedelta([5, 20, 90, 10], "D"),
            "score": [3, 9, 9, 8],
        }
    )

    found = last_answers(answers, as_of)

    assert dict(zip(found["person_id"], found["score"], strict=True)) == {
        "a": 3,
        "c": 8,
    }
