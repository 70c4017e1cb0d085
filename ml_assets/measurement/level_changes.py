"""Whether a shop sells at another level than it did: told rarely, and told in time.

Every day the last day, 7 and 14 days are held against the median of the eight weeks
before them, by weekday. What such a comparison usually gives at this company (its
growth, its season of the year) is taken off, and what is left is measured by how much
it varied there before: more than chance where days depend on each other. The threshold
makes a documented number of false alarms a quarter for all windows and all series that
are looked at (`alarm_rates`). docs/models/alarms.md has the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ml_assets.measurement.alarm_rates import FALSE_ALARMS, alarm_threshold
from ml_assets.measurement.usual_changes import (
    LIMIT,
    MAD,
    PRIOR_WINDOWS,
    surprises,
)
from ml_assets.measurement.weekly_level import (
    base_levels,
    unknown_days,
    weekday_profile,
    windows,
)

__all__ = ["HISTORY", "LevelChange", "judge_level", "judge_series"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Side = Literal["above", "below", "missing", "usual"]

#: Sales and purchases share the rate and are one alarm. By what they have in common
#: they count as so many series: simulated, not derived (docs/models/alarms.md).
SERIES: Final = 1.4
#: Days before the one judged that are worth reading.
HISTORY: Final = timedelta(days=3 * 364)

#: Days of each window, and its share of the rate.
WINDOWS: Final = {1: 0.05, 7: 0.15, 14: 0.8}
_YEAR_DAYS = 365
_RECORD = 1.25
_LEAST_HISTORY = 42
_JUDGED = max(WINDOWS)
_LEAST_MISSING = 2


@dataclass(frozen=True)
class LevelChange:
    """The last days of a company beside its eight weeks before.

    Parameters
    ----------
    side
        ``missing`` where nothing came in on days that always bring something.
    since, through
        First and last day of the window, or of what is missing.
    value, expected
        Means a day of the window, in the unit of the values.
    score
        Distance in standard deviations; 0 of what is missing.
    threshold
        From which distance on it is told.
    """

    side: Side
    since: date
    through: date
    value: float
    expected: float
    score: float
    threshold: float

    @property
    def is_unusual(self) -> bool:
        """Whether it is told."""
        return self.side != "usual"


def judge_level(
    values: Mapping[date, float],
    day: date,
    unit: float = 1.0,
    rate: float = FALSE_ALARMS,
) -> LevelChange | None:
    """Hold the days up to ``day`` against those before.

    Parameters
    ----------
    values
        Total of each day; a day between the first and ``day`` that is not there had
        none. Days before the first are unknown.
    unit
        Variance per unit of mean if only chance is at work: 1 for counts. For sums of
        amounts of count-many events, E[X²] / E[X] of the amounts (compound Poisson).
    rate
        False alarms a quarter that a company puts up with, of both its series.

    Returns
    -------
    LevelChange or None
        The window that is furthest beyond its threshold; None with less than six
        weeks of history, or where every window holds too many unknown days.

    Raises
    ------
    ValueError
        ``unit`` is not positive.
    """
    if not unit > 0:
        raise ValueError(f"unit is {unit}: a variance per unit of mean is above zero.")
    first = min((each for each in values if each <= day), default=day)
    first = max(first, day - HISTORY)
    dates = [first + timedelta(days=n) for n in range((day - first).days + 1)]
    series = np.maximum([values.get(each, 0.0) for each in dates], 0.0)
    return judge_series(series, day, unit, rate)


def judge_series(
    series: Floats, day: date, unit: float = 1.0, rate: float = FALSE_ALARMS
) -> LevelChange | None:
    """As `judge_level`, of the days that end with ``day``, one after the other."""
    series = series[-HISTORY.days :]
    if len(series) <= _LEAST_HISTORY:
        return None
    weekdays = (np.arange(len(series)) + day.weekday() + 1 - len(series)) % 7
    # The days that are judged do not say what is usual.
    usual = weekday_profile(series[:-_JUDGED], weekdays[:-_JUDGED])[weekdays]
    known = ~unknown_days(series, usual, unit)
    missing = _missing(series, usual, known, day)
    if missing is not None:
        return missing
    shop = _Days(series, usual, known, unit)
    judged = [
        found for days in WINDOWS if (found := _judge_window(shop, days, day, rate))
    ]
    return max(judged, key=_distance, default=None)


def _distance(change: LevelChange) -> tuple[bool, float]:
    return change.is_unusual, abs(change.score) / change.threshold


@dataclass(frozen=True)
class _Days:
    values: Floats
    usual: Floats
    known: Mask
    unit: float


def _missing(
    values: Floats, usual: Floats, known: Mask, day: date
) -> LevelChange | None:
    run = len(known) if not known.any() else int(np.argmax(known[::-1]))
    if run < _LEAST_MISSING:
        return None
    level = base_levels(values, usual, known, gap=run)[-1]
    expected = float(np.nan_to_num(level) * usual[-run:].mean())
    return LevelChange(
        "missing", day - timedelta(days=run - 1), day, 0.0, expected, 0.0, 0.0
    )


def _judge_window(
    days: _Days, width: int, day: date, rate: float
) -> LevelChange | None:
    base = base_levels(days.values, days.usual, days.known, gap=width)
    spread = _day_spread(days, base)
    changes, value, expected = _changes(days, base, width, spread)
    if not np.isfinite(changes[-1]):
        return None
    surprise, variance, freedom = surprises(changes, width)
    chance = _chance_variance(days, base, width)
    weight = freedom + PRIOR_WINDOWS
    learned = (freedom * variance + PRIOR_WINDOWS * chance) / weight
    # A smallest variance is chance alone: regular days are no proof.
    least = _counting_variance(days.unit, expected, float(base[-1]), width)
    scores = surprise / np.sqrt(max(learned, least))
    threshold = _threshold(width, weight, rate)
    is_far = _is_record(scores, threshold) if width == 1 else _holds(scores, threshold)
    score = float(scores[-1])
    side: Side = ("below" if score < 0 else "above") if is_far else "usual"
    since = day - timedelta(days=width - 1)
    return LevelChange(side, since, day, value, expected, score, threshold)


def _changes(
    days: _Days, base: Floats, width: int, spread: float
) -> tuple[Floats, float, float]:
    """Of each day's window, 2 (√(sum / expected) - 1): about the log of their ratio.

    In roots, whose variance does not depend on the level. Single days are kept within
    three spreads of what is usual, so that a holiday is not a level.
    """
    usual = np.asarray(windows(days.usual, width), np.float64) * base[:, None]
    sold = np.asarray(windows(days.values, width), np.float64)
    known = np.asarray(windows(days.known, width), np.bool_)
    kept = sold
    if width > 1:
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


def _day_spread(days: _Days, base: Floats) -> float:
    """Robust deviation of single days, in the unit of `_changes`."""
    expected = days.usual * base
    known = days.known & (expected > 0)
    if not known.any():
        return 1.0
    ratio = days.values[known] / expected[known]
    change = 2 * (np.sqrt(ratio) - 1)
    spread = MAD * float(np.median(np.abs(change - np.median(change))))
    return max(spread, float(np.sqrt(days.unit / np.median(expected[known]))))


def _chance_variance(days: _Days, base: Floats, width: int) -> float:
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
    share = float(np.nanmean(pairs)) / variance if variance > 0 else 0.0
    lasting = float(np.clip(share, 0.0, 0.9))
    own = _mean_variance(variance, lasting, width)
    # Of a median, half of pi times that of a mean.
    return own + np.pi / 2 * _mean_variance(variance, lasting, 7) / 8


def _mean_variance(variance: float, lasting: float, width: int) -> float:
    lags = np.arange(1, width)
    shared = float(((1 - lags / width) * lasting**lags).sum())
    return variance / width * (1 + 2 * shared)


def _counting_variance(unit: float, expected: float, level: float, width: int) -> float:
    """What counting alone leaves open, of a window and of the median before it."""
    return unit / max(expected, 1e-9) / width + np.pi / 2 * unit / max(level, 1e-9) / 56


def _threshold(width: int, freedom: float, rate: float) -> float:
    """That of the normal, of a variance that is only estimated."""
    normal = alarm_threshold(width, rate / SERIES * WINDOWS[width])
    return float(stdtrit(freedom, float(ndtr(normal))))


def _is_record(scores: Floats, threshold: float) -> bool:
    """Whether a day is past the threshold and far beyond any of the year before.

    On its side: a holiday a month is no surprise, whatever the shape of days is.
    """
    side = np.sign(scores[-1])
    past = scores[-1 - _YEAR_DAYS : -1] * side
    past = past[np.isfinite(past)]
    return bool(scores[-1] * side > max(threshold, _RECORD * past.max(initial=0.0)))


def _holds(scores: Floats, threshold: float) -> bool:
    """Whether it passed the threshold, and has not come half the way back since.

    What wavers about the threshold is one alarm, not many.
    """
    away = scores * np.sign(scores[-1])
    back = np.flatnonzero(~(away > threshold / 2))
    since = int(back[-1]) + 1 if len(back) else 0
    return bool(away[since:].max(initial=0.0) > threshold)
