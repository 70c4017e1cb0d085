"""Where each budget should go, and what people ask about: scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.allocation_grid import best_splits, interpolation_points
from ml_assets.media_plan.curve_tables import FARTHEST
from ml_assets.media_plan.responses import (
    current_spend,
    largest_spend,
    responses,
)
from ml_assets.mmm import MediaMix

__all__ = ["HORIZON_DAYS", "Limits", "budget_grid"]

Floats = npt.NDArray[np.float64]

HORIZON_DAYS: Final = 30
# The owner's slider; other currencies have the company's own range as well.
_SLIDER_END, _SLIDER_STEP = 50_000, 500
_OWN_RANGE: Final = 2.0
_OWN_STEPS: Final = 40
_FINE: Final = 20
_STEPS: Final = 2_000
_TOLERANCE: Final = 5e-4
# Plans whose draws are in memory together.
_AT_ONCE: Final = 200
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
        high = self.maximum.get(channel, min(current * (1 + change), largest))
        return min(low, high), max(low, high)


def budget_grid(mix: MediaMix, limits: Limits) -> pd.DataFrame:
    """The best split of every budget on the slider and around the company's own.

    Channels move freely between nothing and 1.5 times the most ever spent in a day, or
    the most that the company said. Straight lines between the rows are within
    0.1 % of the best there is, from the second row on.

    Returns
    -------
    DataFrame
        `horizon_days`, `total_budget`, `channel_id`, `recommended_spend`, `expected`
        with interval, the same of all channels together, the interval of their gain
        over the current spend, `probability_better` that it is one, `is_observed`.
    """
    own = float(current_spend(mix).sum()) * HORIZON_DAYS * _OWN_RANGE
    parts = [_range(mix, limits, _SLIDER_END, _SLIDER_STEP)]
    if own > 0:
        parts.append(_range(mix, limits, own, own / _OWN_STEPS))
    budgets = np.concatenate([budget for budget, _ in parts]).round(6)
    plans = np.concatenate([plan for _, plan in parts])
    budgets, first = np.unique(budgets, return_index=True)
    return _rows(mix, budgets, plans[first])


def _range(
    mix: MediaMix, limits: Limits, end: float, step: float
) -> tuple[Floats, Floats]:
    """Budgets up to `end`: multiples of `step`, and those between that a line needs."""
    size = end / _STEPS
    value, split = best_splits(_curves(mix, limits, size), _STEPS)
    budgets = np.linspace(0.0, end, _STEPS + 1)
    needed = interpolation_points(budgets[_FINE:], value[_FINE:], _TOLERANCE) + _FINE
    asked = np.rint(np.arange(0, end + step / 2, step) / size).astype(np.int64)
    kept = np.union1d(np.union1d(needed, asked), [_FINE // 4, _FINE // 2])
    return budgets[kept], split[kept] * size


def _curves(mix: MediaMix, limits: Limits, size: float) -> list[Floats]:
    """Mean outcome of the horizon at 0, 1, 2, ... steps of money, per channel."""
    largest = FARTHEST * largest_spend(mix) * HORIZON_DAYS
    steps = np.arange(min(_STEPS, int(largest.max() / size)) + 1) * size
    plans = np.repeat(steps[:, None] / HORIZON_DAYS, len(largest), axis=1)
    parts = np.array_split(plans, max(1, len(plans) // _AT_ONCE))
    means = [responses(mix, part)[0].mean(axis=0) for part in parts]
    brought = np.concatenate(means) * HORIZON_DAYS
    curves = []
    for position, name in enumerate(mix.channel_names):
        channel = name.removeprefix("spend_")
        most = min(limits.maximum.get(channel, np.inf), largest[position])
        curves.append(brought[: int(most / size) + 1, position])
    return curves


def _rows(mix: MediaMix, budgets: Floats, plans: Floats) -> pd.DataFrame:
    daily = plans / HORIZON_DAYS
    drawn = responses(mix, daily)[0] * HORIZON_DAYS
    lower, upper = np.quantile(drawn, _ENDS, axis=0)
    total = drawn.sum(axis=2)
    total_lower, total_upper = np.quantile(total, _ENDS, axis=0)
    # The same draws twice: much of what is not known is in both, and goes away.
    now = responses(mix, current_spend(mix)[None])[0].sum(axis=2) * HORIZON_DAYS
    gain = total - now
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
            "is_observed": (daily <= largest_spend(mix)).ravel(),
        }
    )
