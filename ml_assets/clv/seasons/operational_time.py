"""Time as a shop lives it: a day of its high season is longer than one of its low.

Customers buy at a rate that rises and falls with the season. Where the index g of a
month says by how much, time is counted in operational days instead,
``tau(t) = integral of g``, and in those the rate is even again: models without any
season fit them in closed form, and a horizon is as long as the days it holds are
busy. A change of time makes an uneven Poisson process even (Cinlar 1975, Introduction
to Stochastic Processes, chapter 4.7). The index averages 1 over a year of 365 days, so
that such a year is as long in both times.

Where the rate itself falls or rises from month to month, its level is part of the
index: a day of long ago, when customers bought twice as often, was two days long. Ahead
the last slope goes on, damped (Gardner & McKenzie 1985, Forecasting trends in time
series, Management Science 31(10)).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.histories import Floats, Histories

__all__ = [
    "EVEN",
    "MONTHS",
    "MONTH_DAYS",
    "Ints",
    "Level",
    "Season",
    "calendar_months",
    "log_sd",
    "month_start",
]

Ints = npt.NDArray[np.int64]
MONTHS: Final = 12
# Who is still a customer shows in the silence of the last months.
_SILENCE_DAYS: Final = 90
# Of a slope, from one month to the next; at least and at most; and until when.
_SLOPE_KEPT: Final = 0.95
_SLOPES_KEPT: Final = (1.0, 0.85)
_MONTHS_AHEAD: Final = 24
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


class Level(NamedTuple):
    """ln of the rate of buying by month, over that of the last month.

    `first_month` counts from January 1970, `log_rates` (n,) ends with 0. `slope` is its
    change a month at the end, `slope_variance` how well it is known, `bend_sd` by how
    much slopes change from a month to the next.
    """

    first_month: int
    log_rates: Floats
    slope: float
    slope_variance: float
    bend_sd: float

    @property
    def last_month(self) -> int:
        """The month of the last of `log_rates`, counted from January 1970."""
        return self.first_month + self.log_rates.size - 1

    def ahead(self, months: npt.ArrayLike, kept: float = _SLOPE_KEPT) -> Floats:
        """How far (ln) the rate is after some months, if slopes keep a part of each."""
        k = np.minimum(np.asarray(months, dtype=np.float64), _MONTHS_AHEAD)
        if kept == 1:
            return np.asarray(self.slope * k)
        return np.asarray(self.slope * kept * (1 - kept**k) / (1 - kept))

    def variance_ahead(self, months: npt.ArrayLike) -> float:
        """Of ln of the mean over days so many months after the last, shape (days,).

        It is open how steep the level is, whether that goes on, and whether it bends.
        """
        after = np.maximum(np.asarray(months, dtype=np.float64), 0)
        steep = np.mean(self._replace(slope=1.0).ahead(after))
        goes_on, fades = (self.ahead(after, kept).mean() for kept in _SLOPES_KEPT)
        bends = self.bend_sd**2 * np.mean(after) ** 3 / 3
        steeper = self.slope_variance * steep**2
        return float(steeper + ((goes_on - fades) / 2) ** 2 + bends)


@dataclass(frozen=True, eq=False)
class Season:
    """Twelve indices, January first, how well they are known, and the level beside.

    Parameters
    ----------
    index, covariance : ndarray, shapes (12,), (12, 12)
        Rate of buying over that of the year, scaled to average 1 over 365 days; of ln.
    level, unproven : Level or None, (Level, float) or None
        What the rate was beside it; or what it may be, which is not counted by, and
        how likely that is. None: always the same.
    chance : float
        Of a season, by the log, where none is counted by; 1 where it was not asked.
    """

    index: Floats
    covariance: Floats
    level: Level | None = None
    chance: float = 1.0
    unproven: tuple[Level, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _scaled(self.index))

    @cached_property
    def is_even(self) -> bool:
        """Neither season nor level: operational days are days."""
        return self.level is None and not self.has_season

    @cached_property
    def has_season(self) -> bool:
        """Some month of the year is unlike the others."""
        return bool((self.index != 1).any())

    def moment(self, day: npt.ArrayLike) -> Floats:
        """Operational days up to the end of a day since 1970, shape kept."""
        days = np.asarray(day, dtype=np.float64)
        if self.is_even:
            return days
        after = days + 1
        row = np.clip(calendar_months(after) - _FIRST_MONTH, 0, _STARTS.size - 2)
        rates, begun = self._clock
        return np.asarray(begun[row] + (after - _STARTS[row]) * rates[row])

    def length(self, after: float, days: npt.ArrayLike) -> Floats:
        """How many operational days the `days` after a day hold, shape kept."""
        return np.asarray(self.moment(np.add(after, days)) - self.moment(after))

    def histories(self, histories: Histories, as_of_day: int) -> Histories:
        """The same histories in operational days: x stays, t_x and T are stretched."""
        if self.is_even:
            return histories
        x, t_x, age = histories
        start = self.moment(as_of_day - age)
        last = self.moment(as_of_day - age + t_x) - start
        return Histories(x, last, np.asarray(self.moment(as_of_day) - start))

    @cached_property
    def _clock(self) -> tuple[Floats, Floats]:
        return _clock_of(_rates_by_month(self.index, self.level))


def _clock_of(rates: Floats) -> tuple[Floats, Floats]:
    """What a day of each month counts, and what was counted when it began."""
    return rates, np.concatenate([[0.0], np.cumsum(np.diff(_STARTS) * rates)])


def _scaled(told: Floats) -> Floats:
    index = np.asarray(told, dtype=np.float64)
    if index.shape != (MONTHS,) or not (np.isfinite(index) & (index > 0)).all():
        raise InvalidParameters(
            f"the season's index is {index}: it must be 12 numbers above 0"
        )
    return np.asarray(index * MONTH_DAYS.sum() / (index @ MONTH_DAYS))


def _rates_by_month(index: Floats, level: Level | None) -> Floats:
    """What the days of each month count, those of _STARTS."""
    # The first of them is a January.
    season = np.resize(index, _STARTS.size - 1)
    if level is None:
        return season
    known = level.log_rates
    month = np.arange(season.size) + _FIRST_MONTH - level.first_month
    past = known[np.clip(month, 0, known.size - 1)]
    ahead = level.ahead(np.maximum(month - known.size + 1, 0))
    return np.asarray(season * np.exp(past + ahead))


EVEN: Final = Season(np.ones(MONTHS), np.zeros((MONTHS, MONTHS)))


def log_sd(season: Season, bought: Ints, as_of_day: int, days: float) -> float:
    """What the index leaves open of a horizon: standard deviation of ln(orders).

    The months ahead, and those in which customers were silent last, stand against
    those that the level was learned from: where each has the same share of every month,
    nothing is left open. A shop that grows has learned most from its last months. Of a
    level that moves it is open how steep it is, whether that goes on, and whether it
    will bend. A trend that the log neither proves nor rules out is open as far as it is
    likely: its mean square around none, which is what is counted by.

    Parameters
    ----------
    bought : ndarray, shape (n,)
        Days since 1970 of the purchases up to `as_of_day`, at least one.
    """
    level = _level_variance(season, as_of_day, days)
    return float(np.sqrt(level + _season_variance(season, bought, as_of_day, days)))


def _level_variance(season: Season, as_of_day: int, days: float) -> float:
    day = np.arange(1, max(int(days), 1) + 1, dtype=np.int64)
    months = calendar_months(as_of_day + day)
    if season.level is not None:
        return season.level.variance_ahead(months - season.level.last_month)
    if season.unproven is None:
        return 0.0
    level, chance = season.unproven
    # Bends that nobody has seen are of a level that walks, which `levels` knows.
    level = level._replace(bend_sd=0.0)
    after = np.maximum(months - level.last_month, 0)
    moved = float(level.ahead(after).mean())
    return chance * (moved**2 + level.variance_ahead(after))


def _season_variance(
    season: Season, bought: Ints, as_of_day: int, days: float
) -> float:
    if not season.covariance.any():
        return 0.0
    by_month = np.bincount(calendar_months(bought) % MONTHS, minlength=MONTHS)
    seen = by_month / bought.size
    ahead = _shares(season, as_of_day, as_of_day + days) - seen
    late = max(int(bought.min()), as_of_day - _SILENCE_DAYS)
    recent = _shares(season, late, as_of_day) - seen
    variance = sum(one @ season.covariance @ one for one in (ahead, recent))
    return float(max(variance, 0.0))


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
