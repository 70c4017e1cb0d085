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
    were there, None where that is not reached in what is known. ``reached`` is the
    share there by day 7, 14 and 30, with its interval (log-log; NaN of nobody and of
    all); NaN beyond the longest time that anybody was seen.
    """

    account_count: int
    reached_count: int
    quarter: float | None
    median: float | None
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
    steps = np.asarray(fit.quantiles, dtype=np.float64)
    waiting = np.asarray(fit.probabilities, dtype=np.float64)
    lower, upper = (
        np.asarray(end.probabilities, dtype=np.float64)
        for end in (interval.low, interval.high)
    )
    return TimeToValue(
        account_count=days.size,
        reached_count=int(reached.sum()),
        quarter=_day(steps, waiting, 0.75),
        median=_day(steps, waiting, 0.5),
        three_quarters=_day(steps, waiting, 0.25),
        reached={
            day: _reached(day, steps, waiting, (lower, upper)) for day in _REACHED
        },
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


def _day(steps: Floats, waiting: Floats, share_waiting: float) -> float | None:
    # Products of shares that ought to be round are not, in the last binary digits.
    there = np.flatnonzero(waiting <= share_waiting + 1e-12)
    return float(steps[there[0]]) if there.size else None


def _reached(
    day: int, steps: Floats, waiting: Floats, ends: tuple[Floats, Floats]
) -> Estimate:
    if day > steps[-1] and waiting[-1] > 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    at = int(np.searchsorted(steps, day, side="right")) - 1
    if at < 0:
        return Estimate(0.0, float("nan"), float("nan"))
    lower, upper = ends
    return Estimate(1 - waiting[at], 1 - upper[at], 1 - lower[at])
