"""What was thought and offered, posts of networks, and websites that answer or not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from scipy import stats

from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_marketing import land
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import registrant, visit, webinar, webinar_file

DAY = "2026-03-10"
RATINGS = (9, 8, 7, 10, 6)


def at(time: str, day: str = DAY) -> str:
    return f"{day} {time}+00"


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> Pair:
    pair = warehouse.add_pair()
    for company in (pair.acme, pair.bolt):
        people, money = (5, "EUR") if company == pair.acme else (1, "CLP")
        warehouse.load(company, *_webinar(people, money), *_told(people))
    for company, views in ((pair.acme, 1200), (pair.bolt, 40)):
        _land_posts(warehouse, company, views)
    warehouse.execute(
        """insert into raw_probe.uptime_checks values
        (%s, 'a.test', '2026-03-10 10:00+00', false, 503, 90, 'status'),
        (%s, 'a.test', '2026-03-10 10:05+00', true, 200, 80, null)""",
        [pair.acme, pair.bolt],
    )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of={pair.acme: "2026-04-10", pair.bolt: "2026-03-30"},
        only=[
            *("webinar_satisfaction", "webinar_offers", "webinar_engagements"),
            "webinar_contents",
            *("social_channel_months", "uptime_days"),
        ],
    )
    return pair


def _webinar(people: int, money: str) -> list[RawFile]:
    """Everybody of p0 to p4 is there all the time; p0 bought on the second day."""
    bought = purchase(
        "p0@example.test", at("12:00", "2026-03-12"), 9, currency_code=money
    )
    names = [f"p{number}" for number in range(people)]
    return [
        webinar_file("webinars", webinar("W1", at("17:00"), ends_at=at("18:00"))),
        webinar_file("registrants", *(registrant("W1", n, at("10:00")) for n in names)),
        webinar_file(
            "attendances",
            *(
                visit("W1", at("17:00"), at("18:00"), registrant_id=f"id {n}")
                for n in names
            ),
        ),
        RawFile("log.csv", [bought]),
    ]


def _told(people: int) -> list[RawFile]:
    rated = [
        {"webinar_id": "W1", "registrant_id": f"id p{number}", "rating": rating}
        for number, rating in enumerate(RATINGS[:people])
    ]
    sections = [dict(row, section_title="Fin") for row in rated[:4]]
    # Who did not come has an opinion as well: it is told, and in no mean.
    absent = {"webinar_id": "W1", "email": "x@example.test", "rating": 0}
    offers = [
        _offer("id p0", clicked_at=at("17:55", "2026-03-11")),
        *(_offer(f"id p{n}", clicked_at=at("17:55")) for n in range(1, people)),
        _offer("id away"),
    ]
    return [
        webinar_file("webinar_ratings", *rated, *sections, absent),
        webinar_file("offers", *offers),
        webinar_file("webinar_interactions", *_looks(people)),
        webinar_file(
            "social_posts",
            _post("1", "LinkedIn", "2026-03-01", 100, 80, measured_at=at("00:00")),
            _post("1", "linkedin", "2026-03-02", 900, 600, measured_at=at("01:00")),
            _post("2", "LinkedIn", "2026-03-20", 300, None),
            _post("1", "Facebook", "2026-03-20", 20, 10),
        ),
        webinar_file("uptime_checks", *(_check(minute) for minute in (0, 5, 65))),
    ]


def _land_posts(warehouse: Warehouse, company: str, views: int) -> None:
    """What the networks tell: of LinkedIn's post 1, too, later than any file."""
    read: dict[str, Any] = {"read_at": at("01:00", "2026-03-31")}
    first: dict[str, Any] = {
        "first_counter": "post_clicks",
        "first_value": 12,
        "reactions": 20,
    }
    second: dict[str, Any] = {
        "second_counter": "post_media_view",
        "second_value": views,
    }
    posted = {"id": "9", "created_at": at("12:00", "2026-03-20")}
    land(
        *(warehouse.url, company, "raw_facebook_pages.posts"),
        {**read, **posted, **first, **second, "comments": 4},
    )
    for urn in ("1", "old"):
        one = {"urn": urn, "published_at": at("12:00", "2026-03-01")}
        land(warehouse.url, company, "raw_linkedin_pages.posts", {**read, **one})
    counts: dict[str, Any] = {
        "impressions": 950,
        "unique_impressions": 640,
        "likes": 9,
        "comments": 3,
    }
    told = {**read, **counts, "post_urn": "1", "shares": 0, "clicks": 6}
    land(warehouse.url, company, "raw_linkedin_pages.post_counters", told)


