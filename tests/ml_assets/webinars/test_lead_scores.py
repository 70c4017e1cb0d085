"""Who is to be called first, and by what was known when it was said."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ml_assets.webinars.lead_scores import ACTIONS, score_leads
from ml_assets.webinars.lead_traits import trait_features

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


def with_mail(people: pd.DataFrame, *, tells: bool) -> pd.DataFrame:
    """Two of three are contacts; of these, clicks tell who buys, or nothing does."""
    rng = np.random.default_rng(5)
    is_contact = rng.random(len(people)) < 2 / 3
    chance = np.where(people["is_converted"] & tells, 0.8, 0.15)
    clicks = (rng.random(len(people)) < chance).astype(float)
    return people.assign(
        email_open_count=np.where(is_contact, 0.0, np.nan),
        email_click_count=np.where(is_contact, clicks, np.nan),
        visit_count=np.where(is_contact, 0.0, np.nan),
    )


def test_what_nobody_tells_changes_no_score(people: pd.DataFrame) -> None:
    silent = people.assign(
        email_open_count=np.nan, email_click_count=0.0, visit_count=np.nan
    )

    plain, same = score_leads(people), score_leads(silent)

    pd.testing.assert_frame_equal(same.calls, plain.calls)
    assert (same.bands, same.grade) == (plain.bands, plain.grade)
    assert str(same.signals) == str(plain.signals)
    assert "E-mails opened and clicked: not told of anybody." in plain.signals
    assert "Website: not told of anybody. Social networks: no source" in plain.signals


def test_mails_count_once_they_were_nearer(people: pd.DataFrame) -> None:
    plain = score_leads(people)

    helped = score_leads(with_mail(people, tells=True))
    useless = score_leads(with_mail(people, tells=False))

    assert helped.grade is not None
    assert plain.grade is not None
    assert helped.grade.brier_score < plain.grade.brier_score
    assert "They count" in helped.signals
    assert "Website: not told of anybody." in helped.signals
    pd.testing.assert_frame_equal(useless.calls, plain.calls)
    assert useless.grade == plain.grade
    assert "They do not count" in useless.signals


def test_whether_mails_help_is_asked_of_ten_webinars(people: pd.DataFrame) -> None:
    few = people[people["webinar_id"].isin([f"W{n}" for n in range(16)])]
    told = with_mail(few, tells=True)

    scores, plain = score_leads(told), score_leads(few)

    assert "too few webinars" in scores.signals
    pd.testing.assert_frame_equal(scores.calls, plain.calls)
    known = int(told["email_click_count"].notna().sum())
    assert f"known of {known} of {len(few)} attendees" in scores.signals


def with_traits(people: pd.DataFrame, *, tells: bool) -> pd.DataFrame:
    """Three industries of which one buys more, or as much as the others."""
    rng = np.random.default_rng(11)
    buys = people["is_converted"].to_numpy(bool) & tells
    bank = rng.random(len(people)) < np.where(buys, 0.7, 0.2)
    others = rng.choice(["Retail", " retail ", "School"], len(people))
    return people.assign(
        industry=np.where(bank, "Bank", others),
        company_size=rng.choice(["1-10", "11-50"], len(people)),
    )


def test_who_they_said_they_are_counts_once_it_was_nearer(
    people: pd.DataFrame,
) -> None:
    plain = score_leads(people)

    helped = score_leads(with_traits(people, tells=True))
    useless = score_leads(with_traits(people, tells=False))

    assert plain.traits is None
    assert helped.grade is not None
    assert plain.grade is not None
    assert helped.grade.brier_score < plain.grade.brier_score
    assert str(helped.traits) == (
        "Of 1,800 attendees industry is known of 1,800, size of company of 1,800, "
        "position of 0. They count: of past webinars the score was nearer with them."
    )
    pd.testing.assert_frame_equal(useless.calls, plain.calls)
    assert useless.grade == plain.grade
    assert "They do not count" in str(useless.traits)


def test_traits_are_held_against_what_counts_already(people: pd.DataFrame) -> None:
    both = with_traits(with_mail(people, tells=True), tells=True)
    mail = score_leads(with_mail(people, tells=True))

    scores = score_leads(both)

    assert scores.grade is not None
    assert mail.grade is not None
    assert scores.grade.brier_score < mail.grade.brier_score
    assert "They count" in scores.signals
    assert "They count" in str(scores.traits)


def test_channels_count_beside_what_counts_already(people: pd.DataFrame) -> None:
    rng = np.random.default_rng(17)
    buys = people["is_converted"].to_numpy(bool)
    usual = np.where(rng.random(len(people)) < 0.5, "email", "direct")
    helpful = np.where(rng.random(len(people)) < 0.2 + 0.5 * buys, "linkedin", usual)
    # Of a third nobody knows where they came from.
    unknown = rng.random(len(people)) < 0.33
    told = people.assign(channel_id=pd.Series(helpful).mask(unknown))
    known = int(told["channel_id"].notna().sum())

    plain, scores = score_leads(people), score_leads(told)
    useless = score_leads(people.assign(channel_id=usual))

    assert plain.channels is None
    assert plain.grade is not None
    assert scores.grade is not None
    assert scores.grade.brier_score < plain.grade.brier_score
    assert f"known of {known:,} of 1,800 attendees. They count" in str(scores.channels)
    assert (scores.traits, useless.grade) == (None, plain.grade)
    assert "They do not count" in str(useless.channels)


def test_words_are_features_by_how_often_they_were_said() -> None:
    before = pd.DataFrame(
        {
            "industry": ["a"] * 50 + [" B"] * 40 + ["c"] * 30 + ["rare"] * 29,
            "company_size": [None] * 149,
        }
    )
    people = pd.DataFrame({"industry": ["b", "C ", "a", "rare", None, "new"]})

    found, names = trait_features(people, before)

    assert names == ("industry_1", "industry_2")
    assert found.tolist() == [[1, 0], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0]]
