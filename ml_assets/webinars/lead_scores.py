"""Whom to call first after a webinar, and what came of those said so before.

Attendees are scored the day after by what they did in it. Who bought by then is no
lead, so that minutes after the offer cannot know the outcome. What they did with
e-mails and on the site is a challenger: it counts once it was nearer (decision 0220).
So is who they said they are, beside what counts by then (decision 0224).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence, said
from ml_assets.webinars.conversion import fit_conversion
from ml_assets.webinars.conversion_bands import (
    BANDS,
    Band,
    band_of,
    bands_by_probability,
    says_nobody_is_high,
)
from ml_assets.webinars.conversion_grades import ScoreGrade, grade_scores
from ml_assets.webinars.errors import NotConverged, TooFewConversions
from ml_assets.webinars.lead_signals import (
    says_signals,
    signal_features,
    with_signals,
)
from ml_assets.webinars.lead_traits import says_traits, trait_features
from ml_assets.webinars.leads import Floats, Leads

__all__ = ["ACTIONS", "CAPACITY", "MODEL_VERSION", "LeadScores", "score_leads"]

MODEL_VERSION: Final = "3"
#: People that a team can call after a webinar.
CAPACITY: Final = 20
#: What to do with whom, by band.
ACTIONS: Final = {
    "high": "call_now",
    "medium": "nurture",
    "low": "educate",
    "very_low": "keep_in_touch",
}
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
_CALLS: Final = (
    *("webinar_id", "person_id", "registrant_id"),
    *("probability", "band", "action", "call_rank"),
)


@dataclass(frozen=True)
class LeadScores:
    """Of one company.

    Attributes
    ----------
    calls
        A row per lead, the most probable first: `webinar_id`, `person_id`,
        `registrant_id`, `probability` (0-1), `band`, `action`, `call_rank` (from 1).
        Empty where there is no score.
    bands
        Of those scored before, each by webinars that were over by then: the bands,
        the first of each webinar (`called`) and the `others`. Empty where nobody was.
    grade
        How good these were, None where nobody was scored.
    people_count, conversion_count
        Those whose 30 days are over, and who of them bought.
    refusal
        Why there is no score; None where there is one.
    note
        What to tell of the list, None where nothing.
    signals
        Of how many what they did besides webinars is known, and whether it counts.
    traits
        The same of who they said they are; None where nobody said.
    """

    calls: pd.DataFrame
    bands: tuple[Band, ...]
    grade: ScoreGrade | None
    people_count: int
    conversion_count: int
    refusal: Sentence | None
    note: Sentence | None
    signals: Sentence
    traits: Sentence | None


# Probabilities by what counts beside the webinar: "", "s" signals, "t" traits, "st".
_Ways = Mapping[str, Floats]
_EXTRAS: Final = {"s": signal_features, "t": trait_features}


@dataclass(frozen=True)
class _Scored:
    """A past webinar, scored by those over by then, in each way that was possible."""

    webinar: pd.DataFrame
    ways: _Ways

    def lead(self, rival: str, than: str) -> float:
        """By how much the score of one way was nearer: the difference of Briers."""
        came = _numbers(self.webinar, "is_converted")
        first, second = self.ways[than], self.ways[rival]
        return float(((first - came) ** 2 - (second - came) ** 2).mean())


def score_leads(people: pd.DataFrame) -> LeadScores:
    """Score the leads of a company whose 30 days are not over.

    Who is a lead of two webinars is one of the later; who has bought since is none.

    Parameters
    ----------
    people : DataFrame
        As `marts.webinar_leads`: `webinar_id`, `person_id`, `registrant_id`,
        `start_date`, `is_conversion_over`, `first_bought_on`, `is_converted` and the
        features; a feature that a webinar does not tell is null. `SIGNALS` where a
        source tells them, null of who is no contact; `TRAITS` where they said them.
    """
    order = ["start_date", "webinar_id", "person_id"]
    told = people.sort_values(order, kind="stable").reset_index(drop=True)
    told = with_signals(told)
    is_over = told["is_conversion_over"].astype(bool)
    known = told[is_over]
    still = told[~is_over & told["first_bought_on"].isna()]
    still = still.drop_duplicates("person_id", keep="last")
    refusal, calls = None, pd.DataFrame(columns=list(_CALLS))
    scored = list(_scored_in_time(known))
    way = _chosen(scored)
    others = way.removesuffix("t")
    try:
        calls = _calls(_by_way(_probabilities(known, still), way), still)
    except (TooFewConversions, NotConverged) as failure:
        refusal = said(failure)
    tested = _backtest(scored)
    return LeadScores(
        calls=calls,
        bands=_bands(tested),
        grade=None
        if tested.empty
        else grade_scores(_numbers(tested, "probability"), _numbers(tested, "came")),
        people_count=len(known),
        conversion_count=int(known["is_converted"].sum()),
        refusal=refusal,
        note=None
        if calls.empty
        else says_nobody_is_high(_numbers(calls, "probability")),
        signals=says_signals(told, _is_nearer(scored, "s", "")),
        traits=says_traits(told, _is_nearer(scored, f"{others}t", others)),
    )


def _calls(probabilities: Floats, leads: pd.DataFrame) -> pd.DataFrame:
    found = leads.assign(probability=probabilities)
    found = found.sort_values("probability", ascending=False, kind="stable")
    found["band"] = [_band_name(each) for each in found["probability"]]
    found["action"] = found["band"].map(ACTIONS)
    found["call_rank"] = np.arange(1, len(found) + 1)
    return found[list(_CALLS)]


def _band_name(probability: float) -> str:
    return next(name for name, least in BANDS.items() if probability >= least)


def _backtest(scored: Sequence[_Scored]) -> pd.DataFrame:
    """What each past webinar would have been told, by what was nearer until then."""
    parts = []
    for each in scored:
        day = each.webinar["start_date"].iloc[0]
        over = [one for one in scored if one.webinar["start_date"].iloc[0] <= _by(day)]
        use = _by_way(each.ways, _chosen(over))
        parts.append(
            pd.DataFrame(
                {
                    "probability": use,
                    "came": _numbers(each.webinar, "is_converted"),
                    "call_rank": np.argsort(np.argsort(-use, kind="stable")) + 1,
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _by(day: date) -> date:
    """Webinars until then were over when those of this day were scored."""
    return day + _SCORED - _OUTCOME


def _chosen(scored: Sequence[_Scored]) -> str:
    """What counts: signals if they were nearer, then traits beside what counts."""
    way = ""
    for extra in _EXTRAS:
        if _is_nearer(scored, way + extra, way):
            way += extra
    return way


def _by_way(ways: _Ways, way: str) -> Floats:
    """Where what counts could not be learned, what is left of it."""
    return next(ways[each] for each in (way, way[:1], "") if each in ways)


def _is_nearer(scored: Sequence[_Scored], rival: str, than: str) -> bool | None:
    """Whether a way helped, by more than the standard error; None if nobody knows."""
    both = [each for each in scored if rival in each.ways and than in each.ways]
    leads = np.array([each.lead(rival, than) for each in both])
    if len(leads) < FEWEST_COMPARED:
        return None
    return bool(leads.mean() > leads.std(ddof=1) / np.sqrt(len(leads)))


def _scored_in_time(known: pd.DataFrame) -> Iterator[_Scored]:
    for _, webinar in known.groupby(["start_date", "webinar_id"], sort=True):
        over_by = _by(webinar["start_date"].iloc[0])
        before = known[known["start_date"] <= over_by]
        try:
            yield _Scored(webinar, _probabilities(before, webinar))
        except (TooFewConversions, NotConverged):
            continue


def _probabilities(before: pd.DataFrame, people: pd.DataFrame) -> _Ways:
    """Of these people by those before, in each way for which there is enough.

    Raises
    ------
    TooFewConversions
    NotConverged
    """
    ways = {"": fit_conversion(_leads(before)).probabilities(_features(people))}
    for way in ("s", "t", "st"):
        parts = [_EXTRAS[extra](before, before) for extra in way]
        if not all(names for _, names in parts):
            continue
        leads = Leads(
            np.hstack([_features(before), *(known for known, _ in parts)]),
            (*_FEATURES, *(name for _, names in parts for name in names)),
            _numbers(before, "is_converted"),
        )
        try:
            score = fit_conversion(leads)
        except (TooFewConversions, NotConverged):
            continue
        told = [_EXTRAS[extra](people, before)[0] for extra in way]
        ways[way] = score.probabilities(np.hstack([_features(people), *told]))
    return ways


def _bands(tested: pd.DataFrame) -> tuple[Band, ...]:
    if tested.empty:
        return ()
    is_called = tested["call_rank"] <= CAPACITY
    parts = (("called", tested[is_called]), ("others", tested[~is_called]))
    return (
        *bands_by_probability(
            _numbers(tested, "probability"), _numbers(tested, "came")
        ),
        *(
            band_of(name, _numbers(part, "probability"), _numbers(part, "came"))
            for name, part in parts
        ),
    )


def _leads(people: pd.DataFrame) -> Leads:
    return Leads(_features(people), _FEATURES, _numbers(people, "is_converted"))


def _features(people: pd.DataFrame) -> Floats:
    """Shape (people, features); what a webinar does not tell is as half of it."""
    numbers = people[list(_FEATURES)].astype(float)
    for name, most in _MOST.items():
        numbers[name] = numbers[name].clip(upper=most)
    return np.asarray(numbers.fillna(0.5), dtype=np.float64)


def _numbers(rows: pd.DataFrame, column: str) -> Floats:
    return np.asarray(rows[column].astype(float), dtype=np.float64)
