"""A scenario somebody asked for: as now beside as planned, from a published mix.

The curves of all draws are stored (`curve_draws`), so a plan is projected within a
second and with the intervals of the fit, long after it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.published_mix import PublishedMix
from ml_assets.media_plan.scenario_limits import spend_limits
from ml_assets.media_plan.scenario_requests import (
    ScenarioRefused,
    ScenarioRequest,
)
from ml_assets.media_plan.splits import Advice, Splits, weighed, worthwhile

__all__ = ["Projection", "PublishedMix", "project", "seeded_requests"]

Floats = npt.NDArray[np.float64]

_ENDS: Final = (0.05, 0.95)
# Of an amount: what is lost when it is stored and read again.
_EXACT: Final = 1e-6
_MORE: Final = 0.2
_WEEK: Final = 7
_MOST_DAYS_AHEAD: Final = 730
_NOVEMBER, _THURSDAY = 11, 3
_VALUES: Final = (
    *("current_value", "projected_value", "value_gain", "value_gain_lower"),
    *("value_gain_upper", "probability_more_value"),
)


@dataclass(frozen=True, eq=False)
class Projection:
    """What would come of a plan, beside going on as now, in its whole period.

    `totals` has spend, income and profit as `current_…` and `projected_…`, the gains
    of income and of profit with 90 % intervals, and how probable each is above 0;
    what is about profit is None without a margin; `asked_budget`, of which the plan may
    place less, and `worthwhile_spend`, beyond which one more unit costs more than it
    returns, None where all that finds a place is worth it, or without a margin or a
    budget. `channels` has a row per channel.

    The plan is the best by revenue. `value_spend` of the channels is the best by
    12-month value, of the same budget and from the same curves (the plan itself where
    no budget was asked), and `current_value`, `projected_value` and their gain are what
    it brings of that, without the baseline. `value_basis` is "revenue" where value is
    not known, for the `value_reason`, and None in a mix that says nothing of it; there
    is nothing by value then, and the plan by revenue is the only one.
    """

    start_date: dt.date
    end_date: dt.date
    totals: Mapping[str, float | None]
    channels: pd.DataFrame
    value_basis: str | None = None
    value_reason: str | None = None


def project(mix: PublishedMix, request: ScenarioRequest) -> Projection:
    """Project a plan. With a budget, its best splits within the limits are the plan.

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
    total = _total(mix, request)
    splits = _splits(mix, request, total)
    now, before = splits.now, splits.drawn(splits.now)
    advice = _advice(splits, total)
    by_value, value_spend = _by_value(mix, splits, total)
    value = mix.value
    channels = pd.DataFrame(
        {
            "channel_id": mix.channels,
            "current_spend": now,
            "projected_spend": advice.plan,
            "minimum_spend": splits.low,
            "maximum_spend": splits.high,
            "current_expected": before.mean(axis=0),
            "projected_expected": advice.drawn.mean(axis=0),
            "value_ratio": value.ratio if value and value.is_known else None,
            "value_spend": value_spend,
        }
    )
    return Projection(
        start,
        start + dt.timedelta(days=request.days - 1),
        {
            **_totals(mix, request.days, (now, advice.plan), (before, advice.drawn)),
            "asked_budget": total,
            "worthwhile_spend": _worthwhile(splits, mix.margin_rate, total),
            **by_value,
        },
        channels,
        value.basis if value else None,
        value.reason if value else None,
    )


def seeded_requests(mix: PublishedMix) -> dict[str, dict[str, object]]:
    """Two scenarios that everybody asks for first, by a key that is theirs for good.

    A fifth more in the week of the next Black Friday, and 30 days without the channel
    that most is spent on. Their names are terms of the seed media_mix_labels.
    """
    start, days = _black_friday_week(mix.as_of_date)
    return {
        "seeded:black_friday_plus_20": {
            "name": "black_friday_plus_20",
            "start_date": start.isoformat(),
            "days": days,
            "budget_change_percent": 100 * _MORE,
        },
        "seeded:without_largest_channel": {
            "name": "without_largest_channel",
            "bounds": f"{mix.largest_channel}=0",
        },
    }


def _black_friday_week(after: dt.date) -> tuple[dt.date, int]:
    """First day and length of the next week of Black Friday, or of what is left of it.

    It is the week of the fourth Thursday of November, and over with its Friday.
    """
    for year in (after.year, after.year + 1):
        first = dt.date(year, _NOVEMBER, 1)
        thursday = first + dt.timedelta(days=(_THURSDAY - first.weekday()) % _WEEK + 21)
        if thursday + dt.timedelta(days=1) > after:
            break
    monday = thursday - dt.timedelta(days=_THURSDAY)
    start = max(monday, after + dt.timedelta(days=1))
    return start, _WEEK - (start - monday).days


def _total(mix: PublishedMix, request: ScenarioRequest) -> float | None:
    """The budget of the whole period; None where everything else goes on as now."""
    if request.total_budget is not None or request.budget_change is None:
        return request.total_budget
    return float(mix.current_spend.sum()) * request.days * (1 + request.budget_change)


def _splits(mix: PublishedMix, request: ScenarioRequest, total: float | None) -> Splits:
    low, high = spend_limits(mix, request, total)
    days = request.days
    return Splits(
        lambda plans: mix.brought(plans / days) * days,
        mix.current_spend * days,
        low,
        high,
    )


def _advice(splits: Splits, total: float | None) -> Advice:
    if total is not None:
        return splits.advised(total)
    plan = np.clip(splits.now, splits.low, splits.high)
    return Advice(plan, splits.drawn(plan), False)


def _by_value(
    mix: PublishedMix, splits: Splits, total: float | None
) -> tuple[dict[str, float | None], Floats | None]:
    """Totals by 12-month value, and spend of the split that is best by it."""
    if mix.value is None or not mix.value.is_known:
        return dict.fromkeys(_VALUES), None
    by_value = weighed(splits, mix.value.drawn(len(mix.alpha)))
    before, advice = by_value.drawn(by_value.now), _advice(by_value, total)
    now, then = (drawn.sum(axis=1) for drawn in (before, advice.drawn))
    totals: dict[str, float | None] = {
        "current_value": float(now.mean()),
        "projected_value": float(then.mean()),
        **_gain("value", then - now),
    }
    return totals, advice.plan


def _worthwhile(
    splits: Splits, rate: float | None, total: float | None
) -> float | None:
    if rate is None or total is None:
        return None
    found = worthwhile(splits, rate)
    return found if found < splits.most * (1 - _EXACT) else None


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
