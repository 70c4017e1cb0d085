"""What a comparison with the weeks before usually gives: growth, season, and noise."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LIMIT", "MAD", "PRIOR_WINDOWS", "surprises"]

Floats = NDArray[np.float64]

#: Deviations within which a value is kept.
LIMIT: Final = 3.0
#: From a median absolute deviation to a standard deviation, of normals.
MAD: Final = 1.4826
#: Windows that what is supposed beforehand weighs as much as.
PRIOR_WINDOWS: Final = 6.0
_YEAR = 365.25
_HARMONICS = (1, 2, 3)
_SAME_WEEKDAY = 364
# A year of comparisons tells the season; before, it may be as large as this.
_SEASON_HISTORY = 330
_UNKNOWN_SEASON = 0.1
_HELD_OUT = 28
_CHANCE = 1.25


def surprises(
    changes: Floats, width: int, *, has_season: bool = True
) -> tuple[Floats, float, float]:
    """What growth and season do not explain of changes of windows.

    Parameters
    ----------
    changes
        Shape (n,), one a day, of windows of ``width`` days; NaN where unknown. The last
        four weeks teach nothing: they may be what is judged.
    has_season
        Whether the time of the year is still in them; growth always is.

    Returns
    -------
    tuple
        The surprise of each day, shape (n,), its variance for a day that was not
        learned from, and how many windows that do not overlap it rests on.
    """
    if has_season:
        changes = changes - _yearly_peaks(changes)
    past = np.flatnonzero(np.isfinite(changes[: max(len(changes) - _HELD_OUT, 0)]))
    # Neighbouring windows are nearly the same one.
    windows_seen = len(past) / max(width, 2)
    if windows_seen < 1:
        return changes, 0.0, 0.0
    seen = changes[past]
    centre, limit = np.median(seen), LIMIT * _spread(seen)
    seen = np.clip(seen, centre - limit, centre + limit)
    if len(past) < _SEASON_HISTORY:
        # What is usual of few windows is drawn to no change.
        usual = seen.mean() * windows_seen / (windows_seen + PRIOR_WINDOWS)
        variance = float(((seen - seen.mean()) ** 2).mean())
        error = variance / max(windows_seen, 1)
        return changes - usual, variance + error + _UNKNOWN_SEASON**2, windows_seen
    terms = _season_terms(len(changes)) if has_season else np.ones((len(changes), 1))
    learned = terms[past]
    fitted = np.linalg.solve(learned.T @ learned, learned.T @ seen)
    surprise = changes - terms @ fitted
    variance = float((np.clip(surprise[past], -limit, limit) ** 2).mean())
    used = min(terms.shape[1] / windows_seen, 0.5)
    return surprise, variance * (1 + used) / (1 - used), windows_seen


def _season_terms(days: int) -> Floats:
    """Growth and a smooth year; shape (days, 7)."""
    turns = 2 * np.pi * np.outer(np.arange(days), _HARMONICS) / _YEAR
    return np.column_stack([np.ones(days), np.cos(turns), np.sin(turns)])


def _yearly_peaks(changes: Floats) -> Floats:
    """What was far from usual at the same time of the years before: no news this year.

    Only what is beyond chance, so that the years before bring no noise of their own.
    """
    known = changes[np.isfinite(changes)]
    if not len(known):
        return np.zeros(len(changes))
    centre, spread = np.median(known), _spread(known)
    around = np.convolve(np.nan_to_num(changes - centre), np.ones(7) / 7, mode="same")
    years = [np.zeros(len(changes))]
    for back in range(_SAME_WEEKDAY, len(changes), _SAME_WEEKDAY):
        years.append(np.concatenate([np.zeros(back), around[:-back]]))
    count = np.clip(np.arange(len(changes)) // _SAME_WEEKDAY, 1, None)
    before = np.sum(years, axis=0) / count
    beyond: Floats = np.maximum(np.abs(before) - _CHANCE * spread, 0)
    return np.asarray(np.sign(before) * beyond)


def _spread(values: Floats) -> float:
    return MAD * float(np.median(np.abs(values - np.median(values))))
