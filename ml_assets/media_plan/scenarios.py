"""What people ask: as now, better split, a fifth more, without a channel."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.budgets import HORIZON_DAYS, Limits
from ml_assets.media_plan.curve_tables import FARTHEST
from ml_assets.media_plan.responses import (
    current_spend,
    largest_spend,
    responses,
)
from ml_assets.media_plan.selection import less_luck
from ml_assets.mmm import MediaMix
from ml_assets.mmm.errors import InvalidBudget

__all__ = ["budget_scenarios"]

Floats = npt.NDArray[np.float64]

_MORE: Final = 1.2
_SEARCHED: Final = ("recommended", "plus_20")
_ENDS: Final = (0.05, 0.95)
_BASE_DAYS: Final = 91


def budget_scenarios(
    mix: MediaMix,
    limits: Limits,
    baseline: pd.Series,
    margin_rate: float | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scenarios as totals, and channel by channel, for the horizon.

    What a searched split promises beyond the split of now is less some of its luck (see
    `selection`).

    Parameters
    ----------
    baseline : Series
        Everything but the channels, by period; the mean of its last 13 weeks goes on.
    margin_rate : float or None
        What of a unit of outcome is left after the goods; None when not told, and then
        there is no profit. None for orders.

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
    now, period = current_spend(mix) * HORIZON_DAYS, mix.series.period_days
    base = float(baseline.tail(_BASE_DAYS // period).mean()) / period * HORIZON_DAYS
    before = _drawn(mix, now)
    totals, channels = [], []
    for scenario, status, reason, plan, low, high in _plans(mix, limits, now):
        after = _drawn(mix, plan)
        if scenario in _SEARCHED:
            like_now = now * (plan.sum() / now.sum())
            after = less_luck(after, _drawn(mix, like_now))
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
                    "minimum_spend": low,
                    "maximum_spend": high,
                    "current_expected": before.mean(axis=0),
                    "projected_expected": after.mean(axis=0),
                }
            )
        )
    return pd.DataFrame(totals), pd.concat(channels, ignore_index=True)


def _plans(
    mix: MediaMix, limits: Limits, now: Floats
) -> Iterator[tuple[str, str, str | None, Floats, Floats, Floats]]:
    """Each scenario with its status, its spend per channel and the limits it kept."""
    bounds = {
        name: limits.of(
            name.removeprefix("spend_"),
            now[position],
            FARTHEST * largest_spend(mix)[position] * HORIZON_DAYS,
        )
        for position, name in enumerate(mix.channel_names)
    }
    periods = HORIZON_DAYS / mix.series.period_days
    low = np.array([low for low, _ in bounds.values()])
    high = np.array([high for _, high in bounds.values()])
    yield "current", "as_now", None, now, low, high
    for scenario, share in (("recommended", 1.0), ("plus_20", _MORE)):
        try:
            found = mix.optimise(
                share * float(now.sum()), periods=periods, bounds=bounds
            )
        except InvalidBudget as refusal:
            yield (
                scenario,
                "not_possible",
                str(refusal).replace("spend_", ""),
                now,
                low,
                high,
            )
            continue
        plan = found.plan.set_index("channel")["recommended"]
        yield (
            *(scenario, found.status, found.reason),
            *(plan.loc[mix.channel_names].to_numpy(float), low, high),
        )
    for position, name in enumerate(mix.channel_names):
        if now[position] > 0:
            without = now.copy()
            without[position] = 0.0
            scenario = f"without_{name.removeprefix('spend_')}"
            yield scenario, "as_asked", None, without, np.zeros_like(low), high


def _drawn(mix: MediaMix, spend: Floats) -> Floats:
    """Outcome of the horizon, shape (draws, c)."""
    drawn = responses(mix, spend[None] / HORIZON_DAYS)[0][:, 0]
    return np.asarray(drawn * HORIZON_DAYS)
