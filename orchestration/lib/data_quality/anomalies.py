"""Whether a day's volume is unusual for its weekday: robust, seasonal, no fixed limits.

A day is compared with the same weekday of the eight weeks before. What is normal to
differ is learned from all days of those weeks together, because eight values say little
about a spread: each day's distance from its weekday's median, in units of the square
root of that median, is a residual of about the same size on every weekday if days vary
like counts (Poisson: variance equal to the mean). Their median absolute deviation,
times 1.4826 to be a standard deviation of normal residuals (Hampel 1974), is the scale.
It is never below that of pure chance, so that a quiet shop raises no alarm by being
regular.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median

__all__ = ["THRESHOLD", "Anomaly", "judge_day"]

_WEEKS = 8
_LEAST_WEEKS = 6
_MAD_TO_DEVIATION = 1.4826
# Distances of eight values from their own median are smaller than from the true one.
_SMALL_SAMPLE = 1.1
#: Deviations from which a day is unusual. Of quiet days that vary by chance, or by 15 %
#: beyond it, less than one in a hundred is; by 30 %, two in a hundred.
THRESHOLD = 4.0


@dataclass(frozen=True)
class Anomaly:
    """A day beside the same weekday of the weeks before.

    Parameters
    ----------
    value, expected
        What the day was, and the median of its weekday (in the unit of the values).
    score
        Distance in robust standard deviations; negative when the day is too small.
    """

    value: float
    expected: float
    score: float

    @property
    def is_unusual(self) -> bool:
        """Whether chance and season hardly explain it."""
        return abs(self.score) > THRESHOLD


def judge_day(
    values: Mapping[date, float], day: date, unit: float = 1.0
) -> Anomaly | None:
    """Compare a day with its weekday; None when there are too few weeks to do so.

    Parameters
    ----------
    values
        By date, with zeros of days on which nothing happened. Days before the first
        one are unknown, not zero.
    day
        The day to judge; missing in ``values`` it was zero.
    unit
        Variance per unit of mean if only chance is at work: 1 for counts. For sums of
        amounts of count-many events, E[X²] / E[X] of the amounts (compound Poisson).

    Raises
    ------
    ValueError
        ``unit`` is not positive.
    """
    if unit <= 0:
        raise ValueError(f"unit is {unit}: a variance per unit of mean is above zero.")
    first = min(values, default=day)
    past = [day - timedelta(days=n) for n in range(1, 7 * _WEEKS + 1)]
    known = [each for each in past if each >= first]
    if len(known) < 7 * _LEAST_WEEKS:
        return None
    weeks: dict[int, list[float]] = {weekday: [] for weekday in range(7)}
    for each in known:
        weeks[each.weekday()].append(values.get(each, 0.0))
    levels = {weekday: median(found) for weekday, found in weeks.items()}
    residuals = [
        abs(value - levels[weekday]) / sqrt(max(levels[weekday], unit))
        for weekday, found in weeks.items()
        for value in found
    ]
    spread = _MAD_TO_DEVIATION * _SMALL_SAMPLE * median(residuals)
    expected = levels[day.weekday()]
    scale = max(spread, sqrt(unit)) * sqrt(max(expected, unit))
    value = values.get(day, 0.0)
    return Anomaly(value, expected, (value - expected) / scale)
