"""Intervals that hold as often as they say, for a customer and for a total.

A customer's purchases are zero with a probability the model knows well, and otherwise
at least one. The part above zero is matched by mean and variance: counts by a negative
binomial, money by a lognormal, both checked against simulation in the tests. Where no
purchase is likely enough to lie inside a central interval, the lower end is zero and
the upper end takes the whole error: an interval from 5 % to 95 % would then cover more
than it says.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import nbinom

from ml_assets.clv.histories import Floats

__all__ = [
    "COVERAGE",
    "Interval",
    "amount_interval",
    "count_interval",
    "probability_interval",
    "total_interval",
]

COVERAGE = 0.90
_TAIL = (1 - COVERAGE) / 2
_NOTHING = 1e-9
_Z = float(ndtri(1 - _TAIL))


class Interval(NamedTuple):
    """Lower and upper ends, shapes as the estimate."""

    lower: Floats
    upper: Floats


def count_interval(no_purchase: Floats, mean: Floats, square: Floats) -> Interval:
    """90 % predictive interval of whole purchases, shapes (n,).

    Parameters
    ----------
    no_purchase, mean, square : ndarray, shape (n,)
        P(Y = 0), E[Y] and E[Y^2].
    """
    some = np.maximum(1 - no_purchase, 1e-12)
    further = np.maximum(mean / some - 1, 1e-9)
    variance = square / some - (mean / some) ** 2
    # At least Poisson: a narrower count cannot be told from rounding.
    variance = np.maximum(variance, further * (1 + 1e-6))
    size = further**2 / (variance - further)
    share = size / (size + further)

    def quantile(level: Floats) -> Floats:
        return np.asarray(1 + nbinom.ppf(level, size, share))

    return _around(no_purchase, some, quantile)


def amount_interval(no_purchase: Floats, mean: Floats, square: Floats) -> Interval:
    """90 % predictive interval of money, shapes (n,).

    Parameters
    ----------
    no_purchase, mean, square : ndarray, shape (n,)
        P(no purchase), E[S] and E[S^2] of the amount S.
    """
    some = np.maximum(1 - no_purchase, 1e-12)
    worth = mean > 0
    given_some = np.where(worth, mean / some, 1.0)
    spread = np.log(np.maximum(square / some / given_some**2, 1 + 1e-12))
    middle = np.log(given_some) - spread / 2

    def quantile(level: Floats) -> Floats:
        return np.asarray(worth * np.exp(middle + np.sqrt(spread) * ndtri(level)))

    return _around(no_purchase, some, quantile)


def probability_interval(probability: Floats, logit_sd: Floats) -> Interval:
    """90 % interval of a probability whose logit is known to `logit_sd`; exact at 1."""
    odds = probability / np.maximum(1 - probability, 1e-300)
    step = np.exp(_Z * logit_sd)
    certain = (probability <= 0) | (probability >= 1)
    low = np.where(certain, probability, odds / step / (1 + odds / step))
    high = np.where(certain, probability, 1 - 1 / (1 + odds * step))
    return Interval(low, high)


def total_interval(total: float, variance: float) -> tuple[float, float]:
    """90 % interval of a positive total, lognormal with that mean and variance."""
    if total < _NOTHING:
        return 0.0, 0.0
    spread = float(np.log1p(variance / total**2))
    middle = np.log(total) - spread / 2
    reach = _Z * np.sqrt(spread)
    return float(np.exp(middle - reach)), float(np.exp(middle + reach))


def _around(
    no_purchase: Floats, some: Floats, quantile: Callable[[Floats], Floats]
) -> Interval:
    one_sided = no_purchase > _TAIL
    top = np.where(one_sided, COVERAGE, 1 - _TAIL)
    upper_level = np.clip((top - no_purchase) / some, 0, 1 - 1e-12)
    lower_level = np.clip((_TAIL - no_purchase) / some, 0, 1)
    upper = np.where(no_purchase >= top, 0.0, quantile(upper_level))
    lower = np.where(one_sided, 0.0, quantile(np.maximum(lower_level, 1e-12)))
    return Interval(lower, upper)