def _looks(people: int) -> list[dict[str, object]]:
    """p0 came back to a slide; who did not come looked at the recording's."""
    did = [
        *(("p0", "slide", "1", 100, None), ("p0", "slide", "1", 60, None)),
        *(("p0", "slide", "2", 80, None), ("p0", "screen", None, 1500, None)),
        *(("p0", "quiz", None, None, 8), ("p0", "question", None, None, None)),
        *(("p1", "slide", "2", 240, None), ("p1", "quiz", None, None, 5)),
        *(("away", "slide", "1", 9000, None), ("away", "quiz", None, None, 0)),
    ]
    return [
        {
            **{"webinar_id": "W1", "registrant_id": f"id {who}", "kind": kind},
            **{"slide_id": slide, "seconds": seconds, "rating": rating},
            "occurred_at": at(f"17:{number:02}"),
        }
        for number, (who, kind, slide, seconds, rating) in enumerate(did)
        if people > 1 or who == "p1" or kind == "question"
    ]


def _offer(who: str, **others: object) -> dict[str, object]:
    shown = {"webinar_id": "W1", "offer_id": "curso", "shown_at": at("17:50")}
    return {**shown, "registrant_id": who, **others}


def _post(
    post: str, channel: str, day: str, shown: int, reach: int | None, **others: object
) -> dict[str, object]:
    counted = {"impressions": shown, "reach": reach, "likes": 9, "comments": 3}
    return {
        **{"post_id": post, "channel": channel, "posted_at": f"{day} 12:00+00"},
        **{**counted, "shares": None, "clicks": 6},
        **others,
    }


def _check(minute: int) -> dict[str, object]:
    # The probe saw the first two itself; of those its own word counts.
    checked_at = at(f"{10 + minute // 60}:{minute % 60:02}")
    return {"site": "a.test", "checked_at": checked_at, "has_answered": True}


def rows(warehouse: Warehouse, mart: str, company: str) -> list[dict[str, Any]]:
    return warehouse.rows(
        f"select * from marts.{mart} where company_id = %s order by 2, 3", [company]
    )


def test_slides_screens_and_tests_are_of_attendees_and_where_they_are_told(
    warehouse: Warehouse, shops: Pair
) -> None:
    (row,) = rows(warehouse, "webinar_contents", shops.acme)

    # (100 + 60 + 80 + 240) s over slides 1 and 2 of p0, 2 of p1; 25 minutes over five.
    assert (row["seconds_per_slide"], row["slide_viewer_count"]) == (160, 2)
    assert (row["screen_minutes_mean"], row["screen_viewer_count"]) == (5, 1)
    assert (row["tested_count"], row["test_score_mean"]) == (2, Decimal("6.5"))
    assert row["test_score_lower"] is None
    assert (row["question_count"], row["questions_per_attendee"]) == (1, Decimal("0.2"))
    # Presence, a question, the offer and the rating; no poll and no chat. Slides,
    # screens and tests have no points.
    assert row["engagement_coverage_ratio"] == pytest.approx(0.75)
    # Who is p1 to the other company did not come there.
    (bolt,) = rows(warehouse, "webinar_contents", shops.bolt)
    assert (bolt["question_count"], bolt["tested_count"]) == (1, 0)
    assert (bolt["seconds_per_slide"], bolt["screen_minutes_mean"]) == (None, None)


