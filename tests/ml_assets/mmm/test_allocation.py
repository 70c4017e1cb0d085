"""The plan is the best there is, within its limits, or says that there is no better."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, minimize

from ml_assets import mmm
from ml_assets.mmm import MediaMix
from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.errors import InvalidBudget
from tests.ml_assets.mmm.market import CHANNELS, market, steady


@pytest.fixture(scope="module")
def mix() -> MediaMix:
    return mmm.fit(
        market().frame,
        outcome="revenue",
        channels=CHANNELS,
        controls=["promotion"],
        draws=200,
    )


def with_channels(
    mix: MediaMix, *, half: list[float], slope: list[float], effect: list[float]
) -> MediaMix:
    """The same company with curves that are known exactly, spend in units of one."""
    size = len(half)
    point = np.zeros(4 * size + len(mix.posterior.baseline.scales))
    rows = point[: 4 * size].reshape(size, 4)
    rows[:, 1], rows[:, 2], rows[:, 3] = np.log(half), np.log(slope), np.log(effect)
    series = replace(mix.series, typical=np.ones(3), spend=mix.series.spend * 0 + 1.0)
    return replace(
        mix, series=series, draws=replace(mix.draws, points=point[None]), scale=1.0
    )


def test_an_equal_split_is_not_the_answer(mix: MediaMix) -> None:
    """X05: the seed's optimiser stops at a third each and reports success."""
    known = with_channels(
        mix, half=[20.0, 20.0, 20.0], slope=[1.0, 1.0, 1.0], effect=[1.0, 3.0, 0.8]
    )
    most = dict.fromkeys(CHANNELS, (0.0, 100.0))

    found = known.optimise(100.0, periods=1, bounds=most)

    best = found.plan.set_index("channel")["recommended"]
    # Equal marginal returns: e_i k / (k + x_i)^2, so k + x_i is as sqrt(e_i).
    root = np.sqrt([1.0, 3.0, 0.8])
    exact = (100 + 3 * 20) * root / root.sum() - 20
    assert found.status == "improvement"
    assert best.to_numpy() == pytest.approx(exact, rel=1e-3)
    assert found.optimality < 1e-3


def test_an_s_shaped_channel_is_tried_from_its_corner(mix: MediaMix) -> None:
    """X09: from an equal start the search stays where nothing has begun yet."""
    known = with_channels(
        mix, half=[60.0, 60.0, 60.0], slope=[4.0, 4.0, 4.0], effect=[1e-6, 1e-6, 1e-6]
    )
    most = dict.fromkeys(CHANNELS, (0.0, 100.0))

    plan = known.optimise(90.0, periods=1, bounds=most).plan

    assert sorted(plan["recommended"])[-1] > 80


def test_a_plan_that_is_best_already_is_left_alone(mix: MediaMix) -> None:
    known = with_channels(
        mix, half=[1.0, 1.0, 1.0], slope=[1.0, 1.0, 1.0], effect=[1.0, 1.0, 1.0]
    )

    found = known.optimise(3.0, periods=1)

    assert found.status == "no_improvement"
    assert found.plan["recommended"].to_numpy() == pytest.approx([1, 1, 1])


def test_a_month_is_not_a_week(mix: MediaMix) -> None:
    """X08: the same spend per day, four times as long, brings four times as much."""
    week = mix.optimise(7_000.0, periods=1).plan
    month = mix.optimise(28_000.0, periods=4).plan

    for column in ("recommended", "expected_recommended"):
        assert month[column].sum() == pytest.approx(4 * week[column].sum(), rel=1e-3)


def test_limits_and_budget_hold(mix: MediaMix) -> None:
    found = mix.optimise(
        8_000.0,
        periods=1,
        bounds={"tiktok": (1_000, 20_000), "meta": (0, 2_000)},
    )

    plan = found.plan.set_index("channel")["recommended"]
    assert plan["tiktok"] >= 1_000 - 1e-6
    assert plan["meta"] <= 2_000 + 1e-6
    assert plan.sum() == pytest.approx(8_000)
    assert found.unspent == pytest.approx(0, abs=1e-6)


def test_no_channel_moves_further_than_allowed(mix: MediaMix) -> None:
    now = float(mix.current_spend.sum())

    plan = mix.optimise(now, periods=1, largest_change=0.3).plan

    change = plan["recommended"] / plan["current"] - 1
    assert change.abs().max() <= 0.3 + 1e-6


def test_money_that_the_limits_leave_is_not_spent(mix: MediaMix) -> None:
    most = dict.fromkeys(CHANNELS, (0.0, 1_000.0))

    found = mix.optimise(10_000.0, periods=1, bounds=most)

    assert found.plan["recommended"].sum() == pytest.approx(3_000)
    assert found.unspent == pytest.approx(7_000)


def test_nothing_is_planned_far_beyond_what_was_seen(mix: MediaMix) -> None:
    found = mix.optimise(1e9, periods=1)

    seen = mix.series.spend.max(axis=0)
    assert (found.plan["recommended"].to_numpy() <= 1.5 * seen + 1e-6).all()
    assert found.unspent > 0


def test_following_the_advice_earns_what_is_really_there(mix: MediaMix) -> None:
    """Against the known truth: how much of the possible gain the plan gets."""
    now = mix.current_spend
    total = float(now.sum())
    plan = mix.optimise(total, periods=1).plan["recommended"].to_numpy()
    most = 1.5 * mix.series.spend.max(axis=0)

    def loss(shares: Floats) -> float:
        return -float(steady(total * shares).sum())

    best = minimize(
        loss,
        plan / total,
        bounds=Bounds(np.zeros(3), most / total),
        constraints=LinearConstraint(np.ones(3), 1.0, 1.0),
        method="SLSQP",
    )

    regret = 1 - steady(plan).sum() / -best.fun
    assert 0 <= regret < 0.02


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"bounds": {"meta": (9_000, 9_500)}}, "the minima add up to 9,000.00"),
        ({"bounds": {"meta": (3, 2)}}, "meta: a minimum of 3.00"),
        ({"bounds": {"seo": (0, 100)}}, "seo cannot have bounds: it is not a channel"),
    ],
)
def test_an_impossible_budget_is_refused(
    mix: MediaMix, limits: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidBudget, match=says):
        mix.optimise(8_000.0, periods=1, **limits)


@pytest.mark.parametrize("budget", [0.0, -5.0, float("nan")])
def test_a_budget_is_above_zero(mix: MediaMix, budget: float) -> None:
    with pytest.raises(InvalidBudget, match="must be above 0"):
        mix.optimise(budget, periods=1)
