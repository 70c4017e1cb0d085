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
from ml_assets.media_plan.scenario_requests import (
    ScenarioRefused,
    ScenarioRequest,
)
from ml_assets.media_plan.splits import Advice, Splits, worthwhile

__all__ = ["Projection", "PublishedMix", "project", "seeded_requests"]

Floats = npt.NDArray[np.float64]

_ENDS: Final = (0.05, 0.95)
# Of an amount: what is lost when it is stored and read again.
_EXACT: Final = 1e-6
_MORE: Final = 0.2
_WEEK: Final = 7
_MOST_DAYS_AHEAD: Final = 730
_NOVEMBER, _THURSDAY = 11, 3


@dataclass(frozen=True, eq=False)
class Projection:
    """What would come of a plan, beside going on as now, in its whole period.

    `totals` has spend, income and profit as `current_…` and `projected_…`, the gains
    of income and of profit with 90 % intervals, and how probable each is above 0;
    what is about profit is None without a margin; `asked_budget`, of which the plan may
    place less, and `worthwhile_spend`, beyond which one more unit costs more than it
    returns, None where all that finds a place is worth it, or without a margin or a
    budget. `channels` has a row per channel.
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
    total = _total(mix, request)
    splits = _splits(mix, request, total)
    now, before = splits.now, splits.drawn(splits.now)
    if total is None:
        plan = np.clip(now, splits.low, splits.high)
        advice = Advice(plan, splits.drawn(plan), False)
    else:
        advice = splits.advised(total)
    channels = pd.DataFrame(
        {
            "channel_id": mix.channels,
            "current_spend": now,
            "projected_spend": advice.plan,
            "minimum_spend": splits.low,
            "maximum_spend": splits.high,
            "current_expected": before.mean(axis=0),
            "projected_expected": advice.drawn.mean(axis=0),
        }
    )
    return Projection(
        start,
        start + dt.timedelta(days=request.days - 1),
        {
            **_totals(mix, request.days, (now, advice.plan), (before, advice.drawn)),
            "asked_budget": total,
            "worthwhile_spend": _worthwhile(splits, mix.margin_rate, total),
        },
        channels,
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
    low, high = _limits(mix, request, total)
    days = request.days
    return Splits(
        lambda plans: mix.brought(plans / days) * days,
        mix.current_spend * days,
        low,
        high,
    )


def _worthwhile(
    splits: Splits, rate: float | None, total: float | None
) -> float | None:
    if rate is None or total is None:
        return None
    found = worthwhile(splits, rate)
    return found if found < splits.most * (1 - _EXACT) else None


def _limits(
    mix: PublishedMix, request: ScenarioRequest, total: float | None
) -> tuple[Floats, Floats]:
    """Least and most of each channel; never more than was ever spent in as many days.

    Without a budget, a channel that is not named goes on as now. With one, it keeps the
    limits of the mix, of which a least gives way where the budget is too small for it.
    """
    told = {_channel(mix, name): bound for name, bound in request.bounds.items()}
    observed = mix.largest_spend * request.days
    low, high = np.zeros_like(observed), observed.copy()
    if total is not None and mix.least is not None and mix.most is not None:
        low, high = mix.least * request.days, mix.most * request.days
    firm = np.zeros_like(observed)
    for position, name in enumerate(mix.channels):
        bound = told.get(name)
        if bound is None:
            continue
        least = bound.minimum or 0.0
        if least > observed[position] * (1 + _EXACT):
            raise ScenarioRefused(
                "beyond_observed",
                field=name,
                value=_money(least),
                limit=_money(observed[position]),
            )
        firm[position] = low[position] = min(least, observed[position])
        most = observed[position] if bound.maximum is None else bound.maximum
        high[position] = max(low[position], min(most, observed[position]))
    if total is not None:
        low = _affordable(low, firm, total)
        if total > high.sum() * (1 + _EXACT) and len(told) == len(mix.channels):
            raise ScenarioRefused(
                "above_maxima", value=_money(total), limit=_money(high.sum())
            )
    return low, high


def _affordable(low: Floats, firm: Floats, total: float) -> Floats:
    """The least amounts, those nobody asked for cut alike until they fit the total."""
    if firm.sum() > total * (1 + _EXACT):
        raise ScenarioRefused(
            "below_minima", value=_money(total), limit=f"{np.ceil(firm.sum()):,.0f}"
        )
    usual = low - firm
    left = max(0.0, total - float(firm.sum()))
    return firm + usual * min(1.0, left / max(float(usual.sum()), 1e-300))


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
