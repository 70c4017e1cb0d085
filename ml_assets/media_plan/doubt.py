"""The error that every number of a value response shares: that of the value model.

A mix fitted to predicted values takes them as given. How wrong they all are together is
known from the value model's interval of its own total, and multiplies what the channels
bring: draws of one model times draws of the other.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["SPREAD", "factors", "widened"]

Floats = npt.NDArray[np.float64]

# Half a 90 % interval of a normal, in standard deviations.
SPREAD: Final = 1.6448536269514722


def factors(count: int, error: float) -> Floats:
    """Draws of what to multiply by, mean 1, shape (count,), spread over quantiles.

    Parameters
    ----------
    error : float
        Relative standard deviation; 0 gives ones.
    """
    if error <= 0:
        return np.ones(count)
    sd = np.sqrt(np.log1p(error**2))
    drawn = np.exp(sd * np.random.default_rng(0).standard_normal(count))
    return np.asarray(drawn / drawn.mean())


def widened(table: pd.DataFrame, name: str, error: float) -> pd.DataFrame:
    """The interval of a column widened by a shared relative error.

    Both halves of the interval grow to the root of the sum of squares: errors that have
    nothing to do with each other.
    """
    if error <= 0:
        return table
    middle = table[name]
    shared = (SPREAD * error * middle) ** 2
    below = np.sqrt((middle - table[f"{name}_lower"]) ** 2 + shared)
    above = np.sqrt((table[f"{name}_upper"] - middle) ** 2 + shared)
    return table.assign(
        **{f"{name}_lower": middle - below, f"{name}_upper": middle + above}
    )
