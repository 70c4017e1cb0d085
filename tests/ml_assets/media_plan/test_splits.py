"""What is advised of a total: no move for next to nothing, nothing beyond limits."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from ml_assets.media_plan.splits import Splits, worthwhile

Floats = npt.NDArray[np.float64]

NOW = np.array([1_000.0, 1_000.0])


def straight(*slopes: tuple[float, float]) -> Splits:
    """Two channels that bring so much per unit in each draw; 30 % up or down."""
    drawn = np.array(slopes)
    return Splits(lambda plans: drawn[:, None] * plans, NOW, 0.7 * NOW, 1.3 * NOW)


def test_money_goes_where_it_brings_more_as_far_as_the_limits_let_it() -> None:
    advice = straight((1.0, 2.0)).advised(2_000.0)

    assert advice.is_better
    assert advice.plan == pytest.approx([700, 1_300])
    # 1,000 + 2,000 is what it brings now: 300 moved bring 300 more.
    assert advice.drawn.sum() == pytest.approx(3_300)


@pytest.mark.parametrize(
    "slopes",
    [
        # 300 moved bring 0.6 of 2,002 more: nothing to move money for.
        [(1.0, 1.002)],
        # Much in one draw, less than nothing in the other: as likely as not.
        [(1.0, 1.6), (1.0, 0.5)],
    ],
)
def test_next_to_nothing_is_no_improvement(slopes: list[tuple[float, float]]) -> None:
    advice = straight(*slopes).advised(2_000.0)

    assert not advice.is_better
    assert advice.plan == pytest.approx(NOW)


def test_the_present_total_as_it_is_kept_gains_nothing_at_all() -> None:
    now = np.array([297.23406621, 449.79230831])
    splits = replace(straight((1.0, 1.0)), now=now, low=0.7 * now, high=1.3 * now)

    advice = splits.advised(round(float(now.sum()), 6))

    assert ((advice.drawn - splits.drawn(now)).sum(axis=1) > 0).tolist() == [False]
    assert advice.plan.tolist() == now.tolist()


@pytest.mark.parametrize(
    ("total", "placed"), [(0.0, 0.0), (700.0, 700.0), (50_000.0, 2_600.0)]
)
def test_what_finds_no_place_is_left_over(total: float, placed: float) -> None:
    assert straight((1.0, 2.0)).advised(total).plan.sum() == pytest.approx(placed)


def test_spend_is_worth_it_up_to_where_it_brings_what_it_costs() -> None:
    # At a margin of 0.7 the second channel brings 1.4 of each unit, the first 0.7.
    splits = straight((1.0, 2.0))

    assert worthwhile(splits, 0.7) == pytest.approx(700 + 1_300, abs=13)
    assert worthwhile(splits, 2.0) == pytest.approx(2_600)
    assert worthwhile(splits, 0.1) == 0


def test_channels_that_nobody_tells_apart_move_as_one() -> None:
    """The first two spend 3 to 1; the second seems to bring most, the third least."""
    now = np.array([900.0, 300.0, 1_000.0])
    drawn = np.array([[1.0, 3.0, 0.5]])
    apart = Splits(lambda plans: drawn[:, None] * plans, now, 0.7 * now, 1.3 * now)
    together = replace(apart, together=[[0, 1]])

    free, pooled = (each.advised(2_200.0).plan for each in (apart, together))

    # 300 leave the third. Free, 90 of them go to the second and 210 to the first.
    assert free == pytest.approx([1_110, 390, 700], abs=5)
    assert pooled == pytest.approx([1_125, 375, 700], abs=5)
