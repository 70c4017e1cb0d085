"""What is stored of a published mix, so that plans need no fit."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ml_assets.media_plan.value_ratios import ValueRatios

__all__ = ["PublishedMix", "steady_income"]

Floats = npt.NDArray[np.float64]


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
    least, most : ndarray, shape (c,), or None
        What a channel may get when nobody says otherwise, the limits that the published
        plans keep (`budgets.Limits`); None: anything that was ever spent.
    value : ValueRatios or None
        What first sales become in 12 months, told when it was fitted; None: not told.
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
    least: Floats | None = None
    most: Floats | None = None
    value: ValueRatios | None = None

    def brought(self, spend: Floats) -> Floats:
        """Income of each draw and channel, shape (d, ..., c), of a steady spend."""
        extra = (slice(None), *(None,) * (np.ndim(spend) - 1))
        return steady_income(
            self.alpha[extra], self.half_saturation[extra], self.gamma[extra], spend
        )

    @cached_property
    def largest_channel(self) -> str:
        """Where most is spent now."""
        return self.channels[int(np.argmax(self.current_spend))]


def steady_income(
    alpha: Floats, half_saturation: Floats, gamma: Floats, spend: Floats
) -> Floats:
    """Hill's curve of a steady spend per day, 0 of none; arrays of like shapes."""
    share = half_saturation / np.maximum(spend, 1e-300)
    # Far below the half-saturation the power is beyond any float, the curve 0.
    with np.errstate(over="ignore"):
        return np.asarray(alpha / (1 + share**gamma))
