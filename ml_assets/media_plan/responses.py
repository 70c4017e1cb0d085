"""What steady plans bring, for many plans at once."""

import numpy as np
import numpy.typing as npt

from ml_assets.mmm import MediaMix

__all__ = ["responses"]

Floats = npt.NDArray[np.float64]


def responses(mix: MediaMix, plans: Floats) -> tuple[Floats, Floats]:
    """Long-run outcome per day of plans, and of one more unit of spend in them.

    Parameters
    ----------
    plans : ndarray, shape (m, c)
        Spend per day.

    Returns
    -------
    tuple
        Of shapes (draws, m, c), in the units of the table.
    """
    value, slope = mix.steady_at(plans[:, None, :])
    return np.swapaxes(value, 0, 1), np.swapaxes(slope, 0, 1)
