"""The likelihood of the BG/NBD family and its exact derivatives.

Between purchases a customer waits for k stages in a row, each of rate lambda
(k = 1: any moment is as good as another; larger k: more regular). After each
purchase, and in the MBG models after the first one already (d = 1, else 0), the
customer is gone with probability p. For one history, in four terms as in [2]::

    A1  = ln G(r+kx) - ln G(r) + r ln(alpha)
    A2  = ln B(a, b+x+d) - ln B(a, b)
    A3j = -(r+kx) ln(alpha+T) + ln G(r+kx+j) - ln G(r+kx) - ln j!
          + j ln((T-t_x) / (alpha+T))                  j = 0 .. k-1 stages waited
    A4  = ln(a) - ln(b+x+d-1) - (r+kx) ln(alpha+t_x)   only when x + d > 0
    ln L = A1 + A2 + ln(sum of exp(A3j) + exp(A4))

plus `interval_term`, which depends on the data and k alone and matters when models
of different k are compared. With k = 1, d = 0 it is equation (6) of [1].
The gamma terms depend on x alone, and x takes few values; they are evaluated once
per value. Only A3 and A4 need a pass over the histories.

References
----------
[1] Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing
    Science 24(2), 275-284.
[2] Fader & Hardie (2013), Overcoming the BG/NBD Model's #NUM! Error Problem,
    brucehardie.com/notes/027.
[3] Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of
    models for customer base analysis, IJRM 24(3), 201-209: MBG/NBD.
[4] Platzer & Reutterer (2016), Ticking Away the Moments, Marketing Science 35(5),
    779-799; Reutterer, Platzer & Schroeder (2021), Leveraging purchase regularity
    for predicting customer behavior the easy way, IJRM 38(1), 194-215: (M)BG/CNBD-k.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import betaln, digamma, gammaln, polygamma

from ml_assets.clv.histories import Floats, Histories, distinct_histories
from ml_assets.clv.models.log_mixture import Component, log_mixture, log_sum
from ml_assets.clv.models.many_customers import places_of_fewer
from ml_assets.clv.models.maximum_likelihood import Derivatives

__all__ = [
    "CollapsedHistories",
    "Shape",
    "collapse",
    "interval_term",
    "log_likelihoods",
    "log_mixture_of",
    "mean_derivatives",
]


class Shape(NamedTuple):
    """Member of the family: stages between purchases, and when leaving starts.

    `regularity` is k, from 1; `leaves_at_first` is True for the MBG models.
    """

    regularity: int = 1
    leaves_at_first: bool = False


@dataclass(frozen=True, eq=False)
class CollapsedHistories:
    """Distinct histories with the number of customers that share each.

    `x`, `t_x`, `age`, `weights` have shape (rows,); `distinct_x` and `x_weights`
    have shape (distinct values of x,).
    """

    x: Floats
    t_x: Floats
    age: Floats
    weights: Floats
    distinct_x: Floats
    x_weights: Floats

    @property
    def customers(self) -> int:
        """How many customers the rows stand for."""
        return int(self.weights.sum())

    def fewer(self) -> "CollapsedHistories | None":
        """Every eighth customer; None where all of them are few already."""
        places = places_of_fewer(self.customers)
        if places is None:
            return None
        counts = np.bincount(np.searchsorted(np.cumsum(self.weights), places, "right"))
        some = np.flatnonzero(counts)
        columns = self.x[some], self.t_x[some], self.age[some]
        return _with_distinct_x(*columns, counts[some].astype(np.float64))


def collapse(histories: Histories, scale: float) -> CollapsedHistories:
    """Collapse equal histories; times are multiplied by `scale`."""
    (x, t_x, age), weights = distinct_histories(histories)
    return _with_distinct_x(x, t_x * scale, age * scale, weights)


def _with_distinct_x(
    x: Floats, t_x: Floats, age: Floats, weights: Floats
) -> CollapsedHistories:
    values, position = np.unique(x, return_inverse=True)
    x_weights = np.bincount(position, weights=weights).astype(np.float64)
    return CollapsedHistories(x, t_x, age, weights, values, x_weights)


def interval_term(shape: Shape, frequency: Floats, log_intervals: Floats) -> float:
    """What the waiting times themselves add to ln L of all customers; 0 for k = 1.

    ``(k - 1) * sum of ln(waiting time) - x * ln((k-1)!)``, equation (7) of [4].

    Parameters
    ----------
    frequency, log_intervals : ndarray, shape (n,)
        x, and the sum of ln(time between purchases) of each customer, in the unit
        of the other times.
    """
    k = shape.regularity
    return float((k - 1) * log_intervals.sum() - frequency.sum() * gammaln(k))


def log_likelihoods(
    parameters: Floats,
    x: Floats,
    t_x: Floats,
    age: Floats,
    shape: Shape = Shape(),  # noqa: B008 - immutable
) -> Floats:
    """Log-likelihood of each history without its interval term, shape of `x`.

    Parameters
    ----------
    parameters : ndarray, shape (4,)
        r, alpha, a, b; alpha in the unit of `t_x` and `age`.
    """
    r, alpha, a, b = parameters
    stages = r + shape.regularity * x
    a1 = gammaln(stages) - gammaln(r) + r * np.log(alpha)
    a2 = betaln(a, b + x + shape.leaves_at_first) - betaln(a, b)
    return np.asarray(a1 + a2 + log_sum(log_mixture_of(parameters, x, t_x, age, shape)))


def log_mixture_of(
    parameters: Floats, x: Floats, t_x: Floats, age: Floats, shape: Shape
) -> list[Floats]:
    """A3j for j = 0 .. k-1, then A4, each (n,): exp of them in proportion to P."""
    phases = _log_phases(parameters, x, t_x, age, shape)
    return [*phases, _log_gone(parameters, x, t_x, shape)]


def _log_phases(
    parameters: Floats, x: Floats, t_x: Floats, age: Floats, shape: Shape
) -> list[Floats]:
    """A3j: still a customer with j stages of the next wait behind, each (n,)."""
    r, alpha, _, _ = parameters
    stages, to_end = r + shape.regularity * x, alpha + age
    silent = _log_share(age - t_x, to_end)
    term = -stages * np.log(to_end)
    phases = [np.asarray(term)]
    for j in range(1, shape.regularity):
        term = term + np.log((stages + j - 1) / j) + silent
        phases.append(term)
    return phases


def mean_derivatives(
    parameters: Floats,
    data: CollapsedHistories,
    shape: Shape = Shape(),  # noqa: B008 - immutable
) -> Derivatives:
    """Mean log-likelihood per customer with its gradient and Hessian.

    Returns
    -------
    Derivatives
        In the parameters r, alpha, a, b themselves (not their logs).
    """
    gamma = _gamma_terms(parameters, data, shape)

    def components(x: Floats, t_x: Floats, age: Floats) -> list[Component]:
        phases = _phase_components(parameters, x, t_x, age, shape)
        return [*phases, _gone_component(parameters, x, t_x, shape)]

    mixed = log_mixture(components, (data.x, data.t_x, data.age), data.weights, 1)
    total = data.customers
    return Derivatives(
        value=(gamma.value + mixed.value) / total,
        gradient=(gamma.gradient + mixed.gradient) / total,
        hessian=(gamma.hessian + mixed.hessian) / total,
    )


def _log_share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(part / whole))


def _log_gone(parameters: Floats, x: Floats, t_x: Floats, shape: Shape) -> Floats:
    """A4: left after the last purchase; -inf for those who could not yet."""
    r, alpha, a, b = parameters
    chances = x + shape.leaves_at_first
    gone = (
        np.log(a)
        - np.log(b + np.maximum(chances, 1) - 1)
        - (r + shape.regularity * x) * np.log(alpha + t_x)
    )
    return np.where(chances > 0, gone, -np.inf)


def _gamma_terms(
    parameters: Floats, data: CollapsedHistories, shape: Shape
) -> Derivatives:
    """A1 + A2 summed over customers, with gradient and Hessian."""
    r, alpha, a, b = parameters
    x, w, n = data.distinct_x, data.x_weights, data.customers
    stages, chances = r + shape.regularity * x, x + shape.leaves_at_first
    value = w @ (
        gammaln(stages) - gammaln(r) + betaln(a, b + chances) - betaln(a, b)
    ) + n * r * np.log(alpha)
    psi_abx = w @ digamma(a + b + chances)
    gradient = np.array(
        [
            w @ digamma(stages) + n * (np.log(alpha) - digamma(r)),
            n * r / alpha,
            n * digamma(a + b) - psi_abx,
            n * (digamma(a + b) - digamma(b)) + w @ digamma(b + chances) - psi_abx,
        ]
    )
    shared = n * polygamma(1, a + b) - w @ polygamma(1, a + b + chances)
    hessian = np.zeros((4, 4))
    hessian[0, 0] = w @ polygamma(1, stages) - n * polygamma(1, r)
    hessian[0, 1] = hessian[1, 0] = n / alpha
    hessian[1, 1] = -n * r / alpha**2
    hessian[2:, 2:] = shared
    hessian[3, 3] += w @ polygamma(1, b + chances) - n * polygamma(1, b)
    return Derivatives(float(value), gradient, hessian)


def _phase_components(
    parameters: Floats, x: Floats, t_x: Floats, age: Floats, shape: Shape
) -> list[Component]:
    r, alpha, _, _ = parameters
    stages, to_end = r + shape.regularity * x, alpha + age
    log_end = np.log(to_end)
    components = []
    waited = np.zeros_like(stages)
    waited_squares = np.zeros_like(stages)
    phases = _log_phases(parameters, x, t_x, age, shape)
    for j, value in enumerate(phases):
        if j:
            waited = waited + 1 / (stages + j - 1)
            waited_squares = waited_squares + 1 / (stages + j - 1) ** 2
        slope = np.zeros((4, stages.size))
        slope[0] = waited - log_end
        slope[1] = -(stages + j) / to_end
        curvature = [
            (0, 0, -waited_squares),
            (0, 1, -1 / to_end),
            (1, 1, (stages + j) / to_end**2),
        ]
        components.append(Component(value[None], slope[:, None], curvature))
    return components


def _gone_component(
    parameters: Floats, x: Floats, t_x: Floats, shape: Shape
) -> Component:
    r, alpha, a, b = parameters
    stages, to_last = r + shape.regularity * x, alpha + t_x
    left = b + np.maximum(x + shape.leaves_at_first, 1) - 1
    slope = np.array(
        [
            -np.log(to_last),
            -stages / to_last,
            np.full(stages.size, 1 / a),
            -1 / left,
        ]
    )
    curvature = [
        (0, 1, -1 / to_last),
        (1, 1, stages / to_last**2),
        (2, 2, np.full(stages.size, -1 / a**2)),
        (3, 3, 1 / left**2),
    ]
    value = _log_gone(parameters, x, t_x, shape)
    return Component(value[None], slope[:, None], curvature)
