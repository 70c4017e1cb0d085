"""What surrounds a webinar, as its file tells it, moves how many come.

logit(share_e) = logit(share of its series) + x_e'b + noise, x the standardised factors,
b by ridge regression on past events. The forecast by series is moved by x'b: a count k
of n goes to n expit(logit(k / n) + x'b).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import expit, logit

from ml_assets.webinars.attendance import AttendanceForecast, forecast_of_chances
from ml_assets.webinars.events import Events, Floats

__all__ = ["FACTORS", "FEWEST_EVENTS", "factor_shift", "moved"]

#: Columns of a file of webinars; none of them is needed.
FACTORS: Final = (
    *("competitor_activity_score", "weather_factor"),
    *("news_sentiment", "economic_indicators"),
)
#: Past events that tell a factor, below which nothing is made of it.
FEWEST_EVENTS: Final = 30
_PENALTY: Final = 10.0


def factor_shift(past: Events, factors: Floats, now: Floats) -> float | None:
    """The next event's x'b, in logits; None where it or the past tells too little.

    Parameters
    ----------
    past
        Events that took place before.
    factors
        Shape (events, factors): theirs, NaN where nobody says.
    now
        Shape (factors,): of the event to come.
    """
    usable = (np.isfinite(factors).sum(axis=0) >= FEWEST_EVENTS) & np.isfinite(now)
    usable &= np.nan_to_num(factors).std(axis=0) > 0
    if not usable.any():
        return None
    told = factors[:, usable]
    centre, scale = np.nanmean(told, axis=0), np.nanstd(told, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    # What is not told is as the mean, which says nothing.
    z = np.nan_to_num((told - centre) / scale)
    apart = _apart_from_series(past)
    ridge = z.T @ z + _PENALTY * np.eye(z.shape[1])
    weights = np.linalg.solve(ridge, z.T @ apart)
    return float((now[usable] - centre) / scale @ weights)


def _apart_from_series(past: Events) -> Floats:
    """Logits of the shares that came, less the mean of their series."""
    shares = logit((past.shows + 0.5) / (past.registrants + 1))
    names = np.asarray(past.series, dtype=object)
    apart = np.empty(len(past))
    for name in dict.fromkeys(past.series):
        mine = names == name
        apart[mine] = shares[mine] - shares[mine].mean()
    return apart


def moved(forecast: AttendanceForecast, shift: float) -> AttendanceForecast:
    """The forecast with each share moved by ``shift`` logits, its chances kept."""
    most = forecast.registrants
    shares = (np.arange(most + 1) + 0.5) / (most + 1)
    places = expit(logit(shares) + shift) * (most + 1) - 0.5
    below = np.clip(np.floor(places), 0, most).astype(int)
    above = np.minimum(below + 1, most)
    part = np.clip(places - below, 0, 1)
    chances = np.zeros(most + 1)
    np.add.at(chances, below, forecast.chances * (1 - part))
    np.add.at(chances, above, forecast.chances * part)
    return forecast_of_chances(chances)
