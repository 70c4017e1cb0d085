"""Advertising that is remembered: geometric adstock, from the first period on."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.linalg.blas import dtbsv

__all__ = ["Floats", "adstock", "half_life", "remembered", "remembered_backwards"]

Floats: TypeAlias = npt.NDArray[np.float64]


def adstock(spend: npt.ArrayLike, decay: float, carry_in: float = 0.0) -> Floats:
    """Remembered spend, shape (n,): a_t = x_t + decay * a_(t-1), a_(-1) = `carry_in`.

    Broadbent (1979), One way TV advertisements work, J. Market Research Society 21(3).
    A unit spent is remembered as 1 + decay + decay^2 + ... = 1 / (1 - decay) in all.

    Parameters
    ----------
    spend : array, shape (n,)
        Per period; whole numbers are taken as floats.
    decay : float
        Share that is left a period later, in [0, 1).
    carry_in : float
        What is remembered of the time before the first period.
    """
    # A recursive filter of scipy.signal would do, and takes a second to import.
    x = np.array(spend, dtype=np.float64)
    if not x.size:
        return x
    x[0] += decay * carry_in
    return np.asarray(dtbsv(1, _memory(np.array(decay), x.size), x, lower=1, diag=1))


def remembered(spend: Floats, decay: Floats) -> Floats:
    """Adstock times (1 - decay) of many columns, each with its own decay.

    On this scale a steady spend is remembered as itself whatever the decay, so that
    half-saturation stays on the channel's own spend. Solved as one banded system.

    Parameters
    ----------
    spend : ndarray, shape (c, n)
    decay : ndarray, shape (b, c)

    Returns
    -------
    ndarray, shape (b, c, n)
    """
    new = (1 - decay)[..., None] * spend
    kept = dtbsv(1, _memory(decay, new.shape[2]), new.ravel(), lower=1, diag=1)
    return np.asarray(kept).reshape(new.shape)


def remembered_backwards(by_kept: Floats, kept: Floats, decay: Floats) -> Floats:
    """Derivative by each decay of a value whose derivative by `remembered` is known.

    With r_t = d r_(t-1) + (1 - d) x_t, d r_t / dd = d * d r_(t-1) / dd + r_(t-1) - x_t,
    and r_(t-1) - x_t = (r_(t-1) - r_t) / (1 - d). Summed from the last period back.

    Parameters
    ----------
    by_kept, kept : ndarray, shape (b, c, n)
    decay : ndarray, shape (b, c)

    Returns
    -------
    ndarray, shape (b, c)
    """
    memory = _memory(decay, kept.shape[2])
    back = dtbsv(1, memory, by_kept.ravel(), lower=1, diag=1, trans=1)
    back = np.asarray(back).reshape(kept.shape)
    total = np.einsum("bcn,bcn->bc", back[..., 1:], kept[..., :-1])
    total -= np.einsum("bcn,bcn->bc", back, kept)
    return np.asarray(total / (1 - decay))


def _memory(decay: Floats, periods: int) -> Floats:
    """The bands of 1 and -decay below it, column after column, as BLAS wants them."""
    bands = np.empty((*decay.shape, periods, 2))
    bands[..., 0] = 1.0
    bands[..., 1] = -decay[..., None]
    bands[..., -1, 1] = 0.0
    return bands.reshape(-1, 2).T


def half_life(decay: npt.ArrayLike, period_days: int) -> Floats:
    """Days until half of an effect is over."""
    share = np.asarray(decay, dtype=np.float64)
    return np.asarray(period_days * np.log(0.5) / np.log(np.maximum(share, 1e-12)))
