"""The difference of two means when a lot put people on either side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MeanDifference", "mean_difference"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MeanDifference:
    """A difference of means with its interval, in the unit of what was measured.

    ``error`` is its standard error, ``skewness`` that of the difference which the lot
    alone would make (-1 to 1).
    """

    estimate: float
    lower: float
    upper: float
    error: float
    skewness: float


def mean_difference(treated: Floats, control: Floats, z: float) -> MeanDifference:
    """Mean of ``treated`` less mean of ``control``, with an interval.

    The lot puts the same people on either side, so variance and skewness are those of
    all: a small side knows its own too badly. The variance is the pooled one, or
    Welch's if that is larger. The quantile is corrected by the skewness s: z + s (z^2 -
    1) / 6 above and z - s (z^2 - 1) / 6 below. Beyond 1 the expansion says nothing (one
    order makes up all the variance), so s is kept within -1 and 1.

    Parameters
    ----------
    treated, control
        What each person spent; shapes (n,) and (m,), both of at least 2.
    z
        The normal quantile of an end, 1.645 for 90 %.

    Raises
    ------
    ValueError
        A side has fewer than two people.

    References
    ----------
    Welch (1947), Biometrika 34; Cornish and Fisher (1938), Revue de l'Institut
    International de Statistique 5.
    """
    n, m = treated.size, control.size
    if n < 2 or m < 2:
        raise ValueError(f"sides of {n} and {m}: a variance needs two people on each")
    spread, other = float(treated.var(ddof=1)), float(control.var(ddof=1))
    pooled = ((n - 1) * spread + (m - 1) * other) / (n + m - 2) * (1 / n + 1 / m)
    third = (_cubes(treated) + _cubes(control)) / (n + m) * (1 / n**2 - 1 / m**2)
    skewness = min(max(third / pooled**1.5, -1.0), 1.0) if pooled else 0.0
    error = float(np.sqrt(max(pooled, spread / n + other / m)))
    estimate = float(treated.mean() - control.mean())
    correction = skewness * (z**2 - 1) / 6
    return MeanDifference(
        estimate,
        estimate - (z + correction) * error,
        estimate + (z - correction) * error,
        error,
        skewness,
    )


def _cubes(amounts: Floats) -> float:
    return float(((amounts - amounts.mean()) ** 3).sum())
