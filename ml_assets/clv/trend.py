"""How far a company's own past says the models are off: level and probabilities.

The models know no season and no growth, and every implementation of them carries a
bias of 10 to 20 % on public data. Two sources say how large it is, both before the
as-of date:

- with less than 16 months of history (18 for a whole year ahead), or where the model
  was not to be had a year ago, the inner origins: what the model, fitted to the log as
  it was, expected and what came. One such ratio is a poor guide to the next, so their
  mean is drawn towards "no correction".
- with more, the same days one year earlier, which also carry the season.

Where the models count time by a season (`season_choice`), both speak of what is left
beside it, and what is not known of the season is added to the factor of orders.

Where prices rise or fall, amounts are those of today's prices (`prices`), and the
factor of order values holds how much dearer the days ahead will be.

Orders are corrected by one factor, order values by another, probabilities by a
logistic recalibration. What is not known about a factor widens the intervals.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from ml_assets.clv.calibration import Recalibration, recalibrate
from ml_assets.clv.choice import (
    Choice,
    InnerOrigin,
    Trial,
    expected,
    fit_candidate,
    origin_at,
)
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.histories import Floats
from ml_assets.clv.horizons import PurchaseFit
from ml_assets.clv.operational_time import Season, log_sd
from ml_assets.clv.prices import growth
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.spending import Spending, spending
from ml_assets.clv.uncertainty import parameter_share

__all__ = ["Factor", "Trend", "Trends", "shrunk"]

_A_YEAR = 365
# What the models need to see before a year ago, and at least half the horizon.
_SEEN_BEFORE = 120
# Standard deviation of ln(actual / expected) before any of it was seen. The season's
# part of it goes with the share of the year that a horizon leaves out.
_PRIOR_SD, _SEASONAL_PRIOR_SD = 0.1, 0.28
# So many times its size a standard error is of a parameter that nothing holds.
_RAN_AWAY = 10.0
# Ratios of overlapping windows repeat each other.
_INDEPENDENT_ORIGINS = 2.0
# Customers whose counts tell whether rates move, and errors of the mean they exceed.
_FEWEST_FREQUENT, _PLAINLY = 30, 2.0
# One year is never quite like the next.
_YEAR_TO_YEAR_SD = 0.05

# An earlier day, what gave the orders there and what gave the probabilities.
Pair: TypeAlias = tuple[InnerOrigin, Trial, Trial]


class Factor(NamedTuple):
    """What to multiply by: ln of it, and the standard deviation of that ln."""

    log: float = 0.0
    sd: float = _PRIOR_SD

    @property
    def value(self) -> float:
        """The factor itself."""
        return float(np.exp(self.log))


class Trend(NamedTuple):
    """Corrections for one horizon, and where they come from.

    `rate_variance` is that of a customer's own rate from one such period to another,
    over its square.
    """

    orders: Factor = Factor()
    order_value: Factor = Factor()
    recalibration: Recalibration = Recalibration()
    rate_variance: float = 0.0
    source: str = "none"


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
            self._found[horizon_days] = self._computed(horizon_days)
        return self._found[horizon_days]

    def _computed(self, horizon_days: int) -> Trend:
        found, choice = self._level(horizon_days), self.choice
        if choice.prices is not None:
            dearer, sd = growth(choice.prices, self.as_of_day, horizon_days)
            values = found.order_value
            values = Factor(values.log + dearer, float(np.hypot(values.sd, sd)))
            found = found._replace(order_value=values)
        # A company too young for a season keeps its interval: one as wide as what it
        # cannot know would hide lost orders from the gate of own intervals. `converged`
        # tells it.
        if choice.season.is_even:
            return found
        unknown = log_sd(
            choice.season, self.log.first_day, self.as_of_day, horizon_days
        )
        sd = float(np.hypot(found.orders.sd, unknown))
        return found._replace(orders=found.orders._replace(sd=sd))

    def _level(self, horizon_days: int) -> Trend:
        window, choice = min(horizon_days, _A_YEAR), self.choice
        behind = self.as_of_day - self._past.first_day
        if behind >= _A_YEAR + max(_SEEN_BEFORE, window / 2):
            pair = self._year_ago(window)
            if pair is not None:
                factor = _year_ago_factor(window, choice.season)
                return self._estimated([pair], factor, "a year earlier")
        if not choice.origins:
            return Trend()
        tried = choice.trials
        pairs = list(
            zip(
                choice.origins,
                tried[choice.orders.name],
                tried[choice.chances.name],
                strict=True,
            )
        )
        return self._estimated(pairs, shrunk, "inner origins")

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
        choice, day = self.choice, self.as_of_day - _A_YEAR
        seen = self._past.seen_at(day, choice.season)
        names = dict.fromkeys((choice.orders.name, choice.chances.name))
        try:
            fits = [fit_candidate(name, seen, choice.penalizer) for name in names]
        except CustomerValueError:
            return None
        return fits if all(map(_is_known, fits)) else None

    def _estimated(
        self, pairs: list[Pair], factor: Callable[[Floats, float], Factor], source: str
    ) -> Trend:
        actual = np.array([origin.later.purchases.sum() for origin, _, _ in pairs])
        foreseen = np.array([orders.orders.sum() for _, orders, _ in pairs])
        chance = float(
            np.mean([_chance(origin, orders) for origin, orders, _ in pairs])
        )
        found = [_value_ratio(one, self._spent(one, source)) for one, _, _ in pairs]
        values = [ratio for ratio in found if ratio]
        spent = np.array([ratio for ratio, _ in values])
        spent_by_chance = float(np.mean([chance for _, chance in values] or [0.0]))
        return Trend(
            orders=factor(np.log(actual / foreseen), chance),
            order_value=factor(spent, spent_by_chance) if values else Factor(),
            recalibration=recalibrate(
                [(buys.buys, origin.later.purchases > 0) for origin, _, buys in pairs]
            ),
            rate_variance=_rate_variance(
                [(orders, origin.later.purchases) for origin, orders, _ in pairs]
            ),
            source=source,
        )

    def _spent(self, origin: InnerOrigin, source: str) -> Spending:
        """The same as is published, so that what is corrected is what is told."""
        # Inner origins may be of some customers only: a day alone does not name one.
        key = source, origin.day
        if key not in self._spending:
            self._spending[key] = spending(origin.seen, np.zeros(0))
        return self._spending[key]


def shrunk(log_ratios: Floats, chance: float) -> Factor:
    """The factor several inner origins agree on, drawn towards 1.

    The posterior of a normal mean with a normal prior around 0 (random effects, as in
    DerSimonian & Laird 1986). What the ratios differ by beyond chance is added to its
    variance, because the next one will differ as much.

    Parameters
    ----------
    log_ratios : ndarray, shape (origins,)
        ln(actual / expected).
    chance : float
        Variance of one ratio when nothing but chance is at work.
    """
    if log_ratios.size > 1:
        own = max(float(log_ratios.var(ddof=1)) - chance, 0.0)
    else:
        own = _PRIOR_SD**2
    error = (own + chance) / min(log_ratios.size, _INDEPENDENT_ORIGINS)
    return _posterior(float(log_ratios.mean()), error, _PRIOR_SD, own)


def _year_ago_factor(
    window_days: int, known: Season
) -> Callable[[Floats, float], Factor]:
    season = 0.0
    if not known.has_season:
        season = _SEASONAL_PRIOR_SD * np.sqrt(1 - window_days / _A_YEAR)
    prior_sd = float(np.hypot(_PRIOR_SD, season))
    own = _YEAR_TO_YEAR_SD**2

    def factor(log_ratios: Floats, chance: float) -> Factor:
        return _posterior(float(log_ratios[0]), own + chance, prior_sd, own)

    return factor


def _posterior(mean: float, error: float, prior_sd: float, own: float) -> Factor:
    weight = prior_sd**2 / (prior_sd**2 + error)
    variance = weight * error + min(own, _PRIOR_SD**2)
    return Factor(weight * mean, float(np.sqrt(variance)))


def _rate_variance(trials: list[tuple[Trial, Floats]]) -> float:
    """What counts vary by beyond the model, over the square of what is expected.

    Pearson's chi-squared of those who were expected to buy at least once, each total
    first made equal to what came; 0 unless its excess is plainly more than chance.
    """
    excess, weight = [], []
    for trial, came in trials:
        often = trial.orders >= 1
        scale = came.sum() / max(float(trial.orders.sum()), 1e-12)
        mean, variance = trial.orders[often] * scale, trial.variance[often] * scale
        excess.append((came[often] - mean) ** 2 / variance - 1)
        weight.append(mean**2 / variance)
    beyond = np.concatenate(excess)
    if beyond.size < _FEWEST_FREQUENT:
        return 0.0
    by_chance = _PLAINLY * float(beyond.std()) / np.sqrt(beyond.size)
    if beyond.mean() <= by_chance:
        return 0.0
    return float(beyond.sum() / np.concatenate(weight).sum())


def _chance(origin: InnerOrigin, trial: Trial) -> float:
    """Variance of ln(actual / expected) from purchases and parameters alone."""
    horizon = np.array([origin.horizon_days])
    return trial.sampling + parameter_share(trial.fit, horizon, origin.seen.histories)


def _is_known(fit: PurchaseFit) -> bool:
    """No parameter ran away, as those of leaving do when hardly anybody could yet."""
    values = np.array(fit.parameters.values)
    return bool((fit.standard_errors <= _RAN_AWAY * values).all())


def _value_ratio(origin: InnerOrigin, spend: Spending) -> tuple[float, float] | None:
    """ln(actual / expected amount of the purchases made), and its chance variance."""
    y, actual = origin.later.purchases, float(origin.later.amount.sum())
    expected = float(spend.mean @ y)
    if spend.fit is None or actual <= 0 or expected <= 0:
        return None
    variance = float((y * spend.within + y**2 * (spend.square - spend.mean**2)).sum())
    return float(np.log(actual / expected)), variance / expected**2
