"""Pareto/NBD: like BG/NBD, but a customer may leave at any moment.

A customer buys at random with rate lambda and is gone after a lifetime of rate mu,
bought or not. Over customers lambda is Gamma(r, alpha) and mu is Gamma(s, beta).
One-time buyers can therefore be gone, which BG/NBD cannot say.

References
----------
[1] Schmittlein, Morrison & Colombo (1987), Counting Your Customers: Who Are They and
    What Will They Do Next?, Management Science 33(1), 1-24.
[2] Fader & Hardie (2005), A Note on Deriving the Pareto/NBD Model and Related
    Expressions, brucehardie.com/notes/009: the conditional expectation.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.histories import Floats, check_histories, check_numbers
from ml_assets.clv.models import pareto_nbd_likelihood
from ml_assets.clv.models.pareto_nbd_likelihood import (
    NODES,
    WEIGHTS,
    log_alive_and_gone,
)
from ml_assets.clv.models.purchase_fit import (
    Likelihood,
    PurchaseFit,
    fit_histories,
)

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


ParetoNbdFit: TypeAlias = PurchaseFit[ParetoNbd]


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
    likelihood = Likelihood(
        ParetoNbd,
        pareto_nbd_likelihood.mean_derivatives,
        lambda _: _START,
        times=(0, 1, 0, 1),
    )
    return fit_histories(
        likelihood,
        (frequency, recency_days, age_days),
        penalizer=penalizer,
        prior_sd=prior_sd,
        near=None if start is None else start.values,
    )


def log_likelihood(
    model: ParetoNbd,
    frequency: npt.ArrayLike,
    recency_days: npt.ArrayLike,
    age_days: npt.ArrayLike,
) -> Floats:
    """Log-likelihood of each history, shape (n,)."""
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    alive, gone = log_alive_and_gone(np.array(model.values), x, t_x, age)
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
    alive, gone = log_alive_and_gone(np.array(model.values), *histories)
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
    silent: Floats | None = None,
) -> tuple[Floats, Floats]:
    """P(alive), shape (n,), and P(no purchase in (T, T + t]): one needs the other.

    Parameters
    ----------
    alive : ndarray, shape (n,), or None
        `probability_alive`, where it is known: no horizon changes it.
    silent : ndarray, shape (n,) or (n, m), or None
        `silence`, where it is known: no last purchase changes it.
    """
    horizon = check_numbers(horizon_days, "horizon_days")
    x, t_x, age = check_histories(frequency, recency_days, age_days)
    if alive is None:
        alive = probability_alive(model, x, t_x, age)
    if silent is None:
        silent = silence(model, horizon, x, age)
    there = alive[..., None] if horizon.ndim else alive
    return alive, np.asarray(np.clip(1.0 - there * (1.0 - silent), 0.0, 1.0))


def silence(model: ParetoNbd, horizon: Floats, x: Floats, age: Floats) -> Floats:
    """P(no purchase in (T, T + t]) of living customers, shape (n,), or (n, m)."""
    if horizon.ndim:
        x, age = x[..., None], age[..., None]
    stages, rate, exit_rate = model.r + x, model.alpha + age, model.beta + age
    log_stays = -model.s * np.log1p(horizon / exit_rate)
    silent = np.exp(log_stays - stages * np.log1p(horizon / rate))
    return np.asarray(
        silent + _left_in_silence(model.s, horizon, stages, rate, exit_rate)
    )


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
        return between(0.0, horizon, (NODES, WEIGHTS))
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
