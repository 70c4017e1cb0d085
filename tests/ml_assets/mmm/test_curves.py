"""Memory and saturation: by hand, and their derivatives against differences."""

import numpy as np
import pytest

from ml_assets.mmm.adstock import (
    adstock,
    half_life,
    remembered,
    remembered_backwards,
)
from ml_assets.mmm.saturation import hill, logistic, response


def test_the_first_day_counts() -> None:
    """X01: a loop from the second day on gives [0, 0, 0, 0]."""
    assert adstock([100, 0, 0, 0], 0.5).tolist() == [100, 50, 25, 12.5]


def test_whole_numbers_are_not_cut() -> None:
    """X01: in an array of integers the halves are lost, and 1.5 becomes 1."""
    assert adstock(np.array([0, 3, 0, 0]), 0.5).tolist() == [0, 3, 1.5, 0.75]


def test_what_went_before_is_carried_in() -> None:
    assert adstock([10, 0], 0.5, carry_in=20).tolist() == [20, 10]


def test_no_memory_is_the_spend_itself() -> None:
    assert adstock([3, 0, 4], 0.0).tolist() == [3, 0, 4]


def test_a_steady_spend_is_remembered_as_itself() -> None:
    kept = remembered(np.full((1, 200), 7.0), np.array([[0.8]]))

    assert kept[0, 0, -1] == pytest.approx(7)


def test_half_of_an_effect_is_over_after_its_half_life() -> None:
    # 0.5 a week: a week. 0.5 ** (1 / 4) a day: four days.
    assert half_life(0.5, 7) == pytest.approx(7)
    assert half_life(0.5**0.25, 1) == pytest.approx(4)


def test_half_saturation_is_where_half_the_height_is_reached() -> None:
    """X03: without it 10 euros and 1,000 euros both count as saturated."""
    spend = np.array([2.0, 1e9])
    for curve in (hill(spend, 2.0, 1.5), logistic(spend, 2.0)):
        at_half, everything = curve.value
        assert at_half == pytest.approx(everything / 2)


def test_curves_start_at_nothing_and_pass_through_one() -> None:
    for curve in (
        hill(np.array([0.0, 1.0]), 0.7, 1.3),
        logistic(np.array([0.0, 1.0]), 2),
    ):
        assert curve.value.tolist() == pytest.approx([0, 1], abs=1e-9)


@pytest.mark.parametrize("kind", ["hill", "logistic"])
def test_the_slope_is_that_of_the_curve(kind: str) -> None:
    a, width = np.array([0.2, 1.0, 3.0]), 1e-6

    found = response(kind, a, 0.8, 1.3).by_spend

    above, below = (response(kind, a + w, 0.8, 1.3).value for w in (width, -width))
    assert found == pytest.approx((above - below) / (2 * width), rel=1e-5)


def test_many_columns_are_remembered_as_each_alone() -> None:
    rng = np.random.default_rng(2)
    spend, decay = rng.gamma(1.0, 1.0, (3, 30)), rng.uniform(0.1, 0.9, (2, 3))

    kept = remembered(spend, decay)

    for row, column in np.ndindex(2, 3):
        share = float(decay[row, column])
        alone = (1 - share) * adstock(spend[column], share)
        assert kept[row, column] == pytest.approx(alone)


@pytest.mark.parametrize("columns", [2, 200])
def test_the_derivative_by_the_decay_is_that_of_the_memory(columns: int) -> None:
    rng = np.random.default_rng(2)
    spend = rng.gamma(1.0, 1.0, (columns, 50))
    decay = rng.uniform(0.1, 0.9, (1, columns))
    by_kept, width = rng.standard_normal((1, columns, 50)), 1e-6

    kept = remembered(spend, decay)
    found = remembered_backwards(by_kept, kept, decay)

    above, below = (remembered(spend, decay + w) for w in (width, -width))
    change = (above - below) / (2 * width)
    assert found == pytest.approx((by_kept * change).sum(axis=2), rel=1e-5, abs=1e-7)
