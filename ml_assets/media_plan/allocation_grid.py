"""The best split of every budget at once, by dynamic programming over the mean curves.

Responses of channels add up, so the expected response of a plan is a sum of one curve
per channel, each the mean over the draws. The best value of a budget b over the first c
channels is then max over k of V_{c-1}(b - k) + f_c(k): exact on a grid of amounts, for
S-shaped curves too (Bellman 1957, Dynamic Programming, chapter 1, the allocation
process).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["best_splits"]

Floats = npt.NDArray[np.float64]


def best_splits(
    curves: Sequence[Floats], steps: int
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The best value of each total, and who gets how many steps of it.

    Parameters
    ----------
    curves : sequence of ndarray, each of shape (at most steps + 1,)
        What a channel brings at 0, 1, 2, ... steps; it can have no more than its curve
        is long.

    Returns
    -------
    value : ndarray, shape (steps + 1,)
        Not falling: money that brings nothing is not spent.
    split : ndarray of int, shape (steps + 1, channels)
    """
    value = np.zeros(steps + 1)
    taken = np.zeros((len(curves), steps + 1), dtype=np.int64)
    for channel, curve in enumerate(curves):
        best = value + curve[0]
        for k in range(1, min(len(curve), steps + 1)):
            candidate = value[: steps + 1 - k] + curve[k]
            is_better = candidate > best[k:]
            best[k:][is_better] = candidate[is_better]
            taken[channel, k:][is_better] = k
        value = best
    split = np.zeros((steps + 1, len(curves)), dtype=np.int64)
    left = np.arange(steps + 1)
    for channel in reversed(range(len(curves))):
        split[:, channel] = taken[channel, left]
        left = left - split[:, channel]
    return value, split
