"""Likelihood of the Pareto/NBD: value, gradient and Hessian.

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
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from ml_assets.clv.histories import Floats
from ml_assets.clv.models.bg_nbd_likelihood import CollapsedHistories
from ml_assets.clv.models.log_mixture import (
    Component,
    log_mixture,
    log_sum,
    pieces,
)
from ml_assets.clv.models.maximum_likelihood import Derivatives

__all__ = ["NODES", "WEIGHTS", "log_alive_and_gone", "mean_derivatives"]

_LEGENDRE, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(32)
_W = (_LEGENDRE + 1) / 2
# u = t_x + (T - t_x) w^2 puts more nodes where the integrand falls fastest.
NODES, WEIGHTS = _W**2, _LEGENDRE_WEIGHTS * _W
# Those who are still customers at T, then those who left at the nodes.
_MOMENTS = np.append(1.0, NODES)[:, None]
_LEAVING = np.append(0.0, np.ones(NODES.size))[:, None]


def log_alive_and_gone(
    parameters: Floats, x: Floats, t_x: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """Logarithms of the two terms of L without the gammas, shapes (n,)."""
    alive, gone = np.empty(x.size), np.empty(x.size)
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
    value[1:] += log_width + np.log(WEIGHTS[:, None] * s / beta)
    return _Terms(moment, log_rate, log_exit, value)


def mean_derivatives(parameters: Floats, data: CollapsedHistories) -> Derivatives:
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
