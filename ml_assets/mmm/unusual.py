"""Periods of many times the usual sales: an event, which no curve can be learned from.

One such period outweighs all others in every sum of squares. It is given a column of
its own, which takes all of it out of what curves are learned from, and it is told.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml_assets.mmm.adstock import Floats

__all__ = ["Unusual", "unusual_periods"]

_TIMES = 5.0
_AROUND_DAYS = 91


class Unusual(NamedTuple):
    """Position of a period, and its outcome in multiples of the usual around it."""

    position: int
    times: float


def unusual_periods(
    outcome: Floats, named: npt.NDArray[np.bool_], period_days: int
) -> list[Unusual]:
    """Periods above five times the median of the 13 weeks before and after.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    named : ndarray of bool, shape (n,)
        What the calendar knows already as an event of its own.
    """
    reach = max(1, _AROUND_DAYS // period_days)
    found = []
    for position in np.flatnonzero(~named & (outcome > 0)).tolist():
        around = outcome[max(0, position - reach) : position + reach + 1]
        usual = float(np.median(around))
        if usual > 0 and outcome[position] > _TIMES * usual:
            found.append(Unusual(position, float(outcome[position] / usual)))
    return found
