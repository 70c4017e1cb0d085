"""What a programme returns is a difference over its cost, and may not be known yet."""

from __future__ import annotations

import pytest

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.grading import Estimate
from ml_assets.subscriptions.programme import (
    accounts_needed,
    lifetime_value_change,
    programme_return,
    review,
)


def test_a_margin_of_150_for_50_is_200_per_cent() -> None:
    found = programme_return(Estimate(150, 30, 270), 50)

    assert found.roi == Estimate(2.0, -0.4, 4.4)
    assert found.payback_months == pytest.approx(1 / 3)
    assert programme_return(Estimate(-5, -9, 1), 50).payback_months is None


def test_churn_from_5_2_to_3_5_alone_is_48_6_per_cent_of_value() -> None:
    assert lifetime_value_change(0.052, 0.035) == pytest.approx(0.486, abs=5e-4)


def test_to_see_it_in_a_month_takes_more_than_two_thousand_accounts_a_side() -> None:
    assert accounts_needed(0.052, 0.035) == 2_256
    assert accounts_needed(0.10, 0.15) == 683


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        ((14, 400), "cannot_be_told"),
        ((840, 30_000), "reached"),
        ((1_200, 30_000), "on_the_way"),
        ((1_800, 30_000), "worse"),
    ],
)
def test_a_review_says_what_its_interval_says(
    measured: tuple[int, int], verdict: str
) -> None:
    found = review((1_560, 30_000), measured, target=0.035)

    assert found.verdict == verdict
    assert found.needed_count == 2_256


def test_what_should_rise_is_reached_upwards() -> None:
    assert review((420, 1_000), (900, 1_000), target=0.65).verdict == "reached"
    assert review((420, 1_000), (300, 1_000), target=0.65).verdict == "worse"


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidSetting):
        programme_return(Estimate(1, 1, 1), 0)
    with pytest.raises(InvalidSetting):
        lifetime_value_change(0, 0.1)
    with pytest.raises(InvalidSetting):
        accounts_needed(0.1, 0.1)
    with pytest.raises(InvalidSetting):
        review((0, 0), (1, 2), target=0.5)
    with pytest.raises(InvalidSetting):
        review((1, 2), (1, 2), target=0.5)
