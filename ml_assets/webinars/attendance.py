"""How many of those registered will come, with an interval that is kept.

Event e of series s: shows_e ~ BetaBinomial(n_e, mu_s B, (1 - mu_s) B), and of the
series mu_s ~ Beta(m A, (1 - m) A). B says how alike the events of a series are, A how
alike the series. What m, A and B may be is weighed on a grid by how well they explain
all past events (decision 0116): with few of them the best values alone would promise
too narrow an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import betaln, expit, gammaln, logsumexp

from ml_assets.webinars.errors import InvalidEvents, TooFewEvents
from ml_assets.webinars.events import Events, Floats

__all__ = [
    "FEWEST_EVENTS",
    "INTERVAL",
    "AttendanceForecast",
    "forecast_attendance",
    "forecast_of_chances",
]

#: Below so many past events there is no forecast.
FEWEST_EVENTS: Final = 3
#: Share of events whose attendance is to lie within the interval.
INTERVAL: Final = 0.8

# Grids: means are even in logits, strengths in logarithms. 3 is as varied as shares
# drawn from anywhere, 1,000 as alike as chance leaves shares of some thousand people.
_SERIES_MEAN: Final = expit(np.linspace(-5, 5, 121))
_MEAN: Final = expit(np.linspace(-4, 4, 41))
_STRENGTH: Final = np.exp(np.linspace(np.log(3), np.log(1000), 10))
# Weights below this share of the largest change no count.
_NEGLIGIBLE = 1e-5


@dataclass(frozen=True)
class AttendanceForecast:
    """Live attendees of an event to come.

    Attributes
    ----------
    chances
        Shape (registrants + 1,): probability of each count.
    expected, median, lower, upper
        People; the ends are the quantiles .10 and .90.
    """

    chances: Floats
    expected: float
    median: int
    lower: int
    upper: int

    @property
    def registrants(self) -> int:
        """People registered at the start."""
        return len(self.chances) - 1


def forecast_of_chances(chances: Floats) -> AttendanceForecast:
    """A forecast of the probabilities of 0, 1, ... attendees."""
    below = np.cumsum(chances)
    tail = (1 - INTERVAL) / 2
    lower, median, upper = (
        int(np.searchsorted(below, share - 1e-12)) for share in (tail, 0.5, 1 - tail)
    )
    most = len(chances) - 1
    expected = float(chances @ np.arange(most + 1))
    return AttendanceForecast(
        chances, expected, min(median, most), min(lower, most), min(upper, most)
    )


def forecast_attendance(
    past: Events, registrants: int, series: str
) -> AttendanceForecast:
    """Attendees of the next event of ``series`` with so many registrants.

    A series without a past is one drawn among the others.

    Parameters
    ----------
    past
        Events that took place before, of all series.
    registrants
        People registered at the start; an expectation of it before registration closes.

    Raises
    ------
    TooFewEvents
        Fewer than three past events.
    InvalidEvents
        Nobody is registered.

    References
    ----------
    Gelman et al., Bayesian Data Analysis, chapter 5: the same of groups, a level less.
    """
    if len(past) < FEWEST_EVENTS:
        raise TooFewEvents(
            f"{len(past)} past events: from {FEWEST_EVENTS} on their attendance says "
            "what to expect. Load older ones, or wait."
        )
    if registrants < 1:
        raise InvalidEvents("Nobody is registered: there is nobody to come.")
    weights = _series_weights(past, series)
    return forecast_of_chances(_mixed_chances(weights, registrants))


def _series_weights(past: Events, series: str) -> Floats:
    """How probable each (mu_s, B) is of the series: shape (means, strengths)."""
    prior = _of_series_means()
    a, b = _shapes()
    total = np.zeros((_MEAN.size, _STRENGTH.size, _STRENGTH.size))
    mine = prior[..., None]
    for name, n, k in past.by_series():
        events = (
            betaln(k + a[..., None], n - k + b[..., None]) - betaln(a, b)[..., None]
        )
        joint = prior[..., None] + events.sum(axis=-1)
        if name == series:
            mine = joint
        total += logsumexp(joint, axis=2)
    total -= logsumexp(total)
    # The series' own share of the likelihood is in the total already.
    given = mine - logsumexp(mine, axis=2, keepdims=True)
    return np.asarray(np.exp(logsumexp(given + total[:, :, None, :], axis=(0, 1))))


def _of_series_means() -> Floats:
    """Log probability of mu_s on its grid for each (m, A), the step of logits in it."""
    a = _MEAN[:, None] * _STRENGTH
    b = (1 - _MEAN[:, None]) * _STRENGTH
    log = a[..., None] * np.log(_SERIES_MEAN) + b[..., None] * np.log1p(-_SERIES_MEAN)
    return np.asarray(log - logsumexp(log, axis=-1, keepdims=True))


def _shapes() -> tuple[Floats, Floats]:
    return (
        _SERIES_MEAN[:, None] * _STRENGTH,
        (1 - _SERIES_MEAN[:, None]) * _STRENGTH,
    )


def _mixed_chances(weights: Floats, registrants: int) -> Floats:
    """Of each count: beta-binomials of all (mu_s, B), by their weights."""
    a, b = _shapes()
    counts = np.arange(registrants + 1, dtype=np.float64)
    ways = gammaln(registrants + 1) - gammaln(counts + 1)
    ways -= gammaln(registrants - counts + 1)
    chances = np.zeros(registrants + 1)
    for at in np.argwhere(weights > _NEGLIGIBLE * weights.max()):
        i, j = int(at[0]), int(at[1])
        log = ways + betaln(counts + a[i, j], registrants - counts + b[i, j])
        chances += weights[i, j] * np.exp(log - betaln(a[i, j], b[i, j]))
    return np.asarray(chances / chances.sum())
