"""How far off what is looked at daily must be, for so many false alarms a quarter."""

from __future__ import annotations

from functools import cache
from math import exp, pi, sqrt
from typing import Final

__all__ = ["FALSE_ALARMS", "MOST_FALSE_ALARMS", "alarm_threshold", "false_alarm_rate"]

#: False alarms a quarter that a company puts up with, of all that is looked at daily.
FALSE_ALARMS: Final = 1.0
#: From here on a threshold would be chance itself.
MOST_FALSE_ALARMS: Final = 4.0

_QUARTER_DAYS = 91
# Of Siegmund's correction: a walk passes a line between two looks, not on it.
_OVERSHOOT = 0.583
_LEAST, _MOST, _HALVINGS = 1.0, 12.0, 60


def false_alarm_rate(threshold: float, window_days: float) -> float:
    """How often a quarter the sum of a moving window is too far off, by chance alone.

    For a stationary normal series of unit variance whose correlation falls from 1 as
    1 - lag / w, looked at daily, on either side: it begins to be above z at a rate of
    z f(z) exp(-0.583 z sqrt(2 / w)) / w a day, f the normal density.

    Parameters
    ----------
    threshold
        z, standard deviations.
    window_days
        w, days of the window.

    References
    ----------
    Siegmund (1985), Sequential Analysis, chapters IX and X.
    """
    density = exp(-(threshold**2) / 2) / sqrt(2 * pi)
    missed = exp(-_OVERSHOOT * threshold * sqrt(2 / window_days))
    return 2 * _QUARTER_DAYS * threshold * density * missed / window_days


@cache
def alarm_threshold(window_days: float, rate: float) -> float:
    """Standard deviations from which on a window is told, ``rate`` times a quarter.

    Several series or windows share a rate: their alarms together are at most the sum,
    whatever they have in common.

    Raises
    ------
    ValueError
        ``rate`` is not positive, or no threshold above one deviation is as lax.
    """
    if not 0 < rate <= false_alarm_rate(_LEAST, window_days):
        raise ValueError(
            f"{rate} false alarms a quarter of a window of {window_days} days: "
            "write one that is above 0 and at most 4 of all windows together."
        )
    low, high = _LEAST, _MOST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if false_alarm_rate(middle, window_days) > rate:
            low = middle
        else:
            high = middle
    return high
