"""Likelihood of the Gamma-Gamma, equation (1a) of Fader & Hardie (2013).

Value, gradient and Hessian, for `maximum_likelihood`.
"""

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from ml_assets.clv.histories import Floats
from ml_assets.clv.models.many_customers import places_of_fewer
from ml_assets.clv.models.maximum_likelihood import Derivatives

__all__ = ["Spend", "mean_derivatives"]


class Spend:
    """Repeat customers' x and m, shapes (n,), with m of mean 1.

    x takes few values: the slow special functions are evaluated once for each. What
    does not depend on the parameters is added up once.
    """

    def __init__(self, x: Floats, m: Floats) -> None:
        self.x, self.m = x, m
        self.total = x * m
        self.x_log_total = float(x @ np.log(self.total)) / x.size
        self.log_m = float(np.log(m).mean())
        self.values, counts = np.unique(x, return_counts=True)
        self.shares = counts / x.size

    @property
    def customers(self) -> int:
        """How many bought again."""
        return self.x.size

    def fewer(self) -> "Spend | None":
        """Every eighth customer; None where all of them are few already."""
        some = places_of_fewer(self.customers)
        return None if some is None else Spend(self.x[some], self.m[some])


def mean_derivatives(parameters: Floats, data: Spend) -> Derivatives:
    """Mean log-likelihood, gradient (3,) and Hessian (3, 3) in p, q, v."""
    p, q, v = parameters
    x, shares, n = data.values, data.shares, data.customers
    all_shapes, own_shapes = p * x + q, p * x
    psi_all, psi_own = digamma(all_shapes), digamma(own_shapes)
    bend_all, bend_own = polygamma(1, all_shapes), polygamma(1, own_shapes)
    sum_and_v = data.total + v
    log_sum, inverse = np.log(sum_and_v), 1 / sum_and_v
    mean_log, mean_inverse = log_sum.mean(), inverse.mean()
    x_log, x_inverse = data.x @ log_sum / n, data.x @ inverse / n
    squares = inverse * inverse

    value = (
        shares @ (gammaln(all_shapes) - gammaln(own_shapes))
        - gammaln(q)
        + q * (np.log(v) - mean_log)
        + p * (data.x_log_total - x_log)
        - data.log_m
    )
    gradient = np.array(
        [
            shares @ (x * (psi_all - psi_own)) + data.x_log_total - x_log,
            shares @ psi_all - mean_log - digamma(q) + np.log(v),
            q / v - p * x_inverse - q * mean_inverse,
        ]
    )
    hessian = np.empty((3, 3))
    hessian[0, 0] = shares @ (x**2 * (bend_all - bend_own))
    hessian[0, 1] = hessian[1, 0] = shares @ (x * bend_all)
    hessian[1, 1] = shares @ bend_all - polygamma(1, q)
    hessian[0, 2] = hessian[2, 0] = -x_inverse
    hessian[1, 2] = hessian[2, 1] = 1 / v - mean_inverse
    hessian[2, 2] = -q / v**2 + (p * (data.x @ squares) + q * squares.sum()) / n
    return Derivatives(float(value), gradient, hessian)
