"""What people ask: as now, better split, a fifth more, without a channel."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.budgets import HORIZON_DAYS, Limits, splits_of
from ml_assets.media_plan.splits import Advice, Splits, worthwhile
from ml_assets.mmm import MediaMix

__all__ = ["budget_scenarios"]

_MORE: Final = 1.2
_MORE_LIKELY: Final = 0.5
_EXACT: Final = 1e-9
_ENDS: Final = (0.05, 0.95)
_BASE_DAYS: Final = 91


def budget_scenarios(
    mix: MediaMix,
    limits: Limits,
    baseline: pd.Series,
    margin_rate: float | None,
    weights: npt.NDArray[np.float64] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scenarios as totals, and channel by channel, for the horizon.

    What a searched split promises beyond the split of now is less some of its luck (see
    `selection`). `worthwhile` is among them where spending less than now leaves more.

    Parameters
    ----------
    baseline : Series
        Everything but the channels, by period; the mean of its last 13 weeks goes on.
    margin_rate : float or None
        What of a unit of outcome is left after the goods; None when not told, and then
        there is no profit. None for orders.
    weights : ndarray or None
        As in `budgets.splits_of`; the baseline counts as it is.

    Returns
    -------
    totals : DataFrame
        `scenario`, `status`, `reason`, `current_spend`, `projected_spend`,
        `current_income`, `projected_income`, `current_profit`, `projected_profit`,
        `gain` with interval, `probability_better`.
    channels : DataFrame
        `scenario`, `channel_id`, spend and expected outcome, current and projected,
        and the limits.
    """
    period = mix.series.period_days
    base = float(baseline.tail(_BASE_DAYS // period).mean()) / period * HORIZON_DAYS
    splits = splits_of(mix, limits, weights)
    now, low, high = splits.now, splits.low, splits.high
    before = splits.drawn(now)
    totals, channels = [], []
    for scenario, status, reason, advice in _plans(mix, splits, margin_rate):
        plan, after = advice.plan, advice.drawn
        gain = (after - before).sum(axis=1)
        lower, upper = np.quantile(gain, _ENDS)
        incomes = [base + float(drawn.sum(axis=1).mean()) for drawn in (before, after)]
        profits = [
            None if margin_rate is None else margin_rate * income - float(spend.sum())
            for income, spend in zip(incomes, (now, plan), strict=True)
        ]
        totals.append(
            {
                "scenario": scenario,
                "status": status,
                "reason": reason,
                "current_spend": now.sum(),
                "projected_spend": plan.sum(),
                "current_income": incomes[0],
                "projected_income": incomes[1],
                "current_profit": profits[0],
                "projected_profit": profits[1],
                "gain": gain.mean(),
                "gain_lower": lower,
                "gain_upper": upper,
                "probability_better": (gain > 0).mean(),
            }
        )
        channels.append(
            pd.DataFrame(
                {
                    "scenario": scenario,
                    "channel_id": [n.removeprefix("spend_") for n in mix.channel_names],
                    "current_spend": now,
                    "projected_spend": plan,
                    "minimum_spend": 0 * low if "without_" in scenario else low,
                    "maximum_spend": high,
                    "current_expected": before.mean(axis=0),
                    "projected_expected": after.mean(axis=0),
                }
            )
        )
    return pd.DataFrame(totals), pd.concat(channels, ignore_index=True)


def _plans(
    mix: MediaMix, splits: Splits, margin_rate: float | None
) -> Iterator[tuple[str, str, str | None, Advice]]:
    """Each scenario with its status, why, and its plan."""
    now = splits.now
    unit, total = mix.outcome_unit, float(now.sum())
    as_now = Advice(now, splits.drawn(now), False)
    yield "current", "as_now", None, as_now
    for scenario, share in (("recommended", 1.0), ("plus_20", _MORE)):
        yield scenario, *_searched(splits, unit, share * total, as_now)
    if margin_rate is not None:
        least = max(worthwhile(splits, margin_rate), float(splits.low.sum()))
        advice = splits.advised(least)
        profits = margin_rate * (advice.drawn - as_now.drawn).sum(axis=1)
        if least < total and (profits + total - least > 0).mean() > _MORE_LIKELY:
            yield "worthwhile", "as_asked", None, advice
    for position, name in enumerate(mix.channel_names):
        if now[position] > 0:
            without = now.copy()
            without[position] = 0.0
            scenario = f"without_{name.removeprefix('spend_')}"
            advice = Advice(without, splits.drawn(without), False)
            yield scenario, "as_asked", None, advice


def _searched(
    splits: Splits, unit: str, total: float, as_now: Advice
) -> tuple[str, str, Advice]:
    least = float(splits.low.sum())
    if least > total * (1 + _EXACT):
        reason = (
            f"the minima add up to {least:,.2f}, more than the budget of "
            f"{total:,.2f}. Raise the budget or lower a minimum."
        )
        return "not_possible", reason, as_now
    advice = splits.advised(total)
    if not advice.is_better:
        reason = "no improvement found: the present split of it is as good"
        is_now = np.allclose(advice.plan, splits.now, rtol=_EXACT)
        return "no_improvement", reason, as_now if is_now else advice
    gain = (advice.drawn - as_now.drawn).sum(axis=1).mean()
    return "improvement", f"{gain:+,.0f} of {unit} expected against now", advice
