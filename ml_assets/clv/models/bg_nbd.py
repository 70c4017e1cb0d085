"""BG/NBD and its family: how often customers buy, and whether they still do.

A customer buys at random with rate lambda and, after each repeat purchase, is
gone for good with probability p. Over customers lambda is Gamma(r, alpha) and p
is Beta(a, b). Names of the paper: x repeat purchases (here: repeat purchase
days), t_x time of the last one, T age; both times from the first purchase.

Two switches make the other members: `leaves_at_first` lets a customer be gone after
the first purchase already (MBG/NBD), and `regularity` k makes each wait a row of k
stages of rate lambda, which is more regular (BG/CNBD-k, MBG/CNBD-k). r, alpha then
speak of stages: a customer buys every k / lambda days on average.

Times are in days throughout; every function also holds in another unit as long
as `alpha` and the times share it (`BgNbd.in_units_of`).

References
----------
[1] Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way: An
    Alternative to the Pareto/NBD Model, Marketing Science 24(2), 275-284.
[2] Fader & Hardie (2008), Computing P(alive) Using the BG/NBD Model,
    brucehardie.com/notes/021.
[3] Reutterer, Platzer & Schroeder (2021), Leveraging purchase regularity for
    predicting customer behavior the easy way, IJRM 38(1), 194-215.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.expected_purchases import purchases_if_alive
from ml_assets.clv.histories import Floats, check_histories, check_numbers
from ml_assets.clv.models import bg_nbd_likelihood, lifetimes_engine
from ml_assets.clv.models.bg_nbd_likelihood import CollapsedHistories, Shape
from ml_assets.clv.models.log_mixture import log_sum
from ml_assets.clv.models.purchase_fit import (
    Likelihood,
    PurchaseFit,
    fit_histories,
)
from ml_assets.clv.purchase_counts import expected_count, probability_of_at_least

__all__ = [
    "PARAMETERS",
    "BgNbd",
    "BgNbdFit",
    "chances",
    "expected_purchases",
    "fit",
    "interval_term",
    "log_likelihood",
    "phase_weights",
    "probability_alive",
    "probability_no_purchase",
    "probability_of_purchases",
]

PARAMETERS = ("r", "alpha", "a", "b")
# Where a typical shop is, times in units of the oldest customer's age: lifetimes knows
# the plain model only.
_TYPICAL = np.array([0.6, 0.15, 0.8, 2.5])


@dataclass(frozen=True)
class BgNbd:
    """r, alpha (days), a, b: all finite and above zero; and the two switches."""

    r: float
    alpha: float
    a: float
    b: float
    regularity: int = 1
    leaves_at_first: bool = False

    def __post_init__(self) -> None:
        for name, value in zip(PARAMETERS, self.values, strict=True):
            if not (np.isfinite(value) and value > 0):
                raise InvalidParameters(f"BG/NBD {name} is {value}: it must be above 0")
        if self.regularity < 1 or self.regularity != int(self.regularity):
            raise InvalidParameters(
                f"BG/NBD regularity is {self.regularity}: it is a whole number from 1"
            )

    @property
    def values(self) -> tuple[float, float, float, float]:
        """r, alpha, a, b."""
        return self.r, self.alpha, self.a, self.b

    @property
    def shape(self) -> Shape:
        """The two switches."""
        return Shape(self.regularity, self.leaves_at_first)

    def in_units_of(self, days: float) -> "BgNbd":
        """The same customers with time counted in units of `days` (7: weeks)."""
        return replace(self, alpha=self.alpha / days)


BgNbdFit: TypeAlias = PurchaseFit[BgNbd]


def fit(  # noqa: PLR0913  (data, then which member and how)
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
    *,
    regularity: int = 1,
    leaves_at_first: bool = False,
    penalizer: float = 0.0,
    prior_sd: float | None = None,
    start: BgNbd | None = None,
) -> BgNbdFit:
    """Fit r, alpha, a, b by maximum likelihood, equation (7) of [1].

    Equal histories are collapsed to weights; lifetimes finds the neighbourhood;
    Newton with the exact Hessian finds the maximum.

    Parameters
    ----------
    frequency, recency_days, age_days : array, shape (n,)
        x, t_x and T of each customer; times in days.
    regularity, leaves_at_first
        Which member of the family: see the module.
    penalizer : float
        lifetimes' `penalizer_coef`: penalizer * (r^2 + alpha^2 + a^2 + b^2) is
        taken off the mean log-likelihood, alpha in units of the oldest age.
    prior_sd : float or None
        Standard deviation of a normal prior on the logarithm of each parameter,
        around 0 (alpha in units of the oldest age). None is maximum likelihood,
        which has no maximum for customers who never stop buying: a goes to 0.
    start : BgNbd or None
        Where Newton begins instead, as of other customers of the same shop.

    Raises
    ------
    InvalidSummaries, TooFewRepeatCustomers, NotConverged
    """
    shape = Shape(regularity, leaves_at_first)
    likelihood = Likelihood(
        partial(BgNbd, **shape._asdict()),
        partial(bg_nbd_likelihood.mean_derivatives, shape=shape),
        partial(_start, shape, penalizer),
        times=(0, 1, 0, 0),
        stages=regularity,
    )
    return fit_histories(
        likelihood,
        (frequency, recency_days, age_days),
        penalizer=penalizer,
        prior_sd=prior_sd,
        near=None if start is None else start.values,
    )


def _start(shape: Shape, penalizer: float, data: CollapsedHistories) -> Floats:
    if shape != Shape():
        return _TYPICAL
    rows = data.x, data.t_x, data.age, data.weights
    return lifetimes_engine.bg_nbd_start(*rows, penalizer)


def log_likelihood(
    model: BgNbd,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """Log-likelihood of each history, shape (n,); equation (6) of [1], stable.

    For k above 1 `interval_term` has to be added before models are compared.
    """
    histories = check_histories(frequency, recency_days, age_days)
    return bg_nbd_likelihood.log_likelihoods(
        np.array(model.values), *histories, model.shape
    )


def interval_term(
    regularity: int, frequency: npt.ArrayLike, log_intervals: npt.ArrayLike
) -> float:
    """What the waiting times add to the log-likelihood of all customers.

    Parameters
    ----------
    frequency : array, shape (n,)
        x of each customer.
    log_intervals : array, shape (n,)
        Sum over a customer's purchases of ln(days since the one before).
    """
    return bg_nbd_likelihood.interval_term(
        Shape(regularity),
        check_numbers(frequency, "frequency"),
        np.asarray(log_intervals, dtype=np.float64),
    )


def phase_weights(
    model: BgNbd,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """P(still a customer, with j of the k stages of a wait behind), shape (n, k)."""
    histories = check_histories(frequency, recency_days, age_days)
    parameters = np.array(model.values)
    everything = bg_nbd_likelihood.log_mixture_of(parameters, *histories, model.shape)
    return np.exp(np.stack(everything[:-1], axis=-1) - log_sum(everything)[..., None])


def probability_alive(
    model: BgNbd,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """P(still a customer at T), shape (n,), in (0, 1]; page 2 of [2].

    With k = 1 ``1 / (1 + a/(b+x+d-1) * ((alpha+T)/(alpha+t_x))^(r+x))``. In the
    BG models (d = 0) it is exactly 1 when x = 0: nobody leaves before a repeat
    purchase, which is why churn is published as `probability_no_purchase` and not
    as 1 minus this.
    """
    return _alive(phase_weights(model, frequency, recency_days, age_days))


def probability_no_purchase(
    model: BgNbd,
    horizon_days: npt.ArrayLike,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """P(no purchase in (T, T + t]): the probability published as churn.

    With k = 1 ``1 - P(alive) * (1 - ((alpha+T)/(alpha+T+t))^(r+x))``: a living
    customer's rate is Gamma(r+x, alpha+T) and nobody leaves between purchases, so
    silence for t while alive has the probability of a Pareto waiting time. With k
    stages, j behind, the k - j that are left have not all happened. Falls from 1 at
    t = 0 towards 1 - P(alive); for one-time buyers it rises with age.

    Parameters
    ----------
    horizon_days : float or array, shape (m,)
        t, from 0.

    Returns
    -------
    ndarray, shape (n,), or (n, m) for m horizons; each in [0, 1].
    """
    return chances(model, horizon_days, frequency, recency_days, age_days)[1]


def chances(  # noqa: PLR0913, PLR0917  (x, t_x, T and what is known of them)
    model: BgNbd,
    horizon_days: npt.ArrayLike,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
    weights: Floats | None = None,
    arrived: Floats | None = None,
) -> tuple[Floats, Floats]:
    """P(alive), shape (n,), and P(no purchase in (T, T + t]): one needs the other.

    Parameters
    ----------
    weights : ndarray, shape (n, k), or None
        `phase_weights`, where they are known: no horizon changes them.
    arrived : ndarray, shape (n, k) or (n, m, k), or None
        `arrivals`, where they are known: no last purchase changes them.
    """
    horizon = check_numbers(horizon_days, "horizon_days")
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    if weights is None:
        weights = phase_weights(model, x, t_x, age)
    if arrived is None:
        arrived = arrivals(model, horizon, x, age)
    stages = weights[..., None, :] if horizon.ndim else weights
    k = model.regularity
    buys = stages[..., k - 1] * arrived[..., k - 1]
    for j in range(k - 1):
        buys = buys + stages[..., j] * arrived[..., j]
    return _alive(weights), np.asarray(np.clip(1.0 - buys, 0.0, 1.0))


def arrivals(model: BgNbd, horizon: Floats, x: Floats, age: Floats) -> Floats:
    """P(a purchase in (T, T + t]) of who is at each stage of a wait.

    Shape (n, k), or (n, m, k): the last stage ends with the purchase.
    """
    if horizon.ndim:
        x, age = x[..., None], age[..., None]
    k, stages = model.regularity, model.r + model.regularity * x
    log_stays = -np.log1p(horizon / (model.alpha + age))
    happened = [betainc(k - j, stages + j, -np.expm1(log_stays)) for j in range(k - 1)]
    last = -np.expm1((stages + k - 1) * log_stays)
    return np.stack([*happened, last], axis=-1)


def _alive(weights: Floats) -> Floats:
    # Twelve rounded phases may add up to a trifle more than 1.
    return np.asarray(np.minimum(weights.sum(axis=-1), 1.0))


def expected_purchases(
    model: BgNbd,
    horizon_days: npt.ArrayLike,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """E[purchases in (T, T + t]] given the history; equation (10) of [1].

    With x = T = 0 this is E[X(t)] of a new customer, equation (9) of [1]. With
    k above 1 the probabilities of the first, second, ... purchase are added up.

    Parameters
    ----------
    horizon_days : float or array, shape (m,)
        t, from 0.

    Returns
    -------
    ndarray, shape (n,), or (n, m) for m horizons; non-negative, rising in t.
    """
    horizon = check_numbers(horizon_days, "horizon_days")
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    weights = phase_weights(model, x, t_x, age)
    if model.regularity == 1:
        alive = weights[..., 0]
        parameters = (model.r, model.alpha, model.a, model.b + model.leaves_at_first)
        if_alive = purchases_if_alive(parameters, horizon, x, age)
        return np.asarray((alive[..., None] if horizon.ndim else alive) * if_alive)
    return expected_count(model.values, model.shape, horizon, x, age, weights)


def probability_of_purchases(
    model: BgNbd, count: npt.ArrayLike, time_days: npt.ArrayLike
) -> Floats:
    """P(X(t) = x) for a new customer; equation (8) of [1], broadcast over both.

    The paper's finite sum is the upper tail of a negative binomial, here the
    regularised incomplete beta function: stable for any x.
    """
    x = check_numbers(count, "count")
    time = check_numbers(time_days, "time_days")
    new = np.zeros(())
    at_least, more = (
        probability_of_at_least(model.values, model.shape, n, time, new, new)
        for n in (x, x + 1)
    )
    if not model.leaves_at_first:
        return np.asarray(at_least - more)
    stays = model.b / (model.a + model.b)
    return np.asarray(np.where(x > 0, stays * at_least, 1.0) - stays * more)
