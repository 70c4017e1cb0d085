"""Days to the first value, accounts that are not there yet included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, ecdf

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.grading import Estimate, share
from ml_assets.subscriptions.reading import Floats, flags_of, numbers_of

__all__ = [
    "BUCKETS",
    "TimeToValue",
    "bucket_of",
    "curve",
    "retention_by_bucket",
    "time_to_value",
]

BUCKETS: Final = (0.0, 7.0, 21.0, 45.0)
"""Where each bucket of days begins; it ends before the next."""

_REACHED: Final = (7, 14, 30)
_LANDMARK = 45
_NAMES = ("0-7", "7-21", "21-45", "45+")


@dataclass(frozen=True)
class TimeToValue:
    """Kaplan and Meier's estimate (1958) of the days until value is reached.

    ``quarter``, ``median`` and ``three_quarters`` are the first day by which so many
    were there, None where that is not reached in what is known. ``median_lower`` and
    ``median_upper`` end its 95 % interval: the first days on which the interval of
    those who wait is at a half or below (Brookmeyer and Crowley 1982), None likewise.
    ``reached`` is the share there by day 7, 14 and 30, with its interval (log-log; NaN
    of nobody and of all); NaN beyond the longest time that anybody was seen.
    """

    account_count: int
    reached_count: int
    quarter: float | None
    median: float | None
    median_lower: float | None
    median_upper: float | None
    three_quarters: float | None
    reached: dict[int, Estimate]


def time_to_value(accounts: pd.DataFrame) -> TimeToValue:
    """Days from start to first value, by accounts that reached it and those that wait.

    Parameters
    ----------
    accounts
        ``days``: to the first value, or seen without it so far; ``has_reached``.

    Raises
    ------
    InvalidAccounts
        There is none, or a value is missing or out of range.
    """
    fit = _fit(accounts)
    return TimeToValue(
        account_count=len(accounts),
        reached_count=int(flags_of(accounts, "has_reached").sum()),
        quarter=_day(fit.steps, fit.waiting, 0.75),
        median=_day(fit.steps, fit.waiting, 0.5),
        median_lower=_day(fit.steps, fit.lower, 0.5),
        median_upper=_day(fit.steps, fit.upper, 0.5),
        three_quarters=_day(fit.steps, fit.waiting, 0.25),
        reached={day: _reached(day, fit) for day in _REACHED},
    )


def curve(accounts: pd.DataFrame, *, last_day: int) -> pd.DataFrame:
    """Who is there by each day, up to the last on which anybody was seen.

    Parameters
    ----------
    accounts
        As of `time_to_value`.
    last_day
        No day after it is told.

    Returns
    -------
    pandas.DataFrame
        Per day from 0: ``day_number``, ``reached_ratio`` with its ``_lower`` and
        ``_upper`` (log-log; NaN of nobody and of all).

    Raises
    ------
    InvalidAccounts
        As `time_to_value`.
    """
    fit = _fit(accounts)
    found = {day: _reached(day, fit) for day in range(last_day + 1)}
    return pd.DataFrame(
        [
            {
                "day_number": day,
                "reached_ratio": share_there.value,
                "reached_ratio_lower": share_there.lower,
                "reached_ratio_upper": share_there.upper,
            }
            for day, share_there in found.items()
            if not np.isnan(share_there.value)
        ]
    )


def bucket_of(days: Floats) -> list[str]:
    """The half-open bucket of each number of days of at least 0."""
    return [_NAMES[at] for at in np.searchsorted(BUCKETS, days, side="right") - 1]


def retention_by_bucket(accounts: pd.DataFrame, *, horizon_days: int) -> pd.DataFrame:
    """Who stayed, by how fast value came: a landmark at day 45.

    Accounts are sorted by what was known on day 45 and followed from there: an account
    that lived long enough to be slow would look better otherwise (immortal time). Only
    those older than 45 days and the horizon, and there on day 45, count.

    Parameters
    ----------
    accounts
        ``age_days``, ``days_to_value`` (NaN: not yet), ``days_to_departure`` (NaN: not
        yet), all since the start.

    Returns
    -------
    pandas.DataFrame
        Per bucket: ``bucket``, ``account_count``, ``retained_count``,
        ``retained_ratio`` with Wilson's ``_lower`` and ``_upper``. No cause is shown.
    """
    age = numbers_of(accounts, "age_days", may_lack=False)
    value = numbers_of(accounts, "days_to_value")
    gone = numbers_of(accounts, "days_to_departure")
    counts = (age >= _LANDMARK + horizon_days) & ~(gone <= _LANDMARK)
    slow = np.where(value < _LANDMARK, value, _LANDMARK)
    bucket = np.array(bucket_of(slow))
    stayed = ~(gone <= _LANDMARK + horizon_days)
    rows = []
    for name in _NAMES:
        here = counts & (bucket == name)
        kept = share(int((here & stayed).sum()), int(here.sum()))
        rows.append(
            {
                "bucket": name,
                "account_count": int(here.sum()),
                "retained_count": int((here & stayed).sum()),
                "retained_ratio": kept.value,
                "retained_ratio_lower": kept.lower,
                "retained_ratio_upper": kept.upper,
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Fit:
    """Who still waits after each step; shapes (k,), with the ends of the interval."""

    steps: Floats
    waiting: Floats
    lower: Floats
    upper: Floats


def _fit(accounts: pd.DataFrame) -> _Fit:
    days = numbers_of(accounts, "days", may_lack=False)
    reached = flags_of(accounts, "has_reached", may_lack=False) > 0
    if not days.size:
        raise InvalidAccounts("there are no accounts.")
    # Its stubs take what are arrays for numbers.
    fit: Any = ecdf(CensoredData.right_censored(days, ~reached)).sf
    with catch_warnings():
        # There is none where nobody or everybody is there.
        simplefilter("ignore", RuntimeWarning)
        interval = fit.confidence_interval(method="log-log")
    steps, waiting, lower, upper = (
        np.asarray(numbers, dtype=np.float64)
        for numbers in (
            fit.quantiles,
            fit.probabilities,
            interval.low.probabilities,
            interval.high.probabilities,
        )
    )
    return _Fit(steps, waiting, lower, upper)


def _day(steps: Floats, waiting: Floats, share_waiting: float) -> float | None:
    # Products of shares that ought to be round are not, in the last binary digits.
    there = np.flatnonzero(waiting <= share_waiting + 1e-12)
    return float(steps[there[0]]) if there.size else None


def _reached(day: int, fit: _Fit) -> Estimate:
    if day > fit.steps[-1] and fit.waiting[-1] > 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    at = int(np.searchsorted(fit.steps, day, side="right")) - 1
    if at < 0:
        return Estimate(0.0, float("nan"), float("nan"))
    return Estimate(1 - fit.waiting[at], 1 - fit.upper[at], 1 - fit.lower[at])
