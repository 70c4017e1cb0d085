"""The prior of what channels bring: of their total, and any split as plausible.

With a prior on each channel the total would be supposed to grow with their number: of
twenty channels that nobody can measure one by one, twenty small surprises made a large
share of sales. So the total T = sum_c used_c e_c is half normal, and its shares are
uniform (Dirichlet with all 1). Effects then have the density of T over T^(c - 1), and
one channel alone is half normal itself.
"""

import numpy as np

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats

__all__ = ["effects_prior"]


def effects_prior(log_effects: Floats, used: Floats) -> tuple[Floats, Floats]:
    """Negative log density of effects' logarithms, (b,), and its gradient, (b, c).

    Parameters
    ----------
    log_effects : ndarray, shape (b, c)
        Of the outcome at the typical spend, as shares of the mean outcome.
    used : ndarray, shape (c,)
        Share of the periods in which a channel had spend.
    """
    brought = np.exp(log_effects) * used
    total = brought.sum(axis=1)
    others = used.size - 1
    height = (total / priors.TOTAL_SD) ** 2
    # The logarithms, which are what moves, add themselves.
    value = height / 2 + others * np.log(total) - log_effects.sum(axis=1)
    return value, brought * ((height + others) / total)[:, None] - 1
