"""Scores of past webinars, each in every way that what is known of people allows.

A way is what counts beside what people did in the webinar: "" nothing, "s" signals,
"t" what they said they are, "c" the channel they came by, and what is made of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.webinars.conversion import fit_conversion
from ml_assets.webinars.errors import NotConverged, TooFewConversions
from ml_assets.webinars.lead_signals import signal_features
from ml_assets.webinars.lead_traits import CHANNELS, trait_features
from ml_assets.webinars.leads import Floats, Leads

__all__ = [
    "FEWEST_COMPARED",
    "Scored",
    "by_way",
    "chosen_way",
    "helps",
    "numbers_of",
    "over_when",
    "probabilities",
    "scored_in_time",
]

#: Webinars that must have been scored with something and without before it is asked
#: which was nearer.
FEWEST_COMPARED: Final = 10
_OUTCOME: Final = timedelta(days=30)
_SCORED: Final = timedelta(days=1)
# What is done once or thrice says all: the same caps as of engagement.
_MOST: Final = {"chat_count": 3, "question_count": 1, "click_count": 1}
_FEATURES: Final = (
    *("attended_ratio", "chat_count", "question_count", "answered_poll_ratio"),
    *("click_count", "past_webinar_count", "is_customer"),
)

_Told = Callable[[pd.DataFrame, pd.DataFrame], tuple[Floats, tuple[str, ...]]]
# Probabilities by what counts beside the webinar: "", "s" signals, "st" and traits ...
_Ways = Mapping[str, Floats]
_EXTRAS: Final[Mapping[str, _Told]] = {
    "s": signal_features,
    "t": trait_features,
    "c": partial(trait_features, traits=CHANNELS),
}
_WAYS: Final = tuple(
    "".join(way) for count in (1, 2, 3) for way in combinations(_EXTRAS, count)
)


@dataclass(frozen=True)
class Scored:
    """A past webinar, scored by those over by then, in each way that was possible."""

    webinar: pd.DataFrame
    ways: _Ways

    def lead(self, rival: str, than: str) -> float:
        """By how much the score of one way was nearer: the difference of Briers."""
        came = numbers_of(self.webinar, "is_converted")
        first, second = self.ways[than], self.ways[rival]
        return float(((first - came) ** 2 - (second - came) ** 2).mean())


def over_when(day: date) -> date:
    """Webinars until then were over when those of this day were scored."""
    return day + _SCORED - _OUTCOME


def chosen_way(scored: Sequence[Scored]) -> str:
    """What counts: signals if they were nearer, then traits beside these, channels."""
    way = ""
    for extra in _EXTRAS:
        if _is_nearer(scored, way + extra, way):
            way += extra
    return way


def helps(scored: Sequence[Scored], way: str, extra: str) -> bool | None:
    """Whether it was nearer beside what counts before it."""
    names = "".join(_EXTRAS)
    before = "".join(name for name in way if names.index(name) < names.index(extra))
    return _is_nearer(scored, before + extra, before)


def by_way(ways: _Ways, way: str) -> Floats:
    """Where what counts could not be learned, what is left of it."""
    parts = (way[:count] for count in range(len(way), -1, -1))
    return next(ways[each] for each in parts if each in ways)


def _is_nearer(scored: Sequence[Scored], rival: str, than: str) -> bool | None:
    """Whether a way helped, by more than the standard error; None if nobody knows."""
    both = [each for each in scored if rival in each.ways and than in each.ways]
    leads = np.array([each.lead(rival, than) for each in both])
    if len(leads) < FEWEST_COMPARED:
        return None
    return bool(leads.mean() > leads.std(ddof=1) / np.sqrt(len(leads)))


def scored_in_time(known: pd.DataFrame) -> Iterator[Scored]:
    """Each past webinar, scored by those that were over when it was held."""
    for _, webinar in known.groupby(["start_date", "webinar_id"], sort=True):
        over_by = over_when(webinar["start_date"].iloc[0])
        before = known[known["start_date"] <= over_by]
        try:
            yield Scored(webinar, probabilities(before, webinar))
        except (TooFewConversions, NotConverged):
            continue


def probabilities(before: pd.DataFrame, people: pd.DataFrame) -> _Ways:
    """Of these people by those before, in each way for which there is enough.

    Raises
    ------
    TooFewConversions
    NotConverged
    """
    ways = {"": fit_conversion(_leads(before)).probabilities(_features(people))}
    for way in _WAYS:
        parts = [_EXTRAS[extra](before, before) for extra in way]
        if not all(names for _, names in parts):
            continue
        leads = Leads(
            np.hstack([_features(before), *(known for known, _ in parts)]),
            (*_FEATURES, *(name for _, names in parts for name in names)),
            numbers_of(before, "is_converted"),
        )
        try:
            score = fit_conversion(leads)
        except (TooFewConversions, NotConverged):
            continue
        told = [_EXTRAS[extra](people, before)[0] for extra in way]
        ways[way] = score.probabilities(np.hstack([_features(people), *told]))
    return ways


def _leads(people: pd.DataFrame) -> Leads:
    return Leads(_features(people), _FEATURES, numbers_of(people, "is_converted"))


def _features(people: pd.DataFrame) -> Floats:
    """Shape (people, features); what a webinar does not tell is as half of it."""
    numbers = people[list(_FEATURES)].astype(float)
    for name, most in _MOST.items():
        numbers[name] = numbers[name].clip(upper=most)
    return np.asarray(numbers.fillna(0.5), dtype=np.float64)


def numbers_of(rows: pd.DataFrame, column: str) -> Floats:
    """A column; shape (rows,)."""
    return np.asarray(rows[column].astype(float), dtype=np.float64)
