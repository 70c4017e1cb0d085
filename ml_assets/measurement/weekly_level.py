"""What a day of a shop usually brings: its level, its weekdays, and days unknown."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["BASE_WEEKS", "base_levels", "unknown_days", "weekday_profile", "windows"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

BASE_WEEKS: Final = 8
_LEAST_WEEKS = 4
_LEAST_DAYS = 4
_YEAR = 364
_TRIM = 0.05
# Orders expected on days without any from which on chance is no reason: e^-7 < 0.1 %.
_SURE_ORDERS = 7.0


def windows(values: NDArray[np.generic], days: int) -> NDArray[np.generic]:
    """The ``days`` values that end with each; shape (n, days), NaN or False before."""
    empty = np.zeros(days - 1, dtype=values.dtype)
    if values.dtype.kind == "f":
        empty[:] = np.nan
    return sliding_window_view(np.concatenate([empty, values]), days)


def weekday_profile(values: Floats, weekdays: NDArray[np.intp]) -> Floats:
    """What each weekday brings beside the mean day of its week; shape (7,), mean 1.

    A trimmed mean over the last year of the day's share of the seven days around it,
    so that neither growth nor season nor a sale is taken for a weekday.
    """
    recent = values[-_YEAR:]
    around = np.convolve(recent, np.ones(7) / 7, mode="valid")
    shares = recent[3:-3] / np.where(around > 0, around, np.nan)
    days = weekdays[-_YEAR:][3:-3]
    profile = np.array([_trimmed(shares[days == day]) for day in range(7)])
    total = profile.sum()
    return profile * 7 / total if total > 0 else np.ones(7)


def base_levels(values: Floats, usual: Floats, known: Mask, gap: int) -> Floats:
    """Level of a mean weekday in the eight weeks that end ``gap`` days before each day.

    The mean of the four weeks in the middle: two weeks of sale, of holidays or without
    data move it little. NaN where fewer than four weeks are known.
    """
    weekly = _weekly_levels(values, usual, known)
    before = np.concatenate([np.full(gap + 7 * (BASE_WEEKS - 1), np.nan), weekly])
    lags = 7 * np.arange(BASE_WEEKS)
    weeks = np.sort(before[np.arange(len(values))[:, None] + lags], axis=1)
    # What is unknown is sorted last.
    count = np.isfinite(weeks).sum(axis=1)
    below, above = (count - 1) // 2, count // 2
    middle = np.stack([below - 1, below, above, above + 1], axis=1)
    level = np.take_along_axis(weeks, np.maximum(middle, 0), axis=1).mean(axis=1)
    return np.where(count >= _LEAST_WEEKS, level, np.nan)


def unknown_days(values: Floats, usual: Floats, unit: float) -> Mask:
    """Days without anything where chance hardly leaves nothing: a gap, or closed.

    Consecutive days are judged together: in the mean they would have brought more than
    7 times ``unit``, the amount of one order.
    """
    every = np.ones(len(values), dtype=np.bool_)
    weekly = base_levels(values, usual, every, gap=7)
    expected = np.nan_to_num(weekly * usual)
    unknown = np.zeros(len(values), dtype=np.bool_)
    is_empty = np.concatenate([[False], values == 0, [False]])
    edges = np.flatnonzero(is_empty[1:] != is_empty[:-1])
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if expected[start:end].sum() > _SURE_ORDERS * unit:
            unknown[start:end] = True
    return unknown


def _weekly_levels(values: Floats, usual: Floats, known: Mask) -> Floats:
    sold, weight, days = (
        _running_sum(np.where(known, each, 0.0)) for each in (values, usual, 1.0)
    )
    is_known = (days >= _LEAST_DAYS) & (weight > 1e-9)
    return np.where(is_known, sold / np.where(weight > 0, weight, 1), np.nan)


def _running_sum(values: Floats) -> Floats:
    summed: Floats = np.concatenate([np.zeros(7), np.cumsum(values)])
    return np.subtract(summed[7:], summed[:-7])


def _trimmed(values: Floats) -> float:
    known = np.sort(values[np.isfinite(values)])
    if not len(known):
        return 1.0
    cut = int(_TRIM * len(known))
    return float(known[cut : len(known) - cut].mean())
