"""The BG/NBD likelihood and its exact derivatives.

The likelihood of one history, in the four terms of Fader & Hardie (2013),
note 027, solution 2 (equation (6) of the 2005 paper, rearranged so that nothing
overflows)::

    A1 = ln G(r+x) - ln G(r) + r ln(alpha)
    A2 = ln G(a+b) + ln G(b+x) - ln G(b) - ln G(a+b+x)
    A3 = -(r+x) ln(alpha+T)
    A4 = ln(a) - ln(b+x-1) - (r+x) ln(alpha+t_x)            only when x > 0
    ln L = A1 + A2 + ln(exp(A3) + exp(A4))

The gamma terms depend on x alone, and x takes few values; they are evaluated
once per value. Only A3 and A4 need a pass over the histories.

References: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way,
Marketing Science 24(2), 275-284. Fader & Hardie (2013), Overcoming the BG/NBD
Model's #NUM! Error Problem, brucehardie.com/notes/027.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln, polygamma

from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.maximum_likelihood import Derivatives

__all__ = ["CollapsedHistories", "collapse", "log_likelihoods", "mean_derivatives"]


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


def collapse(histories: Histories, scale: float) -> CollapsedHistories:
    """Collapse equal histories; times are multiplied by `scale`."""
    frame = pd.DataFrame(histories._asdict())
    counts = frame.groupby(list(frame.columns), sort=True).size()
    distinct = counts.index.to_frame(index=False).to_numpy(dtype=np.float64)
    weights: Floats = np.asarray(counts, dtype=np.float64)
    values, position = np.unique(distinct[:, 0], return_inverse=True)
    return CollapsedHistories(
        x=distinct[:, 0],
        t_x=distinct[:, 1] * scale,
        age=distinct[:, 2] * scale,
        weights=weights,
        distinct_x=values,
        x_weights=np.bincount(position, weights=weights).astype(np.float64),
    )


def log_likelihoods(parameters: Floats, x: Floats, t_x: Floats, age: Floats) -> Floats:
    """Log-likelihood of each history, shape of `x`, in the unit of the times.

    Parameters
    ----------
    parameters : ndarray, shape (4,)
        r, alpha, a, b; alpha in the unit of `t_x` and `age`.
    """
    r, alpha, _, _ = parameters
    a3, a4 = _a3(parameters, x, age), _a4(parameters, x, t_x)
    a1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    total: Floats = a1 + _a2(parameters, x) + np.logaddexp(a3, a4)
    return total


def mean_derivatives(parameters: Floats, data: CollapsedHistories) -> Derivatives:
    """Mean log-likelihood per customer with its gradient and Hessian.

    Returns
    -------
    Derivatives
        In the parameters r, alpha, a, b themselves (not their logs).
    """
    value, gradient, hessian = _gamma_terms(parameters, data)
    mixed = _mixture_terms(parameters, data)
    total = data.customers
    return Derivatives(
        value=(value + mixed.value) / total,
        gradient=(gradient + mixed.gradient) / total,
        hessian=(hessian + mixed.hessian) / total,
    )


def _a2(parameters: Floats, x: Floats) -> Floats:
    _, _, a, b = parameters
    term: Floats = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    return term


def _a3(parameters: Floats, x: Floats, age: Floats) -> Floats:
    r, alpha, _, _ = parameters
    return np.asarray(-(r + x) * np.log(alpha + age))


def _a4(parameters: Floats, x: Floats, t_x: Floats) -> Floats:
    """Dropped out after the last purchase; -inf for those who never bought again."""
    r, alpha, a, b = parameters
    dropped = (
        np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    )
    return np.where(x > 0, dropped, -np.inf)


def _gamma_terms(
    parameters: Floats, data: CollapsedHistories
) -> tuple[float, Floats, Floats]:
    """A1 + A2 summed over customers, with gradient and Hessian."""
    r, alpha, a, b = parameters
    x, w, n = data.distinct_x, data.x_weights, data.customers

    value = w @ (gammaln(r + x) - gammaln(r) + _a2(parameters, x)) + n * r * np.log(
        alpha
    )
    psi_abx = w @ digamma(a + b + x)
    gradient = np.array(
        [
            w @ digamma(r + x) + n * (np.log(alpha) - digamma(r)),
            n * r / alpha,
            n * digamma(a + b) - psi_abx,
            n * (digamma(a + b) - digamma(b)) + w @ digamma(b + x) - psi_abx,
        ]
    )
    shared = n * polygamma(1, a + b) - w @ polygamma(1, a + b + x)
    hessian = np.zeros((4, 4))
    hessian[0, 0] = w @ polygamma(1, r + x) - n * polygamma(1, r)
    hessian[0, 1] = hessian[1, 0] = n / alpha
    hessian[1, 1] = -n * r / alpha**2
    hessian[2:, 2:] = shared
    hessian[3, 3] += w @ polygamma(1, b + x) - n * polygamma(1, b)
    return float(value), gradient, hessian


def _mixture_terms(parameters: Floats, data: CollapsedHistories) -> Derivatives:
    """ln(exp(A3) + exp(A4)) summed over customers, with gradient and Hessian.

    With s = exp(A3) / (exp(A3) + exp(A4)), which is P(alive), the gradient is the
    s-weighted mean of the two gradients and the Hessian adds s(1-s) d d', where d
    is their difference.
    """
    r, alpha, a, b = parameters
    x, w = data.x, data.weights
    a3, a4 = _a3(parameters, x, data.age), _a4(parameters, x, data.t_x)
    both = np.logaddexp(a3, a4)
    alive = np.exp(a3 - both)
    gone = 1.0 - alive
    to_end, to_last = alpha + data.age, alpha + data.t_x
    repeats = b + np.maximum(x, 1) - 1

    slope_alive = np.array([-np.log(to_end), -(r + x) / to_end])
    slope_gone = np.array([-np.log(to_last), -(r + x) / to_last])
    gradient = np.empty(4)
    gradient[:2] = (alive * slope_alive + gone * slope_gone) @ w
    gradient[2] = w @ gone / a
    gradient[3] = -(w @ (gone / repeats))

    gap = np.vstack([slope_gone - slope_alive, np.full(x.size, 1 / a), -1 / repeats])
    hessian: Floats = (gap * (w * alive * gone)) @ gap.T
    cross = -(w @ (alive / to_end + gone / to_last))
    hessian[0, 1] += cross
    hessian[1, 0] += cross
    hessian[1, 1] += w @ ((r + x) * (alive / to_end**2 + gone / to_last**2))
    hessian[2, 2] -= w @ gone / a**2
    hessian[3, 3] += w @ (gone / repeats**2)
    return Derivatives(float(w @ both), gradient, hessian)
