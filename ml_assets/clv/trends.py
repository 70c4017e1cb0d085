"""The corrections of one company at one day, for whichever horizon is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ml_assets.clv.choice import (
    SHORTEST_MODEL_HISTORY_DAYS,
    Choice,
    InnerOrigin,
    Trial,
    expected,
    fit_candidate,
    origin_at,
    trial_of,
)
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.horizons import PurchaseFit
from ml_assets.clv.levels import Window, level_ahead
from ml_assets.clv.operational_time import log_sd
from ml_assets.clv.prices import growth
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.spending import Spending, spending
from ml_assets.clv.trend import (
    Factor,
    Pair,
    Trend,
    chance_of,
    estimated,
    is_known,
    shrunk,
    year_ago_factor,
)

__all__ = ["Trends"]

_A_YEAR = 365
# What the models need to see before a year ago, and at least half the horizon.
_SEEN_BEFORE = 120
_NOTHING = np.zeros(0)
_MONTH, _YEAR_MONTHS, _MONTHS = 30, 12, (1, 2, 3)
# So many customers tell how a company moves.
_LARGEST_SAMPLE = 20_000


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

    def of(self, horizon_days: int) -> Trend:
        """The corrections for a horizon of `horizon_days`."""
        if horizon_days not in self._found:
            level = self._level(horizon_days)
            self._found[horizon_days] = _at_todays_prices(level, self, horizon_days)
        return self._found[horizon_days]

    def _level(self, horizon_days: int) -> Trend:
        window = min(horizon_days, _A_YEAR)
        behind = self.as_of_day - self._past.first_day
        is_old = behind >= _A_YEAR + max(_SEEN_BEFORE, window / 2)
        pair = self._year_ago(window) if is_old else None
        if pair:
            factor = year_ago_factor(window, self.choice.season)
            found = estimated([pair], factor, "a year earlier", self._spent)
        else:
            found = self._inner
        sd = self._level_sd(found.orders, horizon_days, behind, pair)
        return found._replace(orders=Factor(found.orders.log, sd))

    def _level_sd(
        self, factor: Factor, horizon_days: int, behind: int, a_year_ago: Pair | None
    ) -> float:
        """How far the factor may be off, by how the company moved until now."""
        windows = list(self._windows)
        if a_year_ago is not None:
            origin, trial, _ = a_year_ago
            windows.append(_window(origin, trial, self.as_of_day, horizon_days))
        has_season = self.choice.season.has_season
        ahead, sd = level_ahead(windows, horizon_days, behind, has_season=has_season)
        return float(np.hypot(sd, factor.log - ahead))

    @cached_property
    def _windows(self) -> list[Window]:
        """What the model of the orders was off by, month by month of the last year.

        Months in which hardly anybody bought are taken two or three together.
        """
        log = self._past.some(_LARGEST_SAMPLE)
        for months in _MONTHS:
            found = [
                one
                for back in range(months, _YEAR_MONTHS + 1, months)
                if (one := self._window_at(log, back * _MONTH, months * _MONTH))
            ]
            if found:
                return found
        return []

    def _window_at(self, log: PurchaseDays, back: int, days: int) -> Window | None:
        name, day = self.choice.orders.name, self.as_of_day - back
        if day - log.first_day < SHORTEST_MODEL_HISTORY_DAYS:
            return None
        origin = origin_at(log, day, days, self.choice.season)
        trials = trial_of(name, [origin], self.choice.penalizer) if origin else None
        if origin is None or not trials or not is_known(trials[0].fit):
            return None
        return _window(origin, trials[0], self.as_of_day, days)

    @cached_property
    def _inner(self) -> Trend:
        return _of_inner_origins(self.choice, self._spent)

    @cached_property
    def _past(self) -> PurchaseDays:
        return self.log.up_to(self.as_of_day)

    def _year_ago(self, window: int) -> Pair | None:
        """What the chosen models expected a year earlier; None: they hardly knew."""
        day = self.as_of_day - _A_YEAR
        origin = origin_at(self._past, day, window, self.choice.season)
        if origin is None or self._fits_a_year_ago is None:
            return None
        trials = [expected(fit, origin) for fit in self._fits_a_year_ago]
        return origin, trials[0], trials[-1]

    @cached_property
    def _fits_a_year_ago(self) -> list[PurchaseFit] | None:
        return _fits_at(self._past, self.choice, self.as_of_day - _A_YEAR)

    def _spent(self, origin: InnerOrigin, source: str) -> Spending:
        """The same as is published, so that what is corrected is what is told."""
        # Inner origins may be of some customers only: a day alone does not name one.
        key = source, origin.day
        if key not in self._spending:
            self._spending[key] = spending(origin.seen, _NOTHING, self.choice.penalizer)
        return self._spending[key]


def _at_todays_prices(found: Trend, past: Trends, horizon_days: int) -> Trend:
    """A level with what prices add, and what is not known of the season."""
    choice = past.choice
    if choice.prices is not None:
        dearer, sd = growth(choice.prices, past.as_of_day, horizon_days)
        values = found.order_value
        values = Factor(values.log + dearer, float(np.hypot(values.sd, sd)))
        found = found._replace(order_value=values)
    # A company too young for a season keeps its interval: one as wide as what it
    # cannot know would hide lost orders from the gate of own intervals. `converged`
    # tells it.
    if choice.season.is_even:
        return found
    unknown = log_sd(choice.season, past.log.first_day, past.as_of_day, horizon_days)
    sd = float(np.hypot(found.orders.sd, unknown))
    return found._replace(orders=found.orders._replace(sd=sd))


def _window(origin: InnerOrigin, trial: Trial, as_of_day: int, days: int) -> Window:
    """What came of the days after an origin, beside what was expected of them."""
    start = origin.day - as_of_day
    came = float(origin.later.purchases.sum())
    log_ratio = float(np.log(came / trial.orders.sum()))
    end = min(start + min(days, _A_YEAR), 0)
    return Window(start, end, log_ratio, chance_of(origin, trial))


def _of_inner_origins(
    choice: Choice, spent_at: Callable[[InnerOrigin, str], Spending]
) -> Trend:
    """What they tell is the same for every horizon."""
    pairs = _inner_pairs(choice)
    if not pairs:
        return Trend()
    return estimated(pairs, shrunk, "inner origins", spent_at)


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
    names = dict.fromkeys((choice.orders.name, choice.chances.name))
    try:
        fits = [fit_candidate(name, seen, choice.penalizer) for name in names]
    except CustomerValueError:
        return None
    return fits if all(map(is_known, fits)) else None
