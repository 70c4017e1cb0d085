"""Forecasts of 13 weeks that are over, each by what was known before them.

They end with the last complete month, a quarter and half a year before it: a month that
is computed once is found again three and six months later. One window may be lucky, and
three that share no days seldom are. Errors are of weeks: on single days of a small shop
chance is larger than anything a model knows.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ml_assets import mmm
from ml_assets.media_plan.media_days import (
    MediaDays,
    data_hash,
    fitting_periods,
    known_outcome,
)
from ml_assets.mmm import LiftTest
from ml_assets.mmm.errors import MediaMixError

__all__ = ["HOLDOUT_DAYS", "MONTHS_BACK", "Holdout", "forecast_holdout", "holdouts"]

HOLDOUT_DAYS: Final = 91
# Months before the last complete one that the windows end with.
MONTHS_BACK: Final = (0, 3, 6)
_SHORTEST_DAYS: Final = 365
_WEEK: Final = 7


@dataclass(frozen=True, eq=False)
class Holdout:
    """Days up to a month's end; `origin` is the last one that is known."""

    media: MediaDays
    origin: dt.date
    data_hash: str


def holdouts(
    media: MediaDays, outcome: str, months_back: Iterable[int] = MONTHS_BACK
) -> list[Holdout]:
    """The holdouts that have a year before them, in the order of their months."""
    if media.frame.empty:
        return []
    last = media.frame["date"].iloc[-1]
    month_end = last if last.is_month_end else last - pd.offsets.MonthEnd(1)
    ends = (month_end - pd.offsets.MonthEnd(months) for months in months_back)
    found = (_holdout(media, outcome, end) for end in ends)
    return [one for one in found if one is not None]


def _holdout(media: MediaDays, outcome: str, month_end: pd.Timestamp) -> Holdout | None:
    frame = media.frame[media.frame["date"] <= month_end]
    if len(frame) - HOLDOUT_DAYS < _SHORTEST_DAYS:
        return None
    origin = (month_end - pd.Timedelta(days=HOLDOUT_DAYS)).date()
    cut = MediaDays(frame, media.channels, media.unpriced, media.controls, 0)
    # Predicted values of old customers move a little every night: a reason to predict
    # again, none to test again. They move when revenue does.
    known = known_outcome(outcome)
    return Holdout(cut, origin, data_hash(cut, known))


def forecast_holdout(
    held: Holdout, outcome: str, tests: Sequence[LiftTest] = ()
) -> dict[str, float] | None:
    """Totals and errors as shares; None when the days before could not be fitted.

    Experiments count when they were over before.

    Returns
    -------
    dict
        `expected`, `actual` (sums of the holdout), `expected_lower`, `expected_upper`
        (the 90 % interval of that sum), `mape` (of weeks), `bias` (of the
        sum), `coverage` (days or weeks inside their 90 % interval), `naive_mape` and
        `naive_bias` (of the better of two: the mean of the 13 weeks before, the same
        weeks a year before).
    """
    media = fitting_periods(held.media, outcome)
    try:
        found = mmm.backtest(
            media.frame,
            outcome=outcome,
            outcome_unit=outcome,
            channels=media.spend_columns(),
            controls=list(media.controls),
            holdout_days=HOLDOUT_DAYS,
            origins=1,
            lift_tests=[test for test in tests if test.end <= held.origin],
        )
    except MediaMixError:
        return None
    days = found.forecasts
    size = _WEEK // media.period_days
    weeks = days.groupby(np.arange(len(days)) // size)[
        ["expected", "actual", "naive_mean", "naive_year"]
    ].sum(min_count=size)
    expected, actual = float(days["expected"].sum()), float(days["actual"].sum())
    if not actual:
        return None
    naive = {name: _mape(weeks, name) for name in ("naive_mean", "naive_year")}
    best = min(naive, key=lambda name: np.nan_to_num(naive[name], nan=np.inf))
    inside = days["actual"].between(days["expected_lower"], days["expected_upper"])
    return {
        "expected": expected,
        "expected_lower": found.origins[0].lower,
        "expected_upper": found.origins[0].upper,
        "actual": actual,
        "mape": _mape(weeks, "expected"),
        "bias": expected / actual - 1,
        "coverage": float(inside.mean()),
        "naive_mape": naive[best],
        "naive_bias": float(days[best].sum()) / actual - 1,
    }


def _mape(weeks: pd.DataFrame, column: str) -> float:
    """Over weeks in which something was sold."""
    sold = weeks[weeks["actual"] > 0]
    return float((sold[column] / sold["actual"] - 1).abs().mean())
