"""Pareto/NBD: like BG/NBD, but a customer may leave at any moment.

A customer buys at random with rate lambda and is gone after a lifetime of rate mu,
bought or not. Over customers lambda is Gamma(r, alpha) and mu is Gamma(s, beta).
One-time buyers can therefore be gone, which BG/NBD cannot say.

The likelihood of a history has one term for those still customers at T and an
integral over the moment of leaving for the others::

    ln L = ln G(r+x) - ln G(r) + r ln(alpha)
           + ln( (alpha+T)^-(r+x) (beta/(beta+T))^s
                 + int_{t_x}^T s beta^s (beta+u)^-(s+1) (alpha+u)^-(r+x) du )

[1] prints the integral as a difference of two hypergeometric functions, which
cancels to nothing for busy customers. It is smooth, so Gauss-Legendre nodes give it
with its derivatives; they are denser towards t_x, where it falls fastest.

References
----------
[1] Schmittlein, Morrison & Colombo (1987), Counting Your Customers: Who Are They and
    What Will They Do Next?, Management Science 33(1), 1-24.
[2] Fader & Hardie (2005), A Note on Deriving the Pareto/NBD Model and Related
    Expressions, brucehardie.com/notes/009: the conditional expectation.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln, polygamma

from ml_assets.clv.errors import InvalidParameters, NotConverged
from ml_assets.clv.histories import (
    BOUGHT_AGAIN,
    MINIMUM_REPEAT_CUSTOMERS,
    Floats,
    check_histories,
    check_numbers,
    require_repeat_customers,
)
from ml_assets.clv.models.bg_nbd_likelihood import CollapsedHistories, collapse
from ml_assets.clv.models.log_mixture import (
    Component,
    log_mixture,
    log_sum,
    pieces,
)
from ml_assets.clv.models.maximum_likelihood import Derivatives, Maximum, maximise

__all__ = [
    "PARAMETERS",
    "ParetoNbd",
    "ParetoNbdFit",
    "count_moments",
    "expected_purchases",
    "fit",
    "log_likelihood",
    "probability_alive",
    "probability_no_purchase",
]

PARAMETERS = ("r", "alpha", "s", "beta")
# Where a typical shop is, times in units of the oldest customer's age.
_START = np.array([0.7, 0.3, 0.6, 0.3])
_LEGENDRE, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(32)
_W = (_LEGENDRE + 1) / 2
# u = t_x + (T - t_x) w^2 puts more nodes where the integrand falls fastest.
_NODES, _WEIGHTS = _W**2, _LEGENDRE_WEIGHTS * _W
# Those who are still customers at T, then those who left at the nodes.
_MOMENTS = np.append(1.0, _NODES)[:, None]
_LEAVING = np.append(0.0, np.ones(_NODES.size))[:, None]
# Many horizons that rise in small steps: between two of them few nodes are enough.
_MANY = 12
_FEW, _FEW_LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(6)
_FEW_NODES, _FEW_WEIGHTS = (_FEW + 1) / 2, _FEW_LEGENDRE_WEIGHTS / 2


@dataclass(frozen=True)
class ParetoNbd:
    """r, s; alpha, beta (days): all finite and above zero."""

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        for name, value in zip(PARAMETERS, self.values, strict=True):
            if not (np.isfinite(value) and value > 0):
                raise InvalidParameters(
                    f"Pareto/NBD {name} is {value}: it must be above 0"
                )

    @property
    def values(self) -> tuple[float, float, float, float]:
        """r, alpha, s, beta."""
        return self.r, self.alpha, self.s, self.beta

    def in_units_of(self, days: float) -> "ParetoNbd":
        """The same customers with time counted in units of `days` (7: weeks)."""
        return replace(self, alpha=self.alpha / days, beta=self.beta / days)


@dataclass(frozen=True, eq=False)
class ParetoNbdFit:
    """A fitted Pareto/NBD; fields as in `BgNbdFit`, in the order of PARAMETERS."""

    parameters: ParetoNbd
    log_likelihood: float
    covariance: Floats
    standard_errors: Floats
    converged: bool
    n: int
    repeat_customers: int
    repeat_purchases: int
    distinct_histories: int
    penalizer: float
    prior_sd: float | None
    iterations: int
    largest_step: float

    def log_likelihood_in_units_of(self, days: float) -> float:
        """The log-likelihood had times been counted in units of `days`."""
        return self.log_likelihood + self.repeat_purchases * float(np.log(days))


def fit(  # noqa: PLR0913  (data, then how)
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
    *,
    penalizer: float = 0.0,
    prior_sd: float | None = None,
    start: ParetoNbd | None = None,
) -> ParetoNbdFit:
    """Fit r, alpha, s, beta by maximum likelihood.

    lifetimes' Pareto/NBD is neither fast nor stable enough for a start here: Newton
    begins where a typical shop is.

    Parameters
    ----------
    frequency, recency_days, age_days : array, shape (n,)
        x, t_x and T of each customer; times in days.
    penalizer, prior_sd
        As in `bg_nbd.fit`; alpha and beta in units of the oldest age.
    start : ParetoNbd or None
        Where Newton begins instead, as of other customers of the same shop.

    Raises
    ------
    InvalidSummaries, TooFewRepeatCustomers, NotConverged
    """
    histories = check_histories(frequency, recency_days, age_days)
    repeaters = int((histories.frequency > 0).sum())
    require_repeat_customers(repeaters, MINIMUM_REPEAT_CUSTOMERS, BOUGHT_AGAIN)
    oldest = float(histories.age_days.max())
    data = collapse(histories, 1 / oldest)
    to_days = np.array([1.0, oldest, 1.0, oldest])
    near = None if start is None else np.array(start.values) / to_days
    found = _maximum(data, penalizer, prior_sd, near)
    model = ParetoNbd(*(found.parameters * to_days).tolist())
    covariance = found.covariance / data.customers
    covariance = covariance * np.outer(to_days, to_days)
    return ParetoNbdFit(
        parameters=model,
        # A density counts its unit: times were in units of the oldest age.
        log_likelihood=data.customers * found.log_likelihood
        - float(histories.frequency.sum() * np.log(oldest)),
        covariance=covariance,
        standard_errors=np.sqrt(np.diag(covariance)),
        converged=True,
        n=data.customers,
        repeat_customers=repeaters,
        repeat_purchases=int(histories.frequency.sum()),
        distinct_histories=data.x.size,
        penalizer=penalizer,
        prior_sd=prior_sd,
        iterations=found.iterations,
        largest_step=found.largest_step,
    )


def _maximum(
    data: CollapsedHistories,
    penalizer: float,
    prior_sd: float | None,
    near: Floats | None,
) -> Maximum:
    start, fewer = _START if near is None else near, data.fewer()
    if fewer is not None:
        with suppress(NotConverged):
            start = _maximum(fewer, penalizer, prior_sd, near).parameters
    prior_weight = 0.0 if prior_sd is None else 1 / (data.customers * prior_sd**2)
    objective = partial(_mean_derivatives, data=data)
    return maximise(objective, start, penalizer, prior_weight)


def log_likelihood(
    model: ParetoNbd,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """Log-likelihood of each history, shape (n,)."""
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    alive, gone = _log_alive_and_gone(model, x, t_x, age)
    gamma = gammaln(model.r + x) - gammaln(model.r) + model.r * np.log(model.alpha)
    return np.asarray(gamma + np.logaddexp(alive, gone))


def probability_alive(
    model: ParetoNbd,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """P(still a customer at T), shape (n,), in (0, 1): the alive term's share of L."""
    histories = check_histories(frequency, recency_days, age_days)
    alive, gone = _log_alive_and_gone(model, *histories)
    return np.exp(alive - np.logaddexp(alive, gone))


