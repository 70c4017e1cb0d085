"""Days whose totals are unlike the same weekday of the weeks before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

__all__ = ["WEEKS", "Deviation", "deviation_of"]

WEEKS = 8
# Share of what is usual by which a day may always differ, however alike the weeks were.
_FLOOR = 0.1
# The median absolute deviation of a normal distribution, times this, is its sigma.
_SIGMA = 1.4826


@dataclass(frozen=True)
class Deviation:
    """A day's total, what is usual, and the robust z-score of the difference."""

    day: date
    value: float
    usual: float
    score: float


def deviation_of(
    totals: Mapping[date, float], day: date, *, is_count: bool
) -> Deviation | None:
    """Compare a day with the same weekday of the last 8 weeks.

    ``score = |value - median| / scale`` with ``scale = max(1.4826 MAD, 10 % of the
    median)``, and for counts at least the square root of the median, by which counts
    differ from chance (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993,
    for the median and MAD; the floors are ours).

    Parameters
    ----------
    totals
        By day; a day that is left out had nothing.
    is_count
        Whether totals are counts.

    Returns
    -------
    Deviation or None
        None when history is shorter than 8 weeks, or nothing is usual on that weekday.
    """
    before = [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    if not totals or min(totals) > before[-1]:
        return None
    past = [totals.get(each, 0.0) for each in before]
    usual = median(past)
    if usual <= 0:
        return None
    value = totals.get(day, 0.0)
    scale = max(_SIGMA * _mad(past, usual), _FLOOR * usual)
    if is_count:
        scale = max(scale, math.sqrt(usual))
    return Deviation(day, value, usual, abs(value - usual) / scale)


def _mad(values: Sequence[float], middle: float) -> float:
    return median(abs(value - middle) for value in values)
