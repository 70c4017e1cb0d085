"""Whom to call first after a webinar, and what came of those said so before.

Attendees are scored the day after by what they did in it. Who bought by then is no
lead, so that minutes after the offer cannot know the outcome. What they did with
e-mails and on the site is a challenger: it counts once it was nearer (decision 0220).
So is who they said they are, and the channel they came by, beside what counts by then
(decision 0224).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence, said
from ml_assets.webinars.conversion_bands import (
    BANDS,
    Band,
    band_of,
    bands_by_probability,
    says_nobody_is_high,
)
from ml_assets.webinars.conversion_grades import ScoreGrade, grade_scores
from ml_assets.webinars.errors import NotConverged, TooFewConversions
from ml_assets.webinars.lead_signals import says_signals, with_signals
from ml_assets.webinars.lead_traits import says_channels, says_traits
from ml_assets.webinars.lead_ways import (
    Scored,
    by_way,
    chosen_way,
    helps,
    numbers_of,
    over_when,
    probabilities,
    scored_in_time,
)
from ml_assets.webinars.leads import Floats

__all__ = ["ACTIONS", "CAPACITY", "MODEL_VERSION", "LeadScores", "score_leads"]

MODEL_VERSION: Final = "4"
#: People that a team can call after a webinar.
CAPACITY: Final = 20
#: What to do with whom, by band.
ACTIONS: Final = {
    "high": "call_now",
    "medium": "nurture",
    "low": "educate",
    "very_low": "keep_in_touch",
}
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
    channels
        The same of the channel they came by; None where of nobody.
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
    channels: Sentence | None


def score_leads(people: pd.DataFrame) -> LeadScores:
    """Score the leads of a company whose 30 days are not over.

    Who is a lead of two webinars is one of the later; who has bought since is none.

    Parameters
    ----------
    people : DataFrame
        As `marts.webinar_leads`: `webinar_id`, `person_id`, `registrant_id`,
        `start_date`, `is_conversion_over`, `first_bought_on`, `is_converted` and the
        features; a feature that a webinar does not tell is null. `SIGNALS` where a
        source tells them, null of who is no contact; `TRAITS` where they said them and
        `CHANNELS`, null where not known.
    """
    order = ["start_date", "webinar_id", "person_id"]
    told = people.sort_values(order, kind="stable").reset_index(drop=True)
    told = with_signals(told)
    is_over = told["is_conversion_over"].astype(bool)
    known = told[is_over]
    still = told[~is_over & told["first_bought_on"].isna()]
    still = still.drop_duplicates("person_id", keep="last")
    refusal, calls = None, pd.DataFrame(columns=list(_CALLS))
    scored = list(scored_in_time(known))
    way = chosen_way(scored)
    try:
        calls = _calls(by_way(probabilities(known, still), way), still)
    except (TooFewConversions, NotConverged) as failure:
        refusal = said(failure)
    tested = _backtest(scored)
    return LeadScores(
        calls=calls,
        bands=_bands(tested),
        grade=None
        if tested.empty
        else grade_scores(
            numbers_of(tested, "probability"), numbers_of(tested, "came")
        ),
        people_count=len(known),
        conversion_count=int(known["is_converted"].sum()),
        refusal=refusal,
        note=None
        if calls.empty
        else says_nobody_is_high(numbers_of(calls, "probability")),
        signals=says_signals(told, helps(scored, way, "s")),
        traits=says_traits(told, helps(scored, way, "t")),
        channels=says_channels(told, helps(scored, way, "c")),
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


def _backtest(scored: Sequence[Scored]) -> pd.DataFrame:
    """What each past webinar would have been told, by what was nearer until then."""
    parts = []
    for each in scored:
        day = each.webinar["start_date"].iloc[0]
        over = [
            one for one in scored if one.webinar["start_date"].iloc[0] <= over_when(day)
        ]
        use = by_way(each.ways, chosen_way(over))
        parts.append(
            pd.DataFrame(
                {
                    "probability": use,
                    "came": numbers_of(each.webinar, "is_converted"),
                    "call_rank": np.argsort(np.argsort(-use, kind="stable")) + 1,
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _bands(tested: pd.DataFrame) -> tuple[Band, ...]:
    if tested.empty:
        return ()
    is_called = tested["call_rank"] <= CAPACITY
    parts = (("called", tested[is_called]), ("others", tested[~is_called]))
    return (
        *bands_by_probability(
            numbers_of(tested, "probability"), numbers_of(tested, "came")
        ),
        *(
            band_of(name, numbers_of(part, "probability"), numbers_of(part, "came"))
            for name, part in parts
        ),
    )
