"""Where a budget brings most: the expected response over the draws, not at their mean.

A plan that is best at the mean parameters is not best on average. Budgets are for a
horizon of days, responses are per period, and spend is steady: the long run of the
adstock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, minimize

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.errors import InvalidBudget
from ml_assets.mmm.media_mix import COVERAGE, MediaMix
from ml_assets.mmm.saturation import response

__all__ = ["Allocation", "allocate"]

_ENDS: Final = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
# Beyond this multiple of the largest spend seen nothing is known.
_FARTHEST: Final = 1.5
_RANDOM_STARTS: Final = 8
_WORTH_MOVING: Final = 1e-4
_EXACT: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Allocation:
    """A plan beside the current one, for the whole horizon.

    `status` is "improvement" or "no_improvement", and then `plan` recommends the
    current spend. `plan` has a row per channel: `channel`, `current`, `recommended`,
    `minimum`, `maximum` (currency of the horizon), `expected_current`,
    `expected_recommended` (response). `gain` is the expected response more than with
    the same total spent as now, with `gain_lower` and `gain_upper` (90 %);
    `probability_better` the share of draws in which it is. `unspent` is the part of
    the budget that the limits left; `optimality` the largest relative difference of
    marginal returns that could still be moved, 0 at an exact optimum.
    """

    status: str
    plan: pd.DataFrame
    gain: float
    gain_lower: float
    gain_upper: float
    probability_better: float
    unspent: float
    optimality: float


def allocate(  # noqa: PLR0913  (a budget and its limits)
    mix: MediaMix,
    budget: float,
    *,
    horizon_days: int,
    minimum: Mapping[str, float] | None = None,
    maximum: Mapping[str, float] | None = None,
    largest_change: float | None = None,
    seed: int = 0,
) -> Allocation:
    """The plan with the largest expected response among those that the limits allow.

    Parameters
    ----------
    budget : float
        For the horizon; spent whole unless the limits are below it.
    minimum, maximum : mapping or None
        Per channel, for the horizon. Without a maximum a channel gets at most 1.5 times
        the largest spend seen in a period.
    largest_change : float or None
        Share by which a channel may move from the spend of the last 13 weeks.

    Raises
    ------
    InvalidBudget
        A limit for a channel that was not fitted, a minimum above the maximum, or
        minima that add up to more than the budget.
    """
    periods = horizon_days / mix.series.period_days
    if not (np.isfinite(budget) and budget > 0 and periods > 0):
        raise InvalidBudget(
            f"budget {budget} for {horizon_days} days: both must be above 0"
        )
    now = mix.current_spend * periods
    low, high = _limits(mix, periods, minimum or {}, maximum or {}, largest_change)
    if low.sum() > budget * (1 + _EXACT):
        raise InvalidBudget(
            f"the minima add up to {low.sum():,.2f}, more than the budget of "
            f"{budget:,.2f}. Raise the budget or lower a minimum."
        )
    spendable = min(budget, float(high.sum()))
    objective = _Objective(mix, periods)
    starts = _starts(now, low, high, spendable, seed)
    plans = [_improved(objective, start, low, high, spendable) for start in starts]
    best = max(plans, key=objective.value)
    # What is done now and an equal split, brought to the same total, must be beaten.
    rival = max(starts[:2], key=objective.value)
    found = objective.value(best) > objective.value(rival) * (1 + _WORTH_MOVING)
    chosen = best if found else rival
    return _allocation(objective, chosen, starts[0], now, (low, high), budget, found)


class _Objective:
    """Expected response of the horizon, by spend of the horizon."""

    def __init__(self, mix: MediaMix, periods: float) -> None:
        self.mix, self.periods = mix, periods
        self._at = mix.posterior.channels(mix.draws.points)
        self._unit = mix.series.typical * periods

    def each(self, spend: Floats) -> Floats:
        """Response per draw and channel."""
        return self._curve(spend)[0]

    def value(self, spend: Floats) -> float:
        return float(self.each(spend).sum(axis=1).mean())

    def slope(self, spend: Floats) -> Floats:
        """Response of one more unit of spend, per channel."""
        return np.asarray(self._curve(spend)[1].mean(axis=0))

    def _curve(self, spend: Floats) -> tuple[Floats, Floats]:
        at = self._at
        relative = np.broadcast_to(spend / self._unit, at.half.shape)
        curve = response(self.mix.posterior.kind, relative, at.half, at.slope)
        height = self.mix.scale * self.periods * at.effect
        return height * curve.value, height * curve.by_spend / self._unit


def _limits(
    mix: MediaMix,
    periods: float,
    minimum: Mapping[str, float],
    maximum: Mapping[str, float],
    largest_change: float | None,
) -> tuple[Floats, Floats]:
    names = mix.channel_names
    for name in {*minimum, *maximum} - set(names):
        status = mix.series.status.get(name, "not a channel of this mix")
        raise InvalidBudget(f"{name} cannot have a limit: it is {status}")
    seen = mix.series.spend[: mix.series.fitted].max(axis=0) * periods
    low, high = np.zeros(len(names)), _FARTHEST * seen
    if largest_change is not None:
        now = mix.current_spend * periods
        low = np.maximum(low, now * (1 - largest_change))
        high = np.minimum(high, now * (1 + largest_change))
    low = np.array([minimum.get(n, v) for n, v in zip(names, low, strict=True)])
    high = np.array([maximum.get(n, v) for n, v in zip(names, high, strict=True)])
    for name, least, most in zip(names, low, high, strict=True):
        if least > most or least < 0:
            raise InvalidBudget(
                f"{name}: a minimum of {least:,.2f} and a maximum of {most:,.2f}"
            )
    return low, high


def _starts(
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
    return [_within(wish, low, high, total) for wish in (*wishes, *random)]


def _within(wish: Floats, low: Floats, high: Floats, total: float) -> Floats:
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
    objective: _Objective, start: Floats, low: Floats, high: Floats, total: float
) -> Floats:
    """The optimum SLSQP finds from a start, in shares of the total."""
    height = max(objective.value(start), 1e-12)

    def loss(share: Floats) -> tuple[float, Floats]:
        spend = share * total
        slope = -objective.slope(spend) * total / height
        return -objective.value(spend) / height, slope

    found = minimize(
        loss,
        start / total,
        jac=True,
        bounds=Bounds(low / total, high / total),
        constraints=LinearConstraint(np.ones(start.size), 1.0, 1.0),
        method="SLSQP",
        options={"ftol": 1e-10, "maxiter": 200},
    )
    if not np.isfinite(found.x).all():
        return start
    plan = _within(np.maximum(found.x, 0) + 1e-15, low, high, total)
    return plan if objective.value(plan) > objective.value(start) else start


def _optimality(
    objective: _Objective, plan: Floats, low: Floats, high: Floats
) -> float:
    """Marginal return that moving money would still gain, by the best one."""
    slope = objective.slope(plan)
    room = 1e-6 * np.maximum(high - low, 1e-12)
    could_give, could_take = plan > low + room, plan < high - room
    if not (could_give.any() and could_take.any()):
        return 0.0
    gap = slope[could_take].max() - slope[could_give].min()
    return float(max(gap, 0.0) / max(slope.max(), 1e-300))


def _allocation(  # noqa: PLR0913, PLR0917  (two plans and what they were made from)
    objective: _Objective,
    chosen: Floats,
    rescaled: Floats,
    now: Floats,
    limits: tuple[Floats, Floats],
    budget: float,
    found: bool,
) -> Allocation:
    low, high = limits
    gain = (objective.each(chosen) - objective.each(rescaled)).sum(axis=1)
    lower, upper = np.quantile(gain, _ENDS)
    plan = pd.DataFrame(
        {
            "channel": objective.mix.channel_names,
            "current": now,
            "recommended": chosen,
            "minimum": low,
            "maximum": high,
            "expected_current": objective.each(now).mean(axis=0),
            "expected_recommended": objective.each(chosen).mean(axis=0),
        }
    )
    return Allocation(
        status="improvement" if found else "no_improvement",
        plan=plan,
        gain=float(gain.mean()),
        gain_lower=float(lower),
        gain_upper=float(upper),
        probability_better=float((gain > 0).mean()),
        unspent=max(0.0, budget - float(chosen.sum())),
        optimality=_optimality(objective, chosen, low, high),
    )
