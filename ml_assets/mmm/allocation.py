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

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.curves import FARTHEST
from ml_assets.mmm.errors import InvalidBudget, MixedUnits
from ml_assets.mmm.fitted_mix import COVERAGE, FittedMix
from ml_assets.mmm.plan_search import (
    Objective,
    best_plan,
    optimality,
    starts,
    worth_spending,
)

__all__ = ["Allocation", "optimise"]

_ENDS: Final = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
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
    objective = Objective(several, periods, 0.0)
    low, high = _limits(objective, bounds or {}, largest_change)
    if low.sum() > budget * (1 + _EXACT):
        raise InvalidBudget(
            f"the minima add up to {low.sum():,.2f}, more than the budget of "
            f"{budget:,.2f}. Raise the budget or lower a minimum."
        )
    spendable = min(budget, float(high.sum()))
    if not spend_all:
        price = _price(unit, least_return)
        spendable = worth_spending(
            Objective(several, periods, price), low, high, spendable, seed
        )
    best = best_plan(objective, low, high, spendable, seed)
    # What is done now and an equal split, brought to the same total, must be beaten.
    now, equal, *_ = starts(objective.now, low, high, spendable, seed)
    rival = max((now, equal), key=objective.value)
    found = objective.value(best) > objective.value(rival) * (1 + _WORTH_MOVING)
    chosen = best if found else rival
    return _allocation(objective, chosen, now, (low, high), budget, unit, found)


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


def _limits(
    objective: Objective,
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


def _allocation(  # noqa: PLR0913, PLR0917  (two plans and what they were made from)
    objective: Objective,
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
        optimality=optimality(objective, chosen, low, high),
    )
