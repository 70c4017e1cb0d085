"""Days of a company beside what is usual, and how much windows vary by chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml_assets.measurement.calendar_year import year_factors
from ml_assets.measurement.usual_changes import LIMIT, MAD
from ml_assets.measurement.weekly_level import unknown_days, weekday_profile, windows

__all__ = [
    "JUDGED_DAYS",
    "Days",
    "chance_variance",
    "counting_variance",
    "usual_days",
    "window_changes",
]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: The last days, which do not say what is usual.
JUDGED_DAYS: Final = 14
# Variance of the mean of the four of eight in the middle, beside that of all.
_MIDDLE = 1.18


@dataclass(frozen=True)
class Days:
    """A series of days, the last one today.

    Parameters
    ----------
    values, usual
        Total of each day, and what its weekday and its place in the year bring, in any
        unit; shape (n,).
    known
        Whether the day's total is known.
    unit
        Variance per unit of mean by counting alone.
    has_season
        Whether the time of the year is not in ``usual``.
    """

    values: Floats
    usual: Floats
    known: Mask
    unit: float
    has_season: bool


def usual_days(series: Floats, day: date, unit: float, given: Floats | None) -> Days:
    """Put days beside what is usual of them; ``given`` is what they are divided by."""
    weekdays = (np.arange(len(series)) + day.weekday() + 1 - len(series)) % 7
    divided = np.ones(len(series)) if given is None else given[-len(series) :]
    ratio = np.divide(series, divided, out=np.zeros(len(series)), where=divided > 0)
    profile = weekday_profile(ratio[:-JUDGED_DAYS], weekdays[:-JUDGED_DAYS])
    usual = profile[weekdays] * divided
    known = divided > 0
    if given is None:
        known = ~unknown_days(series, usual, unit)
    factors = year_factors(series, usual, known, unit, day)
    if factors is None:
        return Days(series, usual, known, unit, has_season=True)
    return Days(series, usual * factors, known, unit, has_season=False)


def window_changes(days: Days, base: Floats, width: int) -> tuple[Floats, float, float]:
    """Of each day's window, 2 (√(sum / expected) - 1): about the log of their ratio.

    In roots, whose variance does not depend on the level. Single days are kept within
    three spreads of what is usual, so that a holiday is not a level.
    """
    usual = np.asarray(windows(days.usual, width), np.float64) * base[:, None]
    sold = np.asarray(windows(days.values, width), np.float64)
    known = np.asarray(windows(days.known, width), np.bool_)
    kept = sold
    if width > 1:
        spread = _day_spread(days, base)
        root = 1 + np.array([-1, 1]) * LIMIT * spread / 2
        low, high = np.maximum(root, 0) ** 2
        kept = np.clip(sold, low * usual, high * usual)
    expected = np.where(known, usual, 0).sum(axis=1)
    total = np.where(known, kept, 0).sum(axis=1)
    enough = (known.sum(axis=1) > width / 2) & (expected > 0)
    ratio = np.where(enough, total / np.where(enough, expected, 1), np.nan)
    count = max(int(known[-1].sum()), 1)
    told = np.where(known[-1], sold[-1], 0).sum() / count
    return 2 * (np.sqrt(ratio) - 1), float(told), float(expected[-1] / count)


def _day_spread(days: Days, base: Floats) -> float:
    """Robust deviation of single days, in the unit of `_changes`."""
    expected = days.usual * base
    known = days.known & (expected > 0)
    if not known.any():
        return 1.0
    ratio = days.values[known] / expected[known]
    change = 2 * (np.sqrt(ratio) - 1)
    spread = MAD * float(np.median(np.abs(change - np.median(change))))
    return max(spread, float(np.sqrt(days.unit / np.median(expected[known]))))


def chance_variance(days: Days, base: Floats, width: int) -> float:
    """Variance of a window against its base, by the days' own and how long they last.

    Days depend on each other as an autoregression of first order.
    """
    expected = days.usual * base
    known = days.known & (expected > 0)
    change = np.full(len(base), np.nan)
    change[known] = 2 * (np.sqrt(days.values[known] / expected[known]) - 1)
    spread = _day_spread(days, base)
    change = np.clip(change - np.nanmedian(change), -LIMIT * spread, LIMIT * spread)
    pairs = change[1:] * change[:-1]
    variance = float(np.nanmean(change**2))
    pairs = pairs[~np.isnan(pairs)]
    # A market of one day a week has no two days in a row.
    share = float(pairs.mean()) / variance if variance > 0 and pairs.size else 0.0
    lasting = float(np.clip(share, 0.0, 0.9))
    own = _mean_variance(variance, lasting, width)
    return own + _MIDDLE * _mean_variance(variance, lasting, 7) / 8


def _mean_variance(variance: float, lasting: float, width: int) -> float:
    lags = np.arange(1, width)
    shared = float(((1 - lags / width) * lasting**lags).sum())
    return variance / width * (1 + 2 * shared)


def counting_variance(unit: float, expected: float, level: float, width: int) -> float:
    """What counting alone leaves open, of a window and of the median before it."""
    return unit / max(expected, 1e-9) / width + _MIDDLE * unit / max(level, 1e-9) / 56