def probability_no_purchase(
    model: ParetoNbd,
    horizon_days: npt.ArrayLike,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """P(no purchase in (T, T + t]), shape (n,), or (n, m) for m horizons.

    ``1 - P(alive) (1 - P(silent | alive))``; a living customer is silent by not
    buying until t, or until leaving before: the two terms of the likelihood of a
    customer with x = 0 whose gammas are those of the posterior.
    """
    return chances(model, horizon_days, frequency, recency_days, age_days)[1]


def chances(  # noqa: PLR0913, PLR0917  (x, t_x, T and what is known of them)
    model: ParetoNbd,
    horizon_days: npt.ArrayLike,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
    alive: Floats | None = None,
) -> tuple[Floats, Floats]:
    """P(alive), shape (n,), and P(no purchase in (T, T + t]): one needs the other.

    Parameters
    ----------
    alive : ndarray, shape (n,), or None
        `probability_alive`, where it is known: no horizon changes it.
    """
    horizon = check_numbers(horizon_days, "horizon_days")
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    if alive is None:
        alive = probability_alive(model, x, t_x, age)
    active = alive
    if horizon.ndim:
        alive, x, age = alive[..., None], x[..., None], age[..., None]
    stages, rate, exit_rate = model.r + x, model.alpha + age, model.beta + age
    log_stays = -model.s * np.log1p(horizon / exit_rate)
    silent = np.exp(log_stays - stages * np.log1p(horizon / rate))
    silent = silent + _left_in_silence(model.s, horizon, stages, rate, exit_rate)
    return active, np.asarray(np.clip(1.0 - alive * (1.0 - silent), 0.0, 1.0))


def _left_in_silence(
    s: float, horizon: Floats, stages: Floats, rate: Floats, exit_rate: Floats
) -> Floats:
    """P(leaves within the horizon without buying before), for somebody alive."""

    def between(
        start: Floats | float, end: Floats, rule: tuple[Floats, Floats]
    ) -> Floats:
        total = np.zeros(np.broadcast_shapes(np.shape(end), stages.shape))
        for node, weight in zip(*rule, strict=True):
            u = start + (end - start) * node
            density = (s / exit_rate) * np.exp(
                -(s + 1) * np.log1p(u / exit_rate) - stages * np.log1p(u / rate)
            )
            total += weight * (end - start) * density
        return total

    if not horizon.size:
        return np.zeros(np.broadcast_shapes(horizon.shape, stages.shape))
    if horizon.size <= _MANY or (np.diff(horizon) <= 0).any():
        return between(0.0, horizon, (_NODES, _WEIGHTS))
    starts = np.append(0.0, horizon[:-1])
    steps = [
        between(start, end, (_FEW_NODES, _FEW_WEIGHTS))
        for start, end in zip(starts, horizon, strict=True)
    ]
    return np.cumsum(np.concatenate(steps, axis=-1), axis=-1)


def expected_purchases(
    model: ParetoNbd,
    horizon_days: npt.ArrayLike,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """E[purchases in (T, T + t]], shape (n,), or (n, m); equation (41) of [2]."""
    horizon = check_numbers(horizon_days, "horizon_days")
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    alive = probability_alive(model, x, t_x, age)
    mean, _ = count_moments(model, horizon, x, age)
    return np.asarray((alive[..., None] if horizon.ndim else alive) * mean)


def count_moments(
    model: ParetoNbd, horizon: Floats, x: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """E[Y] and E[Y^2] of purchases in (T, T + t] of living customers.

    With D the time they stay, at most t: E[Y] = E[lambda] E[D] and
    E[Y(Y-1)] = E[lambda^2] E[D^2], each a power of the survival
    ((beta+T)/(beta+T+u))^s integrated over u.

    Returns
    -------
    two ndarrays, shape (n,) or (n, m)
    """
    if horizon.ndim:
        x, age = x[..., None], age[..., None]
    stages, exit_rate = model.r + x, model.beta + age
    rate = 1 / (model.alpha + age)
    log_end = np.log1p(horizon / exit_rate)
    stayed = exit_rate * _power_integral(1 - model.s, log_end)
    # int u S(u) du = (beta+T)^2 (int e^(2-s)v dv - int e^(1-s)v dv)
    squared = (
        2
        * exit_rate**2
        * (
            _power_integral(2 - model.s, log_end)
            - _power_integral(1 - model.s, log_end)
        )
    )
    mean = stages * rate * stayed
    return np.asarray(mean), np.asarray(
        mean + stages * (stages + 1) * rate**2 * squared
    )


def _power_integral(power: float, end: Floats) -> Floats:
    """int_0^end e^(power v) dv, also at power = 0."""
    scaled = power * end
    small = np.abs(scaled) < 1e-6  # there the series is exact to 1e-13
    safe = np.where(small, 1.0, scaled)
    ratio = np.where(small, 1 + scaled / 2, np.expm1(safe) / safe)
    return np.asarray(end * ratio)


def _log_alive_and_gone(
    model: ParetoNbd, x: Floats, t_x: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """Logarithms of the two terms of L without the gammas, shapes (n,)."""
    parameters, alive, gone = np.array(model.values), np.empty(x.size), np.empty(x.size)
    rows = x.ravel(), t_x.ravel(), age.ravel()
    for some in pieces(x.size, _MOMENTS.size):
        terms = _terms(parameters, *(column[some] for column in rows)).value
        alive[some], gone[some] = terms[0], log_sum(terms[1:])
    return alive.reshape(x.shape), gone.reshape(x.shape)


class _Terms(NamedTuple):
    """Logarithms of the terms of L without the gammas, and what they are made of.

    Shapes (terms, n): the first is of those who are still customers at T, the others
    of those who left at the nodes. `moment` is that of leaving, or T.
    """

    moment: Floats
    log_rate: Floats
    log_exit: Floats
    value: Floats


def _terms(parameters: Floats, x: Floats, t_x: Floats, age: Floats) -> _Terms:
    r, alpha, s, beta = parameters
    moment = t_x + (age - t_x) * _MOMENTS
    log_rate, log_exit = np.log(alpha + moment), np.log1p(moment / beta)
    value = -(r + x) * log_rate - (s + _LEAVING) * log_exit
    # Nobody can have left when the last purchase is at T; ln(0) would be no number.
    log_width = np.log(np.maximum(age - t_x, np.finfo(np.float64).tiny))
    value[1:] += log_width + np.log(_WEIGHTS[:, None] * s / beta)
    return _Terms(moment, log_rate, log_exit, value)


def _mean_derivatives(parameters: Floats, data: CollapsedHistories) -> Derivatives:
    """Mean log-likelihood per customer, gradient (4,) and Hessian (4, 4)."""
    r, alpha, _, _ = parameters
    x, w, n = data.distinct_x, data.x_weights, data.customers
    mixed = log_mixture(
        partial(_components, parameters),
        (data.x, data.t_x, data.age),
        data.weights,
        _MOMENTS.size,
    )
    value = w @ (gammaln(r + x) - gammaln(r)) + n * r * np.log(alpha) + mixed.value
    gradient = mixed.gradient
    gradient[0] += w @ digamma(r + x) + n * (np.log(alpha) - digamma(r))
    gradient[1] += n * r / alpha
    hessian = mixed.hessian
    hessian[0, 0] += w @ polygamma(1, r + x) - n * polygamma(1, r)
    hessian[0, 1] += n / alpha
    hessian[1, 0] += n / alpha
    hessian[1, 1] -= n * r / alpha**2
    return Derivatives(float(value) / n, gradient / n, hessian / n)


def _components(
    parameters: Floats, x: Floats, t_x: Floats, age: Floats
) -> list[Component]:
    r, alpha, s, beta = parameters
    stages = r + x
    moment, log_rate, log_exit, value = _terms(parameters, x, t_x, age)
    rate, exit_rate = 1 / (alpha + moment), 1 / (beta + moment)
    power = s + _LEAVING
    slope = np.empty((4, *value.shape))
    slope[0] = -log_rate
    slope[1] = -stages * rate
    slope[2] = _LEAVING / s - log_exit
    slope[3] = s / beta - power * exit_rate
    curvature = [
        (0, 1, -rate),
        (1, 1, -slope[1] * rate),
        (2, 2, -_LEAVING / s**2),
        (2, 3, 1 / beta - exit_rate),
        (3, 3, power * exit_rate**2 - s / beta**2),
    ]
    return [Component(value, slope, curvature)]
