"""Rounded parts that still add up to the rounded whole."""

import numpy as np

from ml_assets.attribution.paths import Floats

__all__ = ["rounded_parts"]


def rounded_parts(parts: Floats, places: int) -> Floats:
    """Parts [n] rounded to `places` decimals, adding up to their rounded sum.

    The method of largest remainders (Hamilton): all are rounded down, and the units
    then missing go to those that lost most. No part moves by a unit or more.
    """
    units = np.asarray(parts) * 10.0**places
    # A part that is whole but for the noise of floating point is whole.
    near = np.rint(units)
    units = np.where(np.isclose(units, near, rtol=1e-14, atol=1e-6), near, units)
    whole = np.floor(units)
    missing = int(np.rint(units.sum()) - whole.sum())
    if missing > 0:
        whole[np.argsort(whole - units, kind="stable")[:missing]] += 1
    return np.asarray(whole / 10.0**places)
