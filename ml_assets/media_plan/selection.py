"""What a split that was searched for may promise: less than it seems to bring.

The split that looks best among many looks so in part by luck. The doubt of the data is
in every draw alike, so draws that are kept aside from the search do not tell how much.
What the search adds, of mean m and variance s² over the draws, is therefore read as one
measurement of a gain whose size is not known before, a normal around 0 with variance m²
(its own best guess): κ m is expected, κ = m² / (m² + s²), as in the empirical Bayes
estimates of many means (Efron and Morris 1973, doi:10.1080/01621459.1973.10481350). A
gain that is well measured stays as it is, one that is mostly doubt promises little. The
interval moves with it and stays as wide: the doubt is the same.
As m² is itself made too large by luck, some of the luck stays in the promise.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["less_luck", "share_kept"]

Floats = npt.NDArray[np.float64]


def share_kept(extra: Floats) -> float:
    """κ of what a search adds, shape (draws,): 0 to 1, and 1 where it adds nothing."""
    mean = float(extra.mean())
    if mean <= 0:
        return 1.0
    return mean**2 / (mean**2 + float(extra.var()))


def less_luck(found: Floats, unsearched: Floats) -> Floats:
    """Draws of what a searched split brings per channel, less what luck adds.

    Parameters
    ----------
    found, unsearched : ndarray, shape (draws, c)
        Outcome of the split that was found, and of the same budget split as now.
    """
    extra = found - unsearched
    kept = share_kept(extra.sum(axis=1))
    return np.asarray(found - (1 - kept) * extra.mean(axis=0))
