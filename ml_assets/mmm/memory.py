"""Noise that remembers: what is left of a period goes on, in part, in the next one.

u_t = follows * u_{t-1} + innovation_t, first order (Cochrane & Orcutt 1949,
doi:10.1080/01621459.1949.10483290); only innovations are independent. A table that
is taken for independent when it is not knows less than it says. The filter
(1 - follows * shift) leaves the innovations and has determinant 1, so that the
likelihood needs nothing else; the first period is its own innovation. Given everything
else `follows` is normal, cut off at `priors.FOLLOWS_ENDS` (Chib 1993,
doi:10.1016/0304-4076(93)90046-8).
"""

import numpy as np
from scipy.special import ndtr, ndtri

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats

__all__ = ["draw_follows", "innovations", "likeliest_follows", "through_precision"]


def innovations(values: Floats, follows: Floats) -> Floats:
    """What is new in each period of values, shape (b, n), by follows, (b,)."""
    new = values.copy()
    new[:, 1:] -= follows[:, None] * values[:, :-1]
    return new


def through_precision(values: Floats, weights: Floats, follows: Floats) -> Floats:
    """Values, shape (b, n), times the noise's precision: filter, weigh, filter back.

    `weights` are those of innovations, (b, n), in units of their sd.
    """
    new = weights * innovations(values, follows)
    back = new.copy()
    back[:, :-1] -= follows[:, None] * new[:, 1:]
    return back


def likeliest_follows(left: Floats, weights: Floats) -> Floats:
    """Mode, shape (b,), given what is left in units of its sd and weights, (b, n)."""
    mean, _ = _normal(left, weights)
    return np.asarray(np.clip(mean, *priors.FOLLOWS_ENDS))


def draw_follows(left: Floats, weights: Floats, rng: np.random.Generator) -> Floats:
    """A draw, shape (b,), given what is left in units of its sd and weights, (b, n)."""
    mean, sd = _normal(left, weights)
    low, high = (ndtr((end - mean) / sd) for end in priors.FOLLOWS_ENDS)
    drawn = mean + sd * ndtri(low + (high - low) * rng.random(mean.shape))
    return np.asarray(np.clip(drawn, *priors.FOLLOWS_ENDS))


def _normal(left: Floats, weights: Floats) -> tuple[Floats, Floats]:
    before = weights[:, 1:] * left[:, :-1]
    precision = (before * left[:, :-1]).sum(axis=1) + priors.FOLLOWS_SD**-2
    mean = (before * left[:, 1:]).sum(axis=1) / precision
    return mean, 1 / np.sqrt(precision)
