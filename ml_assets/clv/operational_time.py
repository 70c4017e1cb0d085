"""Time as a shop lives it: a day of its high season is longer than one of its low.

Customers buy at a rate that rises and falls with the season. Where the index g of a
month says by how much, time is counted in operational days instead,
``tau(t) = integral of g``, and in those the rate is even again: models without any
season fit them in closed form, and a horizon is as long as the days it holds are
busy. A change of time makes an uneven Poisson process even (Cinlar 1975, Introduction
to Stochastic Processes, chapter 4.7). The index averages 1 over a year of 365 days, so
that such a year is as long in both times.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.histories import Floats, Histories

__all__ = [
    "EVEN",
    "MONTHS",
    "MONTH_DAYS",
    "Ints",
    "Season",
    "calendar_months",
    "log_sd",
    "month_start",
]

Ints = npt.NDArray[np.int64]
MONTHS: Final = 12
# Who is still a customer shows in the silence of the last months.
_SILENCE_DAYS: Final = 90
# Of a year without a 29 February.
MONTH_DAYS: Final = np.array(
    [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.float64
)
# From 1678 to 2261, as far as a timestamp of pandas goes; beyond, months do not end.
_FIRST_MONTH: Final = (1678 - 1970) * MONTHS
_STARTS: Final = (
    np.arange(_FIRST_MONTH, (2262 - 1970) * MONTHS + 1)
    .astype("datetime64[M]")
    .astype("datetime64[D]")
    .astype(np.int64)
)


@dataclass(frozen=True, eq=False)
class Season:
    """Twelve indices, January first, and how well they are known.

    Parameters
    ----------
    index : ndarray, shape (12,)
        Rate of buying over that of the year, scaled to average 1 over 365 days.
    covariance : ndarray, shape (12, 12)
        Of ln(index).
    """

    index: Floats
    covariance: Floats

    def __post_init__(self) -> None:
        index = np.asarray(self.index, dtype=np.float64)
        if index.shape != (MONTHS,) or not (np.isfinite(index) & (index > 0)).all():
            raise InvalidParameters(
                f"the season's index is {index}: it must be 12 numbers above 0"
            )
        scaled = index * MONTH_DAYS.sum() / (index @ MONTH_DAYS)
        object.__setattr__(self, "index", scaled)

    @cached_property
    def is_even(self) -> bool:
        """No season: operational days are days."""
        return bool((self.index == 1).all())

    def moment(self, day: npt.ArrayLike) -> Floats:
        """Operational days up to the end of a day since 1970, shape kept."""
        if self.is_even:
            return np.asarray(day, dtype=np.float64)
        after = np.asarray(day, dtype=np.float64) + 1
        month = calendar_months(after)
        row = np.clip(month - _FIRST_MONTH, 0, _STARTS.size - 2)
        since = (after - _STARTS[row]) * self.index[month % MONTHS]
        return np.asarray(self._at_month_start[row] + since)

    def length(self, after: float, days: npt.ArrayLike) -> Floats:
        """How many operational days the `days` after a day hold, shape kept."""
        ahead = np.asarray(days, dtype=np.float64)
        return np.asarray(self.moment(after + ahead) - self.moment(after))

    def histories(self, histories: Histories, as_of_day: int) -> Histories:
        """The same histories in operational days: x stays, t_x and T are stretched."""
        if self.is_even:
            return histories
        x, t_x, age = histories
        first = as_of_day - age
        start = self.moment(first)
        last = self.moment(first + t_x) - start
        return Histories(x, last, np.asarray(self.moment(as_of_day) - start))

    @cached_property
    def _at_month_start(self) -> Floats:
        # The first of _STARTS is a January.
        every = np.diff(_STARTS) * np.resize(self.index, _STARTS.size - 1)
        return np.concatenate([[0.0], np.cumsum(every)])


EVEN: Final = Season(np.ones(MONTHS), np.zeros((MONTHS, MONTHS)))


def log_sd(season: Season, first_day: int, as_of_day: int, days: float) -> float:
    """What the index leaves open of a horizon: standard deviation of ln(orders).

    The months ahead, and those in which customers were silent last, stand against
    all those that the level was learned from: where each has the same share of
    every month, nothing is left open.
    """
    if not season.covariance.any():
        return 0.0
    seen = _shares(season, first_day, as_of_day)
    ahead = _shares(season, as_of_day, as_of_day + days) - seen
    late = max(first_day, as_of_day - _SILENCE_DAYS)
    recent = _shares(season, late, as_of_day) - seen
    variance = sum(one @ season.covariance @ one for one in (ahead, recent))
    return float(np.sqrt(max(variance, 0.0)))


def _shares(season: Season, after: float, last: float) -> Floats:
    """Share of each month in the operational days of a window, shape (12,)."""
    inside = _STARTS[(after + 1 < _STARTS) & (last + 1 > _STARTS)]
    edges = np.concatenate([[after], inside - 1.0, [last]])
    months = calendar_months(edges[:-1] + 1) % MONTHS
    weights = np.diff(season.moment(edges))
    by_month = np.bincount(months, weights=weights, minlength=MONTHS)
    return np.asarray(by_month / by_month.sum())


def calendar_months(day: npt.ArrayLike) -> Ints:
    """Months since January 1970 of days since 1970, shape kept."""
    days = np.floor(np.asarray(day, dtype=np.float64)).astype(np.int64)
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype(int))


def month_start(month: npt.ArrayLike) -> Ints:
    """First day, in days since 1970, of months since January 1970; shape kept."""
    return np.asarray(_STARTS[np.asarray(month) - _FIRST_MONTH])
