"""Whether a shop sells at another level than it did: told rarely, and told in time.

Every day the last day, 7 and 14 days are held against the eight weeks before them, by
weekday and by what the time of the year brought in other years (`calendar_year`). What
such a comparison usually gives at this company (its growth) is taken off, and what is
left is measured by how much it varied there before: more than chance where days depend
on each other. The threshold makes a documented number of false alarms a quarter for all
windows and all series that are looked at (`alarm_rates`). docs/models/alarms.md has the
study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ml_assets.measurement.alarm_rates import FALSE_ALARMS, alarm_threshold
from ml_assets.measurement.calendar_year import YEAR_DAYS
from ml_assets.measurement.usual_changes import PRIOR_WINDOWS, surprises
from ml_assets.measurement.weekly_level import BASE_WEEKS, base_levels
from ml_assets.measurement.window_changes import (
    Days,
    chance_variance,
    counting_variance,
    usual_days,
    window_changes,
)

__all__ = ["HISTORY", "LevelChange", "judge_level", "judge_series"]

Floats = NDArray[np.float64]
Side = Literal["above", "below", "missing", "usual"]

#: Of the rate, what each total has and what each ratio has. Sales and purchases are one
#: alarm and mostly rise together: simulated, not derived (docs/models/alarms.md).
TOTAL_SHARE: Final = 0.5
RATIO_SHARE: Final = 0.15
#: Days before the one judged that are worth reading.
HISTORY: Final = timedelta(days=3 * 364)

#: Days of each window, and its share of the rate.
WINDOWS: Final = {1: 0.05, 7: 0.1, 14: 0.85}
#: Of what a window has, each side's: a rise of a quarter is a smaller step than a fall
#: of a quarter, and as well worth finding.
SIDES: Final = {"below": 0.35, "above": 0.65}
_PAST_DAYS = 365
_RECORD = 1.25
_LEAST_HISTORY = 42
_LEAST_MISSING = 2
# A closure of last year's, so many days earlier or later.
_CLOSED_APART = 7


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
        Means a day of the window, in the unit of the values; the ratio, of a ratio.
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
    given: Mapping[date, float] | None = None,
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
        False alarms a quarter that a company puts up with, of all its series.
    given
        What the total is divided by, such as visits or spend: their ratio is judged.
        A day without any of it is unknown, and none is told as missing.

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
    divided = None
    if given is not None:
        divided = np.maximum([given.get(each, 0.0) for each in dates], 0.0)
    found = judge_series(series, day, unit, rate, divided)
    return found if found is None or divided is None else _ratio(found, divided)


def judge_series(
    series: Floats,
    day: date,
    unit: float = 1.0,
    rate: float = FALSE_ALARMS,
    given: Floats | None = None,
) -> LevelChange | None:
    """As `judge_level`, of the days that end with ``day``, one after the other."""
    series = series[-HISTORY.days :]
    if len(series) <= _LEAST_HISTORY:
        return None
    shop = usual_days(series, day, unit, given)
    if given is None and (missing := _missing(shop, day)) is not None:
        return None if missing.side == "usual" else missing
    share = TOTAL_SHARE if given is None else RATIO_SHARE
    judged = [
        found
        for days in WINDOWS
        if (found := _judge_window(shop, days, day, rate * share))
    ]
    return max(judged, key=_distance, default=None)


def _ratio(change: LevelChange, divided: Floats) -> LevelChange:
    window = divided[-((change.through - change.since).days + 1) :]
    mean = float(window[window > 0].mean())
    return replace(change, value=change.value / mean, expected=change.expected / mean)


def _distance(change: LevelChange) -> tuple[bool, float]:
    return change.is_unusual, abs(change.score) / change.threshold


def _missing(days: Days, day: date) -> LevelChange | None:
    """Days without anything that reach to today; usual where last year had them too."""
    known = days.known
    run = len(known) if not known.any() else int(np.argmax(known[::-1]))
    if run < _LEAST_MISSING:
        return None
    before = known[: len(known) - YEAR_DAYS + _CLOSED_APART][-run - 2 * _CLOSED_APART :]
    was_closed = len(known) > YEAR_DAYS and int((~before).sum()) >= run
    level = base_levels(days.values, days.usual, known, gap=run)[-1]
    expected = float(np.nan_to_num(level) * days.usual[-run:].mean())
    side: Side = "usual" if was_closed else "missing"
    since = day - timedelta(days=run - 1)
    return LevelChange(side, since, day, 0.0, expected, 0.0, 0.0)


def _judge_window(days: Days, width: int, day: date, rate: float) -> LevelChange | None:
    base = base_levels(days.values, days.usual, days.known, gap=width)
    changes, value, expected = window_changes(days, base, width)
    if not np.isfinite(changes[-1]):
        return None
    surprise, variance, freedom = surprises(changes, width, has_season=days.has_season)
    chance = chance_variance(days, base, width)
    weight = freedom + PRIOR_WINDOWS
    learned = (freedom * variance + PRIOR_WINDOWS * chance) / weight
    # A smallest variance is chance alone: regular days are no proof.
    level = float(base[-1] * days.usual[-width - 7 * BASE_WEEKS : -width].mean())
    least = counting_variance(days.unit, expected, level, width)
    scores = surprise / np.sqrt(max(learned, least))
    score = float(scores[-1])
    far: Side = "below" if score < 0 else "above"
    of_side = 0.5 if days.has_season else SIDES[far]
    threshold = _threshold(width, weight, rate * of_side)
    is_far = _is_record(scores, threshold) if width == 1 else _holds(scores, threshold)
    side: Side = far if is_far else "usual"
    since = day - timedelta(days=width - 1)
    return LevelChange(side, since, day, value, expected, score, threshold)


def _threshold(width: int, freedom: float, rate: float) -> float:
    """That of the normal, of a variance that is only estimated."""
    # A rate is of both sides.
    normal = alarm_threshold(width, 2 * rate * WINDOWS[width])
    return float(stdtrit(freedom, float(ndtr(normal))))


def _is_record(scores: Floats, threshold: float) -> bool:
    """Whether a day is past the threshold and far beyond any of the year before.

    On its side: a holiday a month is no surprise, whatever the shape of days is.
    """
    side = np.sign(scores[-1])
    past = scores[-1 - _PAST_DAYS : -1] * side
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
