"""Whom to call first: bands by calibrated probability, and a list by capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml_assets.measurement.shares import wilson_interval
from ml_assets.sentences import Sentence
from ml_assets.webinars.leads import Floats

__all__ = [
    "BANDS",
    "Band",
    "band_of",
    "bands_by_probability",
    "first_to_call",
    "says_nobody_is_high",
]

#: Bands and the probability each begins at.
BANDS: Final = {"high": 0.8, "medium": 0.6, "low": 0.4, "very_low": 0.0}
_FULL = 0.6
_Z = 1.959964


@dataclass(frozen=True)
class Band:
    """People of alike probability, and what came of them.

    Attributes
    ----------
    people_count, conversion_count
        How many are in it, how many of them converted.
    mean_probability_ratio
        What was said of them, NaN of nobody.
    realised_ratio, realised_lower_ratio, realised_upper_ratio
        What came, with Wilson's 95 % interval; NaN of nobody.
    """

    name: str
    people_count: int
    conversion_count: int
    mean_probability_ratio: float
    realised_ratio: float
    realised_lower_ratio: float
    realised_upper_ratio: float


def bands_by_probability(probabilities: Floats, converted: Floats) -> tuple[Band, ...]:
    """Each band, also those nobody is in.

    Parameters
    ----------
    probabilities, converted
        Shape (people,): what was said, and 1 or 0 for what came.
    """
    found, below = [], np.inf
    for name, least in BANDS.items():
        mine = (probabilities >= least) & (probabilities < below)
        found.append(band_of(name, probabilities[mine], converted[mine]))
        below = least
    return tuple(found)


def first_to_call(
    probabilities: Floats, converted: Floats, capacity: int
) -> tuple[Band, Band]:
    """As many as can be called, the most probable first; and all the others."""
    order = np.argsort(-probabilities, kind="stable")
    called, others = order[:capacity], order[capacity:]
    return (
        band_of("called", probabilities[called], converted[called]),
        band_of("others", probabilities[others], converted[others]),
    )


def says_nobody_is_high(probabilities: Floats) -> Sentence | None:
    """What to tell who looks for a list that is empty; None where it is not."""
    highest = float(probabilities.max()) if probabilities.size else 0.0
    if highest >= _FULL:
        return None
    return Sentence(
        "conversion.nobody_is_high",
        "No lead reaches a probability of {full:.0%}; the highest is {highest:.0%}. "
        "Call by order, as many as there is time for.",
        full=_FULL,
        highest=highest,
    )


def band_of(name: str, said: Floats, came: Floats) -> Band:
    """A band of what was said, shape (people,), and what came of it, 1 or 0."""
    count = len(said)
    share = float(came.mean()) if count else float("nan")
    lower, upper = wilson_interval([share], [count], _Z)
    return Band(
        name,
        count,
        int(came.sum()),
        float(said.mean()) if count else float("nan"),
        share,
        float(lower[0]),
        float(upper[0]),
    )
