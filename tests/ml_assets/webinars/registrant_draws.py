"""Events drawn from registrants who come by their traits, as the model says."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from ml_assets.webinars.events import Floats
from ml_assets.webinars.registrants import RegistrantGroups

#: Intercept, logarithm of days, came last time, stayed away, two channels.
WEIGHTS = np.array([-0.9, -0.25, 0.9, -0.8, -0.3, 0.3])
EVENT_SD, SERIES_SD = 0.3, 0.4


def drawn_events(
    rng: np.random.Generator, count: int, weights: Floats = WEIGHTS
) -> RegistrantGroups:
    """Events of two series, whose registrants are now more of one kind, now another."""
    effects, parts = rng.normal(0, SERIES_SD, 2), []
    series = rng.integers(2, size=count)
    for event in range(count):
        people = _people(rng, int(rng.integers(60, 400)))
        line = weights[0] + people @ weights[1:] + effects[series[event]]
        came = rng.random(len(people)) < expit(line + rng.normal(0, EVENT_SD))
        rows, of, size = np.unique(
            people, axis=0, return_inverse=True, return_counts=True
        )
        shows = np.bincount(of.ravel(), came, len(rows))
        parts.append((rows, size.astype(float), shows, np.full(len(rows), event)))
    features, registrants, shows, event_of = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    names = tuple(str(each) for each in series)
    return RegistrantGroups(
        features, registrants, shows.astype(float), event_of.astype(np.int64), names
    )


def _people(rng: np.random.Generator, count: int) -> Floats:
    last = rng.choice(3, count, p=rng.dirichlet([2, 2, 2]))
    is_paid = rng.random(count) < rng.beta(1.2, 3)
    days = rng.choice([0.5, 2, 5, 10, 20], count)
    columns = (np.log1p(days), last == 0, last == 1, is_paid, ~is_paid)
    return np.column_stack(columns).astype(np.float64)
