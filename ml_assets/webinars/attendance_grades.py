"""How good forecasts of attendance were, on events that took place since."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np

from ml_assets.webinars.attendance import AttendanceForecast
from ml_assets.webinars.events import Events

__all__ = [
    "ENOUGH_GRADED",
    "Forecaster",
    "Grade",
    "backtest",
    "grade",
    "ranked_probability_score",
]

Forecaster = Callable[[Events, int, str], AttendanceForecast]

#: Forecasts from which on their coverage says much.
ENOUGH_GRADED: Final = 20
_LEAST_COVERED, _MOST_COVERED = 0.7, 0.9


@dataclass(frozen=True)
class Grade:
    """What came of forecasts whose interval holds 80 %.

    Attributes
    ----------
    forecast_count, covered_count
        How many, and of how many the attendance was within the interval.
    mean_width_ratio, mean_absolute_error_ratio, mean_crps_ratio
        Shares of the registrants, means over events.
    """

    forecast_count: int
    covered_count: int
    mean_width_ratio: float
    mean_absolute_error_ratio: float
    mean_crps_ratio: float

    @property
    def fewest_covered(self) -> int:
        """Below it intervals promise too much."""
        return floor(_LEAST_COVERED * self.forecast_count)

    @property
    def most_covered(self) -> int:
        """Above it they are wider than they need to be."""
        return ceil(_MOST_COVERED * self.forecast_count)

    @property
    def is_kept(self) -> bool:
        """Whether intervals hold as many as they say: 70 to 90 %, whole events."""
        return self.fewest_covered <= self.covered_count <= self.most_covered


def ranked_probability_score(forecast: AttendanceForecast, shows: int) -> float:
    """The continuous ranked probability score, in people: 0 is a sure, right forecast.

    Sum over counts of (P(at most x) - [x at least ``shows``])^2; of a single number it
    is the absolute error.

    References
    ----------
    Gneiting and Raftery (2007), JASA 102, section 4.2.
    """
    below = np.cumsum(forecast.chances)
    came = np.arange(len(below)) >= shows
    return float(((below - came) ** 2).sum())


def grade(forecasts: Iterable[tuple[AttendanceForecast, int]]) -> Grade:
    """Forecasts beside what came.

    Raises
    ------
    ValueError
        There is none.
    """
    rows = [
        (
            forecast.lower <= shows <= forecast.upper,
            (forecast.upper - forecast.lower) / forecast.registrants,
            abs(forecast.median - shows) / forecast.registrants,
            ranked_probability_score(forecast, shows) / forecast.registrants,
        )
        for forecast, shows in forecasts
    ]
    if not rows:
        raise ValueError("No forecast is old enough to be graded.")
    covered, width, error, score = zip(*rows, strict=True)
    return Grade(
        len(rows),
        sum(covered),
        float(np.mean(width)),
        float(np.mean(error)),
        float(np.mean(score)),
    )


def backtest(
    events: Events, forecaster: Forecaster, first: int, known: list[int]
) -> Grade:
    """Forecast each event from the ``first`` on by those known before it.

    Parameters
    ----------
    known
        Of each event how many of the first events were over when it was forecast: its
        own position, or less where several take place at once.
    """
    return grade(
        (
            forecaster(
                events.first(known[at]), int(events.registrants[at]), events.series[at]
            ),
            int(events.shows[at]),
        )
        for at in range(first, len(events))
    )
