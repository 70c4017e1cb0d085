"""Where each budget should go, within what a company allows itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.curve_tables import FARTHEST
from ml_assets.media_plan.pairs import inseparable
from ml_assets.media_plan.responses import (
    current_spend,
    largest_spend,
    responses,
)
from ml_assets.media_plan.splits import TOTALS, Splits, weighed
from ml_assets.mmm import MediaMix

__all__ = ["HORIZON_DAYS", "Limits", "budget_grid", "splits_of"]

Floats = npt.NDArray[np.float64]

HORIZON_DAYS: Final = 30
# The owner's slider; whatever the currency, all that finds a place has rows besides.
_SLIDER_END, _SLIDER_STEP = 50_000, 500
# Curves bend most at the first of the money: parts of the first step.
_FIRST_STEPS: Final = (1 / 8, 1 / 4, 1 / 2)
_ENDS: Final = (0.05, 0.95)


@dataclass(frozen=True)
class Limits:
    """What a company allows itself, per channel, for the horizon.

    `change` is the share by which a channel may move from what it spends now, unless
    `changes` says otherwise for it.
    """

    minimum: Mapping[str, float]
    maximum: Mapping[str, float]
    changes: Mapping[str, float]
    change: float = 0.3

    def of(self, channel: str, current: float, largest: float) -> tuple[float, float]:
        """Least and most of a channel: what it is told, else what its change allows."""
        change = self.changes.get(channel, self.change)
        low = self.minimum.get(channel, current * max(0.0, 1 - change))
        most = self.maximum.get(channel, current * (1 + change))
        high = min(most, largest)
        if low <= high:
            return low, high
        # What was told holds against what follows from the change.
        return (low, low) if channel in self.minimum else (high, high)


def splits_of(mix: MediaMix, limits: Limits, weights: Floats | None = None) -> Splits:
    """What is advised of every total of the horizon.

    Parameters
    ----------
    weights : ndarray, shape (draws, c), or None
        What a unit of a channel's outcome counts (`value_ratios`); None: 1.
    """
    now = current_spend(mix) * HORIZON_DAYS
    largest = FARTHEST * largest_spend(mix) * HORIZON_DAYS
    ends = [
        limits.of(name.removeprefix("spend_"), now[position], largest[position])
        for position, name in enumerate(mix.channel_names)
    ]
    low, high = (
        np.array(values, dtype=np.float64) for values in zip(*ends, strict=True)
    )
    splits = Splits(
        lambda plans: responses(mix, plans / HORIZON_DAYS)[0] * HORIZON_DAYS,
        now,
        low,
        high,
        inseparable(mix),
    )
    return splits if weights is None else weighed(splits, weights)


def budget_grid(
    mix: MediaMix, limits: Limits, weights: Floats | None = None
) -> pd.DataFrame:
    """The best split of every budget on the slider and of all that finds a place.

    Within the limits of the scenarios, and by the same search. Straight lines between
    the rows are within 0.1 % of what `splits_of` says, but for the first of the money.
    `weights` are those of `splits_of`.

    Returns
    -------
    DataFrame
        `horizon_days`, `total_budget`, `channel_id`, `recommended_spend` (its sum is
        less than the budget where the limits leave no place), `expected` with interval,
        the same of all channels together, the interval of their gain over the current
        spend, `probability_better` that it is one, `is_observed`.
    """
    splits = splits_of(mix, limits, weights)
    budgets = _budgets(splits)
    advised = [splits.advised(budget) for budget in budgets]
    drawn = np.stack([one.drawn for one in advised], axis=1)
    plans = np.stack([one.plan for one in advised])
    return _rows(mix, budgets, plans, drawn, splits.drawn(splits.now))


def _budgets(splits: Splits) -> Floats:
    """Multiples of the slider's step, and the whole range that finds a place."""
    step = splits.most / TOTALS
    asked = np.concatenate(
        [
            np.arange(0, _SLIDER_END + _SLIDER_STEP / 2, _SLIDER_STEP),
            np.arange(TOTALS + 1) * step,
            np.array(_FIRST_STEPS) * step,
            [float(splits.low.sum()), float(splits.now.sum()), splits.most],
        ]
    )
    return np.unique(asked.round(6))


def _rows(
    mix: MediaMix, budgets: Floats, plans: Floats, drawn: Floats, now: Floats
) -> pd.DataFrame:
    lower, upper = np.quantile(drawn, _ENDS, axis=0)
    total = drawn.sum(axis=2)
    total_lower, total_upper = np.quantile(total, _ENDS, axis=0)
    # The same draws twice: much of what is not known is in both, and goes away.
    gain = total - now.sum(axis=1)[:, None]
    gain_lower, gain_upper = np.quantile(gain, _ENDS, axis=0)
    channels = len(mix.channel_names)
    each = [name.removeprefix("spend_") for name in mix.channel_names]
    return pd.DataFrame(
        {
            "horizon_days": HORIZON_DAYS,
            "total_budget": np.repeat(budgets, channels),
            "channel_id": each * len(budgets),
            "recommended_spend": plans.ravel(),
            "expected": drawn.mean(axis=0).ravel(),
            "expected_lower": lower.ravel(),
            "expected_upper": upper.ravel(),
            "total_expected": np.repeat(total.mean(axis=0), channels),
            "total_expected_lower": np.repeat(total_lower, channels),
            "total_expected_upper": np.repeat(total_upper, channels),
            "total_gain_lower": np.repeat(gain_lower, channels),
            "total_gain_upper": np.repeat(gain_upper, channels),
            "probability_better": np.repeat((gain > 0).mean(axis=0), channels),
            "is_observed": (plans / HORIZON_DAYS <= largest_spend(mix)).ravel(),
        }
    )
