"""A scenario somebody asked for: as now beside as planned, from a published mix.

The curves of all draws are stored (`curve_draws`), so a plan is projected within a
second and with the intervals of the fit, long after it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.allocation_grid import best_splits
from ml_assets.media_plan.scenario_requests import (
    Bound,
    ScenarioRefused,
    ScenarioRequest,
)

__all__ = ["Projection", "PublishedMix", "project", "seeded_requests"]

Floats = npt.NDArray[np.float64]

_STEPS: Final = 1_000
_ENDS: Final = (0.05, 0.95)
# Of an amount: what is lost when it is stored and read again.
_EXACT: Final = 1e-6
_MORE: Final = 0.2
_WEEK: Final = 7
_MOST_DAYS_AHEAD: Final = 730
_NOVEMBER, _THURSDAY = 11, 3


@dataclass(frozen=True, eq=False)
class PublishedMix:
    """What is stored of a mix of revenue: c channels, d draws, everything per day.

    Parameters
    ----------
    alpha, half_saturation, gamma : ndarray, shape (d, c)
        The Hill curves of every draw.
    current_spend, largest_spend : ndarray, shape (c,)
        Mean of the last 13 weeks; the most ever spent.
    baseline_income : float
        What is sold without advertising, the mean of the last 13 weeks.
    margin_rate : float or None
        What is left of a unit of income after the goods; None when not told.
    as_of_date
        The last day that was fitted to.
    """

    channels: tuple[str, ...]
    alpha: Floats
    half_saturation: Floats
    gamma: Floats
    current_spend: Floats
    largest_spend: Floats
    baseline_income: float
    margin_rate: float | None
    as_of_date: dt.date

    def brought(self, spend: Floats) -> Floats:
        """Income of each draw and channel, shape (d, ..., c), of a steady spend."""
        extra = (slice(None), *(None,) * (np.ndim(spend) - 1))
        share = self.half_saturation[extra] / np.maximum(spend, 1e-300)
        # Far below the half-saturation the power is beyond any float, the curve 0.
        with np.errstate(over="ignore"):
            return np.asarray(self.alpha[extra] / (1 + share ** self.gamma[extra]))

    @cached_property
    def largest_channel(self) -> str:
        """Where most is spent now."""
        return self.channels[int(np.argmax(self.current_spend))]


@dataclass(frozen=True, eq=False)
class Projection:
    """What would come of a plan, beside going on as now, in its whole period.

    `totals` has spend, income and profit as `current_…` and `projected_…`, the gains
    of income and of profit with 90 % intervals, and how probable each is above 0;
    what is about profit is None without a margin. `channels` has a row per channel.
    """

    start_date: dt.date
    end_date: dt.date
    totals: Mapping[str, float | None]
    channels: pd.DataFrame


def project(mix: PublishedMix, request: ScenarioRequest) -> Projection:
    """Project a plan. With a budget, its best split within the limits is the plan.

    Raises
    ------
    ScenarioRefused
        The plan cannot be, or asks for more than was ever observed.
    """
    start = request.start_date or mix.as_of_date + dt.timedelta(days=1)
    if start <= mix.as_of_date:
        raise ScenarioRefused(
            "start_is_past", value=str(start), limit=str(mix.as_of_date)
        )
    furthest = mix.as_of_date + dt.timedelta(days=_MOST_DAYS_AHEAD)
    if start > furthest:
        raise ScenarioRefused("start_too_far", value=str(start), limit=str(furthest))
    now = mix.current_spend * request.days
    low, high = _limits(mix, request)
    plan = _plan(mix, request, low, high)
    before, after = (mix.brought(s / request.days) * request.days for s in (now, plan))
    channels = pd.DataFrame(
        {
            "channel_id": mix.channels,
            "current_spend": now,
            "projected_spend": plan,
            "minimum_spend": low,
            "maximum_spend": high,
            "current_expected": before.mean(axis=0),
            "projected_expected": after.mean(axis=0),
        }
    )
    return Projection(
        start,
        start + dt.timedelta(days=request.days - 1),
        _totals(mix, request.days, (now, plan), (before, after)),
        channels,
    )


def seeded_requests(mix: PublishedMix) -> dict[str, dict[str, object]]:
    """Two scenarios that everybody asks for first, by a key that is theirs for good.

    A fifth more in the week of the next Black Friday, and 30 days without the channel
    that most is spent on. Their names are terms of the seed media_mix_labels.
    """
    monday = _black_friday_week(mix.as_of_date)
    return {
        "seeded:black_friday_plus_20": {
            "name": "black_friday_plus_20",
            "start_date": monday.isoformat(),
            "days": _WEEK,
            "budget_change_percent": 100 * _MORE,
        },
        "seeded:without_largest_channel": {
            "name": "without_largest_channel",
            "bounds": f"{mix.largest_channel}=0",
        },
    }


def _black_friday_week(after: dt.date) -> dt.date:
    """Monday of the next week of the fourth Thursday of November."""
    for year in (after.year, after.year + 1):
        first = dt.date(year, _NOVEMBER, 1)
        thursday = first + dt.timedelta(days=(_THURSDAY - first.weekday()) % _WEEK + 21)
        monday = thursday - dt.timedelta(days=_THURSDAY)
        if monday > after:
            break
    return monday


def _limits(mix: PublishedMix, request: ScenarioRequest) -> tuple[Floats, Floats]:
    """Least and most of each channel; never more than was ever spent in as many days.

    A channel that is not named moves freely below that.
    """
    told = {_channel(mix, name): bound for name, bound in request.bounds.items()}
    observed = mix.largest_spend * request.days
    low, high = np.zeros_like(observed), observed.copy()
    for position, name in enumerate(mix.channels):
        bound = told.get(name, Bound(None, None))
        least = bound.minimum or 0.0
        if least > observed[position] * (1 + _EXACT):
            raise ScenarioRefused(
                "beyond_observed",
                field=name,
                value=_money(least),
                limit=_money(observed[position]),
            )
        low[position] = min(least, observed[position])
        if bound.maximum is not None:
            high[position] = min(bound.maximum, observed[position])
    return low, np.maximum(low, high)


def _channel(mix: PublishedMix, name: str) -> str:
    """The channel that is meant: `meta` for meta_ads, if no other begins so."""
    if name in mix.channels:
        return name
    found = [one for one in mix.channels if one.startswith(f"{name}_")]
    if len(found) != 1:
        raise ScenarioRefused(
            "channel_unknown", value=name[:40], known=", ".join(mix.channels)
        )
    return found[0]


def _plan(
    mix: PublishedMix, request: ScenarioRequest, low: Floats, high: Floats
) -> Floats:
    """Spend per channel in the whole period."""
    now = mix.current_spend * request.days
    if request.total_budget is None and request.budget_change is None:
        return np.asarray(np.clip(now, low, high))
    total = request.total_budget
    if total is None:
        total = float(now.sum()) * (1 + (request.budget_change or 0.0))
    if low.sum() > total * (1 + _EXACT):
        raise ScenarioRefused(
            "below_minima", value=_money(total), limit=f"{np.ceil(low.sum()):,.0f}"
        )
    if total > high.sum() * (1 + _EXACT):
        observed = float((mix.largest_spend * request.days).sum())
        if total > observed * (1 + _EXACT):
            raise ScenarioRefused(
                "total_beyond_observed", value=_money(total), limit=_money(observed)
            )
        raise ScenarioRefused(
            "above_maxima", value=_money(total), limit=_money(high.sum())
        )
    return _best(mix, request.days, low, high, total)


def _best(
    mix: PublishedMix, days: int, low: Floats, high: Floats, total: float
) -> Floats:
    """The split of all of the budget that is expected to bring most."""
    size = (total - float(low.sum())) / _STEPS
    if size <= 0:
        return low
    # Of next to no budget more steps fit than an integer holds: bounded, then cast.
    with np.errstate(over="ignore"):
        steps = np.minimum((high - low) / size + _EXACT, _STEPS)
    room = steps.astype(np.int64)
    grid = low + np.arange(_STEPS + 1)[:, None] * size
    expected = mix.brought(grid / days).mean(axis=0)
    curves = [expected[: most + 1, c] for c, most in enumerate(room)]
    plan = low + best_splits(curves, _STEPS)[1][-1] * size
    # Less than a step per channel is left where limits are no multiple of it.
    for position in np.argsort(plan - high):
        left = max(0.0, total - float(plan.sum()))
        plan[position] += min(left, high[position] - plan[position])
    return np.asarray(plan)


def _totals(
    mix: PublishedMix,
    days: int,
    spends: tuple[Floats, Floats],
    drawn: tuple[Floats, Floats],
) -> dict[str, float | None]:
    now, plan = (float(spend.sum()) for spend in spends)
    base = mix.baseline_income * days
    before, after = (base + one.sum(axis=1) for one in drawn)
    totals: dict[str, float | None] = {
        "current_spend": now,
        "projected_spend": plan,
        "current_income": float(before.mean()),
        "projected_income": float(after.mean()),
        "baseline_income": base,
        **_gain("income", after - before),
    }
    if mix.margin_rate is None:
        return totals | dict.fromkeys(
            (
                *("current_profit", "projected_profit", "profit_gain"),
                *("profit_gain_lower", "profit_gain_upper"),
                *("probability_more_profit", "margin_rate"),
            )
        )
    rate = mix.margin_rate
    return {
        **totals,
        "margin_rate": rate,
        "current_profit": rate * float(before.mean()) - now,
        "projected_profit": rate * float(after.mean()) - plan,
        **_gain("profit", rate * (after - before) - (plan - now)),
    }


def _gain(what: str, drawn: Floats) -> dict[str, float | None]:
    lower, upper = np.quantile(drawn, _ENDS)
    return {
        f"{what}_gain": float(drawn.mean()),
        f"{what}_gain_lower": float(lower),
        f"{what}_gain_upper": float(upper),
        f"probability_more_{what}": float((drawn > 0).mean()),
    }


def _money(amount: float) -> str:
    # Cut, not rounded: who asks for what is told here is not refused again.
    return f"{np.floor(amount):,.0f}"
