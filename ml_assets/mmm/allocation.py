"""Where a budget brings most: the expected outcome over the draws, not at their mean.

A plan that is best at the mean parameters is not best on average. Budgets are for a
number of periods, outcomes are per period, and spend is steady: the long run of the
adstock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, minimize

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.curves import FARTHEST
from ml_assets.mmm.errors import InvalidBudget, MixedUnits
from ml_assets.mmm.fitted_mix import COVERAGE, FittedMix

__all__ = ["Allocation", "optimise"]

_ENDS: Final = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
_RANDOM_STARTS: Final = 8
# So many of the starts are followed to their optimum.
_FOLLOWED: Final = 4
_WORTH_MOVING: Final = 1e-4
_EXACT: Final = 1e-9
# Units in which an outcome of 1 is worth 1 of spend.
_MONEY: Final = ("revenue", "margin", "value_12m")


@dataclass(frozen=True, eq=False)
class Allocation:
    """A plan beside the current one, for all periods together.

    `status` is "improvement" or "no_improvement", and then `plan` recommends the
    current split; `reason` says so in words. `plan` has a row per channel: `channel`,
    `current`, `recommended`, `minimum`, `maximum` (currency), `expected_current`,
    `expected_recommended` (outcome), `marginal_return` at the recommended spend, and
    `is_observed`: False beyond the largest spend seen, where the curve is a guess.
    `gain` is the expected outcome more than with the same total split as now, with
    `gain_lower` and `gain_upper` (90 %); `probability_better` the share of draws in
    which it is. `unspent` is the part of the budget that is not spent; `optimality` the
    largest relative difference of marginal returns that could still be moved, 0 at an
    exact optimum.
    """

    status: str
    reason: str
    plan: pd.DataFrame
    outcome_unit: str
    gain: float
    gain_lower: float
    gain_upper: float
    probability_better: float
    unspent: float
    optimality: float


def optimise(  # noqa: PLR0913  (a budget and its limits)
    mixes: FittedMix | Sequence[FittedMix],
    budget: float,
    *,
    periods: float,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    largest_change: float | None = None,
    spend_all: bool = True,
    least_return: float | None = None,
    seed: int = 0,
) -> Allocation:
    """The plan with the largest expected outcome among those that the limits allow.

    Parameters
    ----------
    mixes
        One fitted company, or several (regions, brands) whose channels have different
        names and whose outcome has the same unit.
    budget : float
        For all periods together.
    periods : float
        How many rows of the table the budget is for: weeks or days.
    bounds : mapping or None
        Least and most per channel, for all periods. A channel without bounds gets at
        most 1.5 times the largest spend seen in a period.
    largest_change : float or None
        Share by which a channel may move from the spend of the last 13 weeks.
    spend_all : bool
        Whether all of the budget is spent, as far as the limits allow. Otherwise money
        that would bring less than `least_return` is left.
    least_return : float or None
        Outcome that the last unit spent must bring; 1 if None and the outcome is money.

    Raises
    ------
    InvalidBudget
        A limit for a channel that was not fitted, a minimum above the maximum, or
        minima that add up to more than the budget.
    MixedUnits
        When companies' outcomes or periods have different units.
    """
    several = [mixes] if isinstance(mixes, FittedMix) else list(mixes)
    if not (np.isfinite(budget) and budget > 0 and periods > 0):
        raise InvalidBudget(
            f"budget {budget} for {periods} periods: both must be above 0"
        )
    unit = _unit(several)
    objective = _Objective(several, periods, 0.0)
    low, high = _limits(objective, bounds or {}, largest_change)
    if low.sum() > budget * (1 + _EXACT):
        raise InvalidBudget(
            f"the minima add up to {low.sum():,.2f}, more than the budget of "
            f"{budget:,.2f}. Raise the budget or lower a minimum."
        )
    spendable = min(budget, float(high.sum()))
    if not spend_all:
        price = _price(unit, least_return)
        spendable = _worth_spending(
            _Objective(several, periods, price), low, high, spendable, seed
        )
    best = _best(objective, low, high, spendable, seed)
    # What is done now and an equal split, brought to the same total, must be beaten.
    starts = _starts(objective.now, low, high, spendable, seed)
    rival = max(starts[:2], key=objective.value)
    found = objective.value(best) > objective.value(rival) * (1 + _WORTH_MOVING)
    chosen = best if found else rival
    return _allocation(objective, chosen, starts[0], (low, high), budget, unit, found)


class _Objective:
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


def _unit(mixes: Sequence[FittedMix]) -> str:
    if not mixes:
        raise InvalidBudget("no fitted mix was given: there is nothing to plan")
    for what, values in (
        ("outcomes", [mix.outcome_unit for mix in mixes]),
        ("periods of days", [mix.series.period_days for mix in mixes]),
    ):
        if len(set(values)) > 1:
            listed = " and ".join(map(str, dict.fromkeys(values)))
            raise MixedUnits(
                f"{what} of {listed} cannot be added: plan them apart, or fit both to "
                "the same"
            )
    names = [name for mix in mixes for name in mix.channel_names]
    if len(set(names)) < len(names):
        raise InvalidBudget("two mixes have a channel of the same name: rename one")
    return mixes[0].outcome_unit


def _price(unit: str, least_return: float | None) -> float:
    if least_return is not None:
        return least_return
    if unit not in _MONEY:
        raise InvalidBudget(
            f"what is a unit of {unit} worth? Money is only left unspent against a "
            "least_return: the outcome that the last unit of spend must bring"
        )
    return 1.0


def _worth_spending(
    objective: _Objective, low: Floats, high: Floats, most: float, seed: int
) -> float:
    """The total beyond which spend brings less than it costs."""
    totals = np.linspace(max(float(low.sum()), 1e-6 * most), most, 9)
    worth = [
        objective.value(_best(objective, low, high, float(total), seed))
        for total in totals
    ]
    around = int(np.argmax(worth))
    start = _best(objective, low, high, float(totals[around]), seed)
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


def _limits(
    objective: _Objective,
    bounds: Mapping[str, tuple[float, float]],
    largest_change: float | None,
) -> tuple[Floats, Floats]:
    names, now = objective.names, objective.now
    for name in set(bounds) - set(names):
        raise InvalidBudget(
            f"{name} cannot have bounds: it is {objective.status(name)}"
        )
    low, high = np.zeros(len(names)), FARTHEST * objective.seen
    if largest_change is not None:
        low = np.maximum(low, now * (1 - largest_change))
        high = np.minimum(high, now * (1 + largest_change))
    ends = [bounds.get(n, (a, b)) for n, a, b in zip(names, low, high, strict=True)]
    for name, (least, most) in zip(names, ends, strict=True):
        if not 0 <= least <= most:
            raise InvalidBudget(
                f"{name}: a minimum of {least:,.2f} and a maximum of {most:,.2f}"
            )
    return np.array([least for least, _ in ends]), np.array([most for _, most in ends])


def _best(
    objective: _Objective, low: Floats, high: Floats, total: float, seed: int
) -> Floats:
    """The best optimum reached from the most promising starts."""
    starts = _starts(objective.now, low, high, total, seed)
    starts.sort(key=objective.value, reverse=True)
    plans = [
        _improved(objective, start, low, high, total) for start in starts[:_FOLLOWED]
    ]
    return max(plans, key=objective.value)


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
    limits: tuple[Floats, Floats],
    budget: float,
    unit: str,
    found: bool,
) -> Allocation:
    low, high = limits
    gain = (objective.each(chosen) - objective.each(rescaled)).sum(axis=1)
    lower, upper = np.quantile(gain, _ENDS)
    plan = pd.DataFrame(
        {
            "channel": objective.names,
            "current": objective.now,
            "recommended": chosen,
            "minimum": low,
            "maximum": high,
            "expected_current": objective.each(objective.now).mean(axis=0),
            "expected_recommended": objective.each(chosen).mean(axis=0),
            "marginal_return": objective.slope(chosen),
            "is_observed": chosen <= objective.seen,
        }
    )
    reason = (
        f"{gain.mean():+,.0f} of {unit} expected against the current split"
        if found
        else "no improvement found: neither the current nor an equal split is beaten"
    )
    return Allocation(
        status="improvement" if found else "no_improvement",
        reason=reason,
        plan=plan,
        outcome_unit=unit,
        gain=float(gain.mean()),
        gain_lower=float(lower),
        gain_upper=float(upper),
        probability_better=float((gain > 0).mean()),
        unspent=max(0.0, budget - float(chosen.sum())),
        optimality=_optimality(objective, chosen, low, high),
    )
