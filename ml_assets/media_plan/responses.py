"""What steady plans bring per day, whatever period the mix was fitted to."""

import numpy as np
import numpy.typing as npt

from ml_assets.mmm import MediaMix

__all__ = ["current_spend", "largest_spend", "responses"]

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
    period = mix.series.period_days
    value, slope = mix.steady_at(period * plans[:, None, :])
    return np.swapaxes(value, 0, 1) / period, np.swapaxes(slope, 0, 1)


def current_spend(mix: MediaMix) -> Floats:
    """Mean spend per day of the last 13 weeks, shape (c,)."""
    return np.asarray(mix.current_spend / mix.series.period_days)


def largest_spend(mix: MediaMix) -> Floats:
    """The most that was spent per day, in any period, shape (c,)."""
    return np.asarray(mix.largest_spend / mix.series.period_days)
