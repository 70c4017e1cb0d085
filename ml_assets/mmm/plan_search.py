"""The search for the best plan: what it is worth, where to begin, when to stop.

Plans are spend per channel for all periods, shape (c,), between `low` and `high`, and
add up to `total`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix

__all__ = [
    "Objective",
    "best_plan",
    "optimality",
    "starts",
    "within",
    "worth_spending",
]

_RANDOM_STARTS: Final = 8
# So many of the starts are followed to their optimum.
_FOLLOWED: Final = 4
_EXACT: Final = 1e-9


class Objective:
    """Expected outcome of all periods, less what spend costs, by spend per channel."""

    def __init__(
        self, mixes: Sequence[FittedMix], periods: float, price: float
    ) -> None:
        self.mixes, self.periods, self.price = mixes, periods, price
        self.names = [name for mix in mixes for name in mix.channel_names]
        self.now = np.concatenate([mix.current_spend for mix in mixes]) * periods
        self.seen = np.concatenate([mix.largest_spend for mix in mixes]) * periods
        self._draws = min(len(mix.draws.points) for mix in mixes)

    def status(self, name: str) -> str:
        """Why a channel has no place in the plan."""
        for mix in self.mixes:
            if name in mix.series.status:
                return mix.series.status[name]
        return "not a channel of this mix"

    def each(self, spend: Floats) -> Floats:
        """Outcome per draw and channel."""
        return self._curve(spend)[0]

    def value(self, spend: Floats) -> float:
        """Expected outcome less what the spend costs."""
        return self.both(spend)[0]

    def slope(self, spend: Floats) -> Floats:
        """Outcome of one more unit of spend less its price, per channel."""
        return self.both(spend)[1]

    def both(self, spend: Floats) -> tuple[float, Floats]:
        """`value` and `slope`."""
        brought, slopes = self._curve(spend)
        value = float(brought.sum()) / len(brought) - self.price * float(spend.sum())
        return value, np.asarray(slopes.mean(axis=0) - self.price)

    def _curve(self, spend: Floats) -> tuple[Floats, Floats]:
        values, slopes, start = [], [], 0
        for mix in self.mixes:
            end = start + len(mix.channel_names)
            value, slope = mix.steady_at(spend[start:end] / self.periods, self._draws)
            values.append(self.periods * value)
            slopes.append(slope)
            start = end
        return np.concatenate(values, axis=1), np.concatenate(slopes, axis=1)


def best_plan(
    objective: Objective, low: Floats, high: Floats, total: float, seed: int
) -> Floats:
    """The best optimum reached from the most promising starts."""
    tried = starts(objective.now, low, high, total, seed)
    tried.sort(key=objective.value, reverse=True)
    plans = [
        _improved(objective, start, low, high, total) for start in tried[:_FOLLOWED]
    ]
    return max(plans, key=objective.value)


def worth_spending(
    objective: Objective, low: Floats, high: Floats, most: float, seed: int
) -> float:
    """The total beyond which spend brings less than it costs."""
    totals = np.linspace(max(float(low.sum()), 1e-6 * most), most, 9)
    worth = [
        objective.value(best_plan(objective, low, high, float(total), seed))
        for total in totals
    ]
    around = int(np.argmax(worth))
    start = best_plan(objective, low, high, float(totals[around]), seed)
    height = max(abs(objective.value(start)), 1e-12)

    def loss(share: Floats) -> tuple[float, Floats]:
        value, slope = objective.both(share * most)
        return -value / height, -slope * most / height

    found = minimize(
        loss,
        start / most,
        jac=True,
        bounds=Bounds(low / most, high / most),
        constraints=LinearConstraint(np.ones(start.size), 0.0, 1.0),
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 300},
    )
    plan = np.clip(found.x * most, low, high)
    better = np.isfinite(plan).all() and objective.value(plan) > objective.value(start)
    return min(most, float((plan if better else start).sum()))


def starts(
    now: Floats, low: Floats, high: Floats, total: float, seed: int
) -> list[Floats]:
    """The current split, an equal one, each channel first, and some at random.

    Where curves are S-shaped there are several optima, and one of them is usually in a
    corner.
    """
    size = now.size
    wishes = [now if now.any() else np.ones(size), np.ones(size)]
    wishes += [row + 1e-6 for row in np.eye(size)]
    random = np.random.default_rng(seed).dirichlet(np.full(size, 0.7), _RANDOM_STARTS)
    return [within(wish, low, high, total) for wish in (*wishes, *random)]


def within(wish: Floats, low: Floats, high: Floats, total: float) -> Floats:
    """The wish scaled and cut to the limits, so that it adds up to the total."""
    plan = np.clip(wish / wish.sum() * total, low, high)
    for _ in range(plan.size + 1):
        left = total - plan.sum()
        room = high - plan if left > 0 else plan - low
        if abs(left) <= _EXACT * total or not room.any():
            break
        plan = np.clip(plan + left * room / room.sum(), low, high)
    return np.asarray(plan)


def _improved(
    objective: Objective, start: Floats, low: Floats, high: Floats, total: float
) -> Floats:
    """The optimum SLSQP finds from a start, in shares of the total."""
    height = max(objective.value(start), 1e-12)

    def loss(share: Floats) -> tuple[float, Floats]:
        value, slope = objective.both(share * total)
        return -value / height, -slope * total / height

    found = minimize(
        loss,
        start / total,
        jac=True,
        bounds=Bounds(low / total, high / total),
        constraints=LinearConstraint(np.ones(start.size), 1.0, 1.0),
        method="SLSQP",
        options={"ftol": 1e-9, "maxiter": 200},
    )
    if not np.isfinite(found.x).all():
        return start
    plan = within(np.maximum(found.x, 0) + 1e-15, low, high, total)
    return plan if objective.value(plan) > objective.value(start) else start


def optimality(objective: Objective, plan: Floats, low: Floats, high: Floats) -> float:
    """Marginal return that moving money would still gain, by the best one."""
    slope = objective.slope(plan)
    room = 1e-6 * np.maximum(high - low, 1e-12)
    could_give, could_take = plan > low + room, plan < high - room
    if not (could_give.any() and could_take.any()):
        return 0.0
    gap = slope[could_take].max() - slope[could_give].min()
    return float(max(gap, 0.0) / max(slope.max(), 1e-300))
