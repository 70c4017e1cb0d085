"""How far a company's own past says the models are off: level and probabilities.

The models know no season and no growth, and every implementation of them carries a
bias of 10 to 20 % on public data. Two sources say how large it is, both before the
as-of date:

- with less than 16 months of history (18 for a whole year ahead), or where the model
  was not to be had a year ago, the inner origins: what the model, fitted to the log as
  it was, expected and what came. One such ratio is a poor guide to the next, so their
  mean is drawn towards "no correction". They look far ahead beside the history: of
  shorter horizons the months behind tell, in proportion (`levels`). Of orders they tell
  nothing where a season was learned from the same days, and was seen but once.
- with more, the same days one year earlier, as far as the log has a season, which they
  carry; the months behind beside them.

Where the models count time by a season (`season_choice`), both speak of what is left
beside it, and what is not known of the season is added to the factor of orders.

Where prices rise or fall, amounts are those of today's prices (`prices`), and the
factor of order values holds how much dearer the days ahead will be.

Orders are corrected by one factor, order values by another, probabilities by a
logistic recalibration. What is not known about a factor widens the intervals: of orders
it is what `levels` says of how companies move.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from ml_assets.clv.calibration import Recalibration, recalibrate
from ml_assets.clv.histories import Floats
from ml_assets.clv.horizons import PurchaseFit
from ml_assets.clv.inner_origins import InnerOrigin, Trial
from ml_assets.clv.seasons.operational_time import Season
from ml_assets.clv.spending import Spending
from ml_assets.clv.uncertainty import parameter_share

__all__ = [
    "Factor",
    "Pair",
    "Trend",
    "chance_of",
    "estimated",
    "is_known",
    "shrunk",
    "year_ago_factor",
]

_A_YEAR = 365
# Standard deviation of ln(actual / expected) before any of it was seen. The season's
# part of it goes with the share of the year that a horizon leaves out, and with how
# likely there is a season.
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


def estimated(
    pairs: list[Pair],
    factor: Callable[[Floats, float], Factor],
    source: str,
    spent_at: Callable[[InnerOrigin, str], Spending],
) -> Trend:
    """What earlier days say of the next, each with what came and what was expected."""
    actual = np.array([origin.later.purchases.sum() for origin, _, _ in pairs])
    foreseen = np.array([orders.orders.sum() for _, orders, _ in pairs])
    chance = float(np.mean([chance_of(origin, orders) for origin, orders, _ in pairs]))
    found = [_value_ratio(one, spent_at(one, source)) for one, _, _ in pairs]
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


def year_ago_factor(
    window_days: int, known: Season
) -> Callable[[Floats, float], Factor]:
    """How the one ratio of a year earlier is weighed, with or without a season.

    Without one it may tell of days of the year. How much of that is believed before it
    is seen goes with how likely the whole log makes a season: where nothing repeats,
    the ratio of one window is chance and level.
    """
    season = 0.0
    if not known.has_season:
        share = known.chance * (1 - window_days / _A_YEAR)
        season = _SEASONAL_PRIOR_SD * np.sqrt(share)
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


def chance_of(origin: InnerOrigin, trial: Trial) -> float:
    """Variance of ln(actual / expected) from purchases and parameters alone."""
    horizon = np.array([origin.horizon_days])
    return trial.sampling + parameter_share(trial.fit, horizon, origin.seen.histories)


def is_known(fit: PurchaseFit) -> bool:
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
