"""Who is to be called first, and by what was known when it was said."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ml_assets.webinars.lead_scores import ACTIONS, score_leads

FIRST = dt.date(2026, 1, 5)
AS_OF = FIRST + dt.timedelta(days=7 * 29 + 3)


def attendees(each: int = 60, base: float = -1.0) -> pd.DataFrame:
    """Thirty weekly webinars: who stays and writes buys."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(30):
        day = FIRST + dt.timedelta(days=7 * number)
        for person in range(each):
            stayed, chats = rng.random(), int(rng.poisson(1))
            chance = 1 / (1 + np.exp(-(base + 3 * (stayed - 0.5) + chats - 1)))
            bought = rng.random() < chance
            rows.append(
                {
                    "webinar_id": f"W{number}",
                    "person_id": f"{number}/{person}",
                    "registrant_id": None,
                    "start_date": day,
                    "is_conversion_over": day + dt.timedelta(days=30) <= AS_OF,
                    "first_bought_on": day + dt.timedelta(days=5) if bought else None,
                    "is_converted": bought,
                    "attended_ratio": stayed,
                    "chat_count": chats,
                    "question_count": 0,
                    "answered_poll_ratio": None,
                    "click_count": 0,
                    "past_webinar_count": 0,
                    "is_customer": False,
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return attendees()


def test_leads_are_those_who_have_not_bought_the_most_probable_first(
    people: pd.DataFrame,
) -> None:
    open_ = people[~people["is_conversion_over"] & people["first_bought_on"].isna()]

    scores = score_leads(people)

    assert scores.refusal is None
    assert set(scores.calls["person_id"]) == set(open_["person_id"])
    assert scores.calls["call_rank"].tolist() == list(range(1, len(open_) + 1))
    assert scores.calls["probability"].is_monotonic_decreasing
    first = scores.calls.iloc[0]
    stayed = open_.set_index("person_id").loc[first["person_id"], "attended_ratio"]
    assert stayed > 0.5
    assert first["action"] == ACTIONS[first["band"]]


def test_bands_tell_what_came_of_those_scored_before(people: pd.DataFrame) -> None:
    scores = score_leads(people)

    bands = {band.name: band for band in scores.bands}
    assert list(bands) == ["high", "medium", "low", "very_low", "called", "others"]
    assert scores.grade is not None
    assert scores.grade.area_under_curve > 0.7
    # Twenty of each webinar that was graded; all bands are the same people.
    graded = scores.grade.people_count
    assert bands["called"].people_count == graded / 3
    assert bands["called"].people_count + bands["others"].people_count == graded
    assert sum(band.people_count for band in scores.bands[:4]) == graded
    assert bands["called"].realised_ratio > bands["others"].realised_upper_ratio


def test_a_grade_is_by_nothing_that_came_later(people: pd.DataFrame) -> None:
    before = score_leads(people).grade
    assert before is not None
    # Other outcomes of the last webinars that are over: nobody was scored by these.
    known = people[people["is_conversion_over"]]
    late = known["start_date"] > known["start_date"].max() - dt.timedelta(days=28)
    changed = people.copy()
    changed.loc[known[late].index, "is_converted"] = ~known.loc[late, "is_converted"]

    after = score_leads(changed).grade

    assert after is not None
    assert after.above_count == before.above_count
    assert after.brier_score != before.brier_score


def test_few_conversions_are_refused_with_their_number() -> None:
    scores = score_leads(attendees(each=4))

    assert scores.calls.empty
    assert scores.bands == ()
    assert scores.refusal is not None
    assert scores.refusal.key == "conversion.too_few"
    assert f"{scores.conversion_count} conversions" in scores.refusal


def test_who_is_a_lead_of_two_webinars_is_called_for_the_later() -> None:
    people = attendees()
    last = people["webinar_id"].isin(["W28", "W29"]) & people["first_bought_on"].isna()
    same = people[last].groupby("webinar_id").cumcount().astype(str)
    people.loc[last, "person_id"] = same

    calls = score_leads(people).calls

    mine = calls[calls["webinar_id"].isin(["W28", "W29"])]
    assert mine["person_id"].is_unique
    assert (mine["webinar_id"] == "W29").sum() == (
        people["webinar_id"][last] == "W29"
    ).sum()