def test_satisfaction_is_a_mean_of_attendees_with_its_interval(
    warehouse: Warehouse, shops: Pair
) -> None:
    section, whole = rows(warehouse, "webinar_satisfaction", shops.acme)

    assert (whole["subject_id"], whole["rater_count"]) == ("W1", 5)
    assert (whole["rating_mean"], whole["other_opinion_count"]) == (Decimal("8.00"), 1)
    lower, upper = stats.t.interval(0.95, 4, 8, stats.sem(RATINGS))
    assert float(whole["rating_lower"]) == pytest.approx(lower, abs=0.01)
    assert float(whole["rating_upper"]) == pytest.approx(upper, abs=0.01)
    # Four say too little for an interval.
    assert (section["subject_id"], section["rating_mean"]) == ("Fin", Decimal("8.50"))
    assert section["rating_lower"] is None
    # The file of ratings is what the engagement score knows of opinions, too.
    people = rows(warehouse, "webinar_engagements", shops.acme)
    assert sorted(int(row["satisfaction"]) for row in people) == sorted(RATINGS)
    _, bolt = rows(warehouse, "webinar_satisfaction", shops.bolt)
    assert (bolt["rater_count"], bolt["rating_mean"]) == (1, Decimal(9))


def test_attention_counts_a_click_on_what_was_offered(
    warehouse: Warehouse, shops: Pair
) -> None:
    people = rows(warehouse, "webinar_engagements", shops.acme)

    # All were there to the end, which alone is 7, and clicked.
    assert {(row["click_count"] > 0, row["attention_score"]) for row in people} == {
        (True, Decimal(10))
    }


def test_an_offer_is_followed_from_seen_to_bought(
    warehouse: Warehouse, shops: Pair
) -> None:
    (offer,) = rows(warehouse, "webinar_offers", shops.acme)
    (other,) = rows(warehouse, "webinar_offers", shops.bolt)

    counts = ("shown_count", "clicked_count", "bought_count", "unclicked_bought_count")
    assert [offer[name] for name in counts] == [6, 5, 1, 0]
    assert offer["click_ratio"] == pytest.approx(5 / 6)
    assert offer["bought_ratio"] == pytest.approx(0.2)
    assert offer["click_ratio_lower"] < 5 / 6 < offer["click_ratio_upper"]
    # Its 30 days are not over.
    assert [other[name] for name in counts] == [2, 1, 1, 0]
    assert (other["bought_ratio"], other["bought_ratio_upper"]) == (None, None)


def test_reach_stays_with_its_network_and_counters_are_the_newest(
    warehouse: Warehouse, shops: Pair
) -> None:
    facebook, linkedin = rows(warehouse, "social_channel_months", shops.acme)

    assert linkedin["social_channel"] == "linkedin"
    assert linkedin["month_start_date"] == date(2026, 3, 1)
    # Of post 1 the network told later than the file; of an old one it tells no more.
    assert (linkedin["post_count"], linkedin["impression_count"]) == (3, 1250)
    # Of the second post nobody knows the reach: it is in no frequency.
    assert linkedin["post_reach_count"] == 640
    assert linkedin["frequency"] == pytest.approx(950 / 640)
    assert linkedin["engagement_ratio"] == pytest.approx(24 / 1250)
    assert linkedin["click_ratio"] == pytest.approx(12 / 1250)
    # The file's post and the page's own; its views are found by their name.
    assert (facebook["impression_count"], facebook["post_reach_count"]) == (1220, 10)
    assert (facebook["engagement_count"], facebook["frequency"]) == (36, None)
    assert facebook["engagement_ratio"] == pytest.approx(36 / 1220)
    bolt, _ = rows(warehouse, "social_channel_months", shops.bolt)
    assert bolt["impression_count"] == 60
    query = "select social_channel from reporting.social_months where company_id = %s"
    shown = {row["social_channel"] for row in warehouse.rows(query, [shops.acme])}
    assert shown == {"Facebook", "LinkedIn"}


def test_hours_that_nobody_asked_are_neither_up_nor_down(
    warehouse: Warehouse, shops: Pair
) -> None:
    (day,) = rows(warehouse, "uptime_days", shops.acme)
    (other,) = rows(warehouse, "uptime_days", shops.bolt)

    assert (day["site_id"], day["check_count"], day["answered_count"]) == (
        *("a.test", 3),
        2,
    )
    assert day["uptime_ratio"] == pytest.approx(2 / 3)
    assert (day["checked_hour_count"], day["unchecked_hour_count"]) == (2, 22)
    assert other["uptime_ratio"] == 1
