"""Noise with heavy tails: a huge day weighs little instead of bending everything.

Student's t is normal noise whose precision differs by period, gamma distributed: given
these weights everything stays linear (Geweke 1993, Bayesian treatment of the
independent Student-t linear model, J. Applied Econometrics 8). The degrees of freedom
are learned on a grid; its last value is as good as normal.
"""

from typing import Final

import numpy as np
from scipy.special import gammaln

from ml_assets.mmm.adstock import Floats

__all__ = ["draw_freedom", "draw_weights", "expected_weights", "likeliest_freedom"]

_GRID: Final = np.array([2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 200.0])


def _log_likelihood(residuals: Floats) -> Floats:
    """Of residuals in units of the sd, shape (b, n), by degrees of freedom: (g, b)."""
    n, squares = residuals.shape[1], residuals**2
    level = gammaln((_GRID + 1) / 2) - gammaln(_GRID / 2) - np.log(_GRID) / 2
    tails = [(f + 1) / 2 * np.log1p(squares / f).sum(axis=1) for f in _GRID]
    return np.asarray(n * level[:, None] - np.stack(tails))


def likeliest_freedom(residuals: Floats) -> Floats:
    """Degrees of freedom, shape (b,), of residuals (b, n)."""
    return np.asarray(_GRID[_log_likelihood(residuals).argmax(axis=0)])


def expected_weights(residuals: Floats, freedom: Floats) -> Floats:
    """The mean of each period's weight, shape (b, n)."""
    return np.asarray((freedom[:, None] + 1) / (freedom[:, None] + residuals**2))


def draw_freedom(residuals: Floats, rng: np.random.Generator) -> Floats:
    """Degrees of freedom, shape (b,), drawn; every value of the grid as plausible."""
    log_likelihood = _log_likelihood(residuals)
    # The largest of Gumbel-disturbed logarithms is a draw in their proportions.
    disturbed = log_likelihood + rng.gumbel(size=log_likelihood.shape)
    return np.asarray(_GRID[disturbed.argmax(axis=0)])


def draw_weights(
    residuals: Floats, freedom: Floats, rng: np.random.Generator
) -> Floats:
    """A weight for each period, shape (b, n), given degrees of freedom, (b,)."""
    freedom = freedom[:, None]
    shape = np.broadcast_to((freedom + 1) / 2, residuals.shape)
    return np.asarray(rng.standard_gamma(shape) * 2 / (freedom + residuals**2))
