"""Intervals of shares and of their differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["newcombe_interval", "wilson_interval"]

Floats = NDArray[np.float64]


def wilson_interval(
    share: ArrayLike, count: ArrayLike, z: float
) -> tuple[Floats, Floats]:
    """Interval of a share of ``count``, NaN of nobody.

    Parameters
    ----------
    share, count
        Shape (n,); shares in 0-1, counts of at least 0.
    z
        The normal quantile of an end: 1.645 for 90 %, 2.576 for 99 %.

    Returns
    -------
    tuple
        Lower and upper ends, each of shape (n,).

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22.
    """
    p = np.asarray(share, dtype=np.float64)
    n = np.asarray(count, dtype=np.float64)
    n = np.where(n > 0, n, np.nan)
    half = z * np.sqrt(p * (1 - p) / n + z * z / 4 / n**2)
    centre, scale = p + z * z / 2 / n, 1 + z * z / n
    return (centre - half) / scale, (centre + half) / scale


def newcombe_interval(
    share: ArrayLike, count: ArrayLike, other: ArrayLike, others: ArrayLike, z: float
) -> tuple[Floats, Floats]:
    """Interval of the difference of two shares of separate people.

    Parameters
    ----------
    share, count, other, others
        Shape (n,): a share of ``count``, less the ``other`` of ``others``.
    z
        The normal quantile of an end.

    Returns
    -------
    tuple
        Lower and upper ends, each of shape (n,); NaN where either counts nobody.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, method 10.
    """
    p, q = np.asarray(share, dtype=np.float64), np.asarray(other, dtype=np.float64)
    p_lower, p_upper = wilson_interval(p, count, z)
    q_lower, q_upper = wilson_interval(q, others, z)
    return (
        p - q - np.hypot(p - p_lower, q_upper - q),
        p - q + np.hypot(p_upper - p, q - q_lower),
    )
