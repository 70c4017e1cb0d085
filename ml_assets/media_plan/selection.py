"""What a split that was searched for may promise: less than it seems to bring.

The split that looks best among many looks so in part by luck. The doubt of the data is
in every draw alike, so draws that are kept aside from the search do not tell how much.
What the search adds, of mean m and variance s² over the draws, is therefore read as one
measurement of a gain that is normal around 0 with a variance v nobody knows. As m²
is on average v + s², the share of it that is no luck is κ = 1 - s² / m², or nothing
where m is within its own doubt (the positive part of James and Stein's estimate:
Efron and Morris 1973, doi:10.1080/01621459.1973.10481350).

κ m is expected, and nobody knows of one company how much was luck: a share κ of the
draws keeps what the search adds, the others lose m and keep their doubt. The interval
holds both, so that what proves to be no luck is inside it as well.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["less_luck", "share_kept"]

Floats = npt.NDArray[np.float64]

# Multiples of the golden ratio, without their whole part, fill 0 to 1 evenly: whichever
# draws are next to each other in a chain, the same share of them is kept.
_GOLDEN: Final = (np.sqrt(5) - 1) / 2


def share_kept(extra: Floats) -> float:
    """κ of what a search adds, shape (draws,): 0 to 1, and 1 where it adds nothing."""
    mean = float(extra.mean())
    if mean <= 0:
        return 1.0
    return max(0.0, 1 - float(extra.var()) / mean**2)


def less_luck(found: Floats, unsearched: Floats) -> Floats:
    """Draws of what a searched split brings per channel, less what luck adds.

    Parameters
    ----------
    found, unsearched : ndarray, shape (draws, c)
        Outcome of the split that was found, and of the same budget split as now.
    """
    extra = found - unsearched
    kept = share_kept(extra.sum(axis=1))
    is_luck = np.arange(1, len(extra) + 1) * _GOLDEN % 1 >= kept
    # Exactly κ m is left on average, however many draws there are.
    kept_mean = 1 - is_luck.mean()
    luck = is_luck[:, None] + (kept_mean - kept)
    return np.asarray(found - luck * extra.mean(axis=0))
