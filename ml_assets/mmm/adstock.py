"""Advertising that is remembered: geometric adstock, from the first period on."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

__all__ = ["Adstock", "Floats", "adstock", "half_life", "remembered"]

Floats: TypeAlias = npt.NDArray[np.float64]


class Adstock(NamedTuple):
    """Remembered spend a_t and its derivative by the decay, shapes (n,)."""

    spend: Floats
    by_decay: Floats


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
    x = np.asarray(spend, dtype=np.float64)
    start = np.array([decay * carry_in])
    remembered_spend, _ = lfilter([1.0], [1.0, -decay], x, zi=start)
    return np.asarray(remembered_spend)


def remembered(spend: Floats, decay: float) -> Adstock:
    """Adstock times (1 - decay), and its derivative by the decay.

    On this scale a steady spend is remembered as itself whatever the decay, so that
    half-saturation stays on the channel's own spend.
    """
    raw = adstock(spend, decay)
    before = np.concatenate([[0.0], raw[:-1]])
    return Adstock((1 - decay) * raw, (1 - decay) * adstock(before, decay) - raw)


def half_life(decay: npt.ArrayLike, period_days: int) -> Floats:
    """Days until half of an effect is over."""
    share = np.asarray(decay, dtype=np.float64)
    return np.asarray(period_days * np.log(0.5) / np.log(np.maximum(share, 1e-12)))
