"""The corrections of one company at one day, for whichever horizon is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ml_assets.clv.candidates import fit_candidate
from ml_assets.clv.choice import Choice
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.horizons import PurchaseFit
from ml_assets.clv.inner_origins import InnerOrigin, expected, origin_at
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.seasons.level_windows import window_of, windows_behind
from ml_assets.clv.seasons.levels import Window, level_ahead
from ml_assets.clv.seasons.operational_time import log_sd
from ml_assets.clv.seasons.prices import growth
from ml_assets.clv.seasons.trend import (
    Factor,
    Pair,
    Trend,
    estimated,
    is_known,
    shrunk,
    year_ago_factor,
)
from ml_assets.clv.spending import Spending, spending

__all__ = ["Trends"]

_A_YEAR = 365
# What the models need to see before a year ago, and at least half the horizon.
_SEEN_BEFORE = 120
_NOTHING = np.zeros(0)
_INNER = "inner origins"


@dataclass(frozen=True, eq=False)
class Trends:
    """Corrections of one company at one day: what no horizon changes is fitted once.

    Parameters
    ----------
    log : PurchaseDays
        Rows after `as_of_day` are not looked at; amounts are in prices of that day.
    """

    log: PurchaseDays
    as_of_day: int
    choice: Choice
    _found: dict[int, Trend] = field(default_factory=dict, repr=False)
    _spending: dict[tuple[str, int], Spending] = field(default_factory=dict, repr=False)
    known: list[InnerOrigin] = field(default_factory=list, repr=False)

    def of(self, horizon_days: int) -> Trend:
        """The corrections for a horizon of `horizon_days`."""
        if horizon_days not in self._found:
            level = self._level(horizon_days)
            self._found[horizon_days] = _at_todays_prices(level, self, horizon_days)
        return self._found[horizon_days]

    def _level(self, horizon_days: int) -> Trend:
        window = min(horizon_days, _A_YEAR)
        behind = self.as_of_day - self.past.first_day
        is_old = behind >= _A_YEAR + max(_SEEN_BEFORE, window / 2)
        pair = _year_ago(self, window) if is_old else None
        if pair is None:
            return _of_same_days(self._inner, self, horizon_days, is_old=is_old)
        factor = year_ago_factor(window, self.choice.season)
        found = estimated([pair], factor, "a year earlier", self._spent)
        return _as_it_moves(found, self, horizon_days, pair)

    @cached_property
    def windows(self) -> list[Window]:
        """What models were off by, month by month; see `windows_behind`."""
        return windows_behind(self.past, self.as_of_day, self.choice)

    @cached_property
    def _inner(self) -> Trend:
        return _of_inner_origins(self.choice, self._spent)

    @cached_property
    def past(self) -> PurchaseDays:
        """The log up to that day."""
        return self.log.up_to(self.as_of_day)

    @cached_property
    def fits_a_year_ago(self) -> list[PurchaseFit] | None:
        """The chosen models as they were to be had then; None: hardly."""
        return _fits_at(self.past, self.choice, self.as_of_day - _A_YEAR)

    def _spent(self, origin: InnerOrigin, source: str) -> Spending:
        """The same as is published, so that what is corrected is what is told."""
        # Inner origins may be of some customers only: a day alone does not name one.
        if (key := (source, origin.day)) not in self._spending:
            self._spending[key] = spending(origin.seen, _NOTHING, self.choice.penalizer)
        return self._spending[key]


def _year_ago(of: Trends, window: int) -> Pair | None:
    """What the chosen models expected a year earlier; None: they hardly knew."""
    day, season = of.as_of_day - _A_YEAR, of.choice.season
    # Who was known then is the same for every window.
    known = of.known[0] if of.known else None
    origin = origin_at(of.past, day, window, season, known)
    if origin is not None:
        of.known[:] = [origin]
    if origin is None or of.fits_a_year_ago is None:
        return None
    trials = [expected(fit, origin) for fit in of.fits_a_year_ago]
    return origin, trials[0], trials[-1]


def _as_it_moves(
    found: Trend, of: Trends, horizon_days: int, a_year_ago: Pair | None
) -> Trend:
    """A level as unsure as the company moves, and as what tells of it differs.

    Inner origins look as far ahead as a good part of the history is long, and tell of
    horizons that do, in proportion. The same days a year ago tell as far as there is a
    season, counted by or likely. Of the rest the months behind tell.
    """
    windows = list(of.windows)
    season, behind = of.choice.season, of.as_of_day - of.past.first_day
    far = min(horizon_days / behind, 1.0) if found.source == _INNER else 1.0
    if a_year_ago is not None:
        windows.append(window_of(*a_year_ago[:2], of.as_of_day, horizon_days))
        far = season.chance
    ahead, sd = level_ahead(windows, horizon_days, behind, has_season=season.has_season)
    apart = found.orders.log - ahead
    known = apart * (far if of.windows else 1.0)
    orders = Factor(ahead + known, float(np.hypot(sd, apart)))
    return found._replace(orders=orders)


def _of_same_days(
    inner: Trend, of: Trends, horizon_days: int, *, is_old: bool
) -> Trend:
    """Corrected by inner origins; not by days that a season was learned from once.

    It has told of them already, and what is left is no level: it stays as unsure.
    """
    found = _as_it_moves(inner, of, horizon_days, None)
    if is_old or not of.choice.season.has_season:
        return found
    return found._replace(orders=found.orders._replace(log=0.0))


def _at_todays_prices(found: Trend, past: Trends, horizon_days: int) -> Trend:
    """A level with what prices add, and what is not known of the season."""
    choice = past.choice
    if choice.prices is not None:
        dearer, sd = growth(choice.prices, past.as_of_day, horizon_days)
        values = found.order_value
        values = Factor(values.log + dearer, float(np.hypot(values.sd, sd)))
        found = found._replace(order_value=values)
    unknown = log_sd(choice.season, past.past.day, past.as_of_day, horizon_days)
    sd = float(np.hypot(found.orders.sd, unknown))
    return found._replace(orders=found.orders._replace(sd=sd))


def _of_inner_origins(
    choice: Choice, spent_at: Callable[[InnerOrigin, str], Spending]
) -> Trend:
    """What they tell is the same for every horizon."""
    pairs = _inner_pairs(choice)
    if not pairs:
        return Trend()
    return estimated(pairs, shrunk, _INNER, spent_at)


def _inner_pairs(choice: Choice) -> list[Pair]:
    """None where no model could be fitted at every inner origin."""
    tried = choice.trials
    if choice.orders.name not in tried or choice.chances.name not in tried:
        return []
    orders, chances = tried[choice.orders.name], tried[choice.chances.name]
    return list(zip(choice.origins, orders, chances, strict=True))


def _fits_at(past: PurchaseDays, choice: Choice, day: int) -> list[PurchaseFit] | None:
    """The chosen models, as they were to be had on a day; None: hardly."""
    seen = past.seen_at(day, choice.season)
    chosen = {one.name: one.fit for one in (choice.orders, choice.chances)}
    try:
        fits = [
            fit_candidate(name, seen, choice.penalizer, near)
            for name, near in chosen.items()
        ]
    except CustomerValueError:
        return None
    return fits if all(map(is_known, fits)) else None
