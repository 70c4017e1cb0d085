"""Webinars from files: who counts, how long they stayed, what they did and bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from ml_assets.measurement.shares import wilson_interval
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.dbt_project.webinar_rows import registrant, visit, webinar, webinar_file

DAY = "2026-03-10"


def person(name: str) -> str:
    return sha256(f"{name}@example.test".encode()).hexdigest()


def at(time: str, day: str = DAY) -> str:
    return f"{day} {time}+00"


@dataclass(frozen=True)
class Webinars:
    warehouse: Warehouse
    pair: Pair

    def rows(self, mart: str, company: str) -> list[dict[str, Any]]:
        return self.warehouse.rows(
            f"select * from marts.{mart} where company_id = %s order by 2, 3", [company]
        )

    def view(self, view: str, company: str) -> list[dict[str, Any]]:
        return self.warehouse.rows(
            f"select * from reporting.{view} where company_id = %s order by 2",
            [company],
        )

    def people(
        self, mart: str, company: str, webinar_id: str = "W1"
    ) -> Mapping[str, dict[str, Any]]:
        return {
            row["person_id"]: row
            for row in self.rows(mart, company)
            if row["webinar_id"] == webinar_id
        }


@pytest.fixture(scope="module")
def webinars(warehouse: Warehouse) -> Webinars:
    pair = warehouse.add_pair()
    _load_acme(warehouse, pair.acme)
    _load_bolt(warehouse, pair.bolt)
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of={pair.acme: "2026-04-10", pair.bolt: "2026-04-07"},
        only=[
            "webinar_outcomes",
            "webinar_month_outcomes",
            "webinar_channel_outcomes",
            "webinar_leads",
            "webinar_section_totals",
            "webinar_trends",
            "webinar_windows",
            "webinar_minutes",
            "webinar_cohort_months",
            "webinar_trait_outcomes",
            "webinar_contents",
        ],
    )
    return Webinars(warehouse, pair)


def _load_acme(warehouse: Warehouse, acme: str) -> None:
    early = at("10:00", "2026-03-01")
    warehouse.load(
        acme,
        webinar_file(
            "webinars",
            webinar("W1", at("17:00"), ends_at=at("18:00"), poll_count=2, title="Uno"),
            webinar("W2", at("17:00", "2026-04-01"), length_minutes=45, series="mes"),
        ),
        webinar_file(
            "registrants",
            registrant("W1", "ana", early, channel="Facebook", industry="Educación"),
            registrant("W1", "bea", at("16:59"), channel="newsletter"),
            registrant("W1", "carl", early, cancelled_at=at("10:00", "2026-03-05")),
            registrant("W1", "dora", at("17:20")),
            registrant("W1", "eva", early, status="denied"),
            registrant("W1", "fay", early, cancelled_at=at("17:30")),
            registrant("W1", "gus", early, status="canceled"),
            # Once more, with another id: the same person.
            registrant("W1", " ANA", at("11:00"), registrant_id="again"),
            registrant("W2", "ana", early),
        ),
        webinar_file(
            "attendances",
            visit(
                "W1", at("16:50"), at("17:20"), registrant_id="id ana", session_id="a"
            ),
            visit("W1", at("17:10"), at("17:30"), email="Ana@example.test"),
            visit("W1", at("17:15"), at("17:25"), registrant_id="again"),
            visit("W1", at("17:40"), None, registrant_id="id ana", session_id="a"),
            visit("W1", at("17:00:00"), at("17:00:59"), registrant_id="id bea"),
            visit("W1", at("17:00"), at("17:10"), registrant_id="id carl"),
            visit("W1", at("17:25"), at("17:55"), registrant_id="id dora"),
            visit("W1", at("17:05"), None, registrant_id="id fay", session_id="f"),
            visit(
                "W1", at("17:15"), at("17:20"), registrant_id="id fay", session_id="f"
            ),
            visit("W1", at("17:00"), at("19:00"), email="hugo@example.test"),
            visit("W1", at("17:00"), at("18:00"), email="host@x.test", role="host"),
            visit(
                "W1",
                at("10:00", "2026-03-12"),
                at("10:30", "2026-03-12"),
                email="ivy@example.test",
                is_on_demand=True,
            ),
            visit("W2", at("17:05", "2026-04-01"), None, email="ana@example.test"),
        ),
        webinar_file("webinar_interactions", *_interactions()),
        webinar_file(
            "webinar_sections",
            section("W1", "Inicio", 0),
            section("W1", "Medio", 20),
            section("W1", "Fin", 45),
            section("W2", "Inicio", 0),
        ),
        webinar_file(
            "webinar_costs",
            {"webinar_id": "W1", "cost_date": DAY, "cost": 300, "channel": "facebook"},
            {"webinar_id": "W1", "cost_date": DAY, "cost": 20, "currency_code": "EUR"},
            {"webinar_id": "W2", "cost_date": DAY, "cost": 9, "currency_code": "USD"},
        ),
        RawFile(
            "log.csv",
            [
                # Of the day itself a log may tell no time.
                purchase("ana@example.test", at("00:00"), 100, is_date_only=True),
                purchase("Ana@example.test", at("12:00", "2026-04-09"), 50),
                purchase("hugo@example.test", at("12:00", "2026-03-09"), 70),
                purchase("hugo@example.test", at("12:00", "2026-04-10"), 80),
                purchase("bea@example.test", at("12:00", "2026-03-11"), 90),
            ],
        ),
    )


def section(webinar_id: str, title: str, minute: int) -> dict[str, object]:
    named = {"webinar_id": webinar_id, "section_title": title}
    return {**named, "start_minute": minute, "end_minute": None}


def _interactions() -> list[dict[str, object]]:
    def did(kind: str, **others: object) -> dict[str, object]:
        who = {"webinar_id": "W1", "registrant_id": "id ana"}
        return {**who, "kind": kind, "occurred_at": at("17:05"), **others}

    return [
        did("chat", interaction_id="1"),
        did("chat", interaction_id="2"),
        did("chat", interaction_id="2"),
        did("question"),
        did("poll", poll_id="p1"),
        did("screen", seconds=60),
        did("chat", registrant_id=None),
    ]


def _load_bolt(warehouse: Warehouse, bolt: str) -> None:
    # Half past eleven in the evening of the 9th in Santiago.
    warehouse.load(
        bolt,
        webinar_file("webinars", webinar("W1", at("02:30"), length_minutes=60)),
        webinar_file("registrants", registrant("W1", "ana", at("02:00"))),
        webinar_file(
            "attendances",
            visit("W1", at("02:30"), at("03:00"), registrant_id="id ana"),
        ),
        webinar_file("webinar_sections", section("W1", "Inicio", 0)),
        RawFile(
            "log.csv",
            [
                purchase(
                    "ana@example.test",
                    at("12:00", "2026-03-20"),
                    9000,
                    currency_code="CLP",
                )
            ],
        ),
    )


def test_each_person_registered_once_and_by_the_moment(webinars: Webinars) -> None:
    found = webinars.people("webinar_registrations", webinars.pair.acme)

    assert {name: found[person(name)]["state"] for name in _NAMES} == {
        "ana": "at_start",
        "bea": "at_start",
        "carl": "cancelled",
        "dora": "late",
        "eva": "not_approved",
        "fay": "at_start",
        "gus": "cancelled",
    }
    assert len(found) == len(_NAMES)
    assert found[person("ana")]["channel_id"] == "organic_social"
    assert found[person("dora")]["channel_id"] == "unknown"


_NAMES = ("ana", "bea", "carl", "dora", "eva", "fay", "gus")


def test_time_is_the_union_of_all_devices_within_the_webinar(
    webinars: Webinars,
) -> None:
    found = webinars.people("webinar_attendances", webinars.pair.acme)

    # Ana: 17:00 to 17:30 on three devices, and from 17:40 on, when she never left.
    # Fay came in again at 17:15, so that she had left by then: 17:05 to 17:20.
    assert {
        name: found[person(name)]["live_seconds"]
        for name in ("ana", "bea", "carl", "dora", "fay", "hugo", "ivy")
    } == {
        "ana": 3000,
        "bea": 59,
        "carl": 600,
        "dora": 1800,
        "fay": 900,
        "hugo": 3600,
        "ivy": 0,
    }
    assert len(found) == 7
    assert found[person("ana")]["device_count"] == 3
    assert not found[person("bea")]["is_live_attendee"]
    assert found[person("ivy")]["is_on_demand_viewer"]
    assert found[person("ivy")]["on_demand_seconds"] == 1800


def test_a_company_knows_only_its_own_ana(webinars: Webinars) -> None:
    (row,) = webinars.rows("webinar_attendances", webinars.pair.bolt)

    assert (row["person_id"], row["live_seconds"]) == (person("ana"), 1800)
    (held,) = webinars.rows("webinars", webinars.pair.bolt)
    assert held["start_date"] == date(2026, 3, 9)
    assert held["length_minutes"] == 60
    assert (held["is_held"], held["is_conversion_over"]) == (True, False)


def test_engagement_weighs_what_there_was(webinars: Webinars) -> None:
    found = webinars.people("webinar_engagements", webinars.pair.acme)

    # 50 x 50 / 54 of presence, 15 / 2 of polls, 10 for a question, 10 x 2 / 3 of chat,
    # of 85: nothing was offered and no opinion asked for.
    ana = found[person("ana")]
    assert ana["engagement_score"] == Decimal("82.90")
    assert ana["engagement_coverage_ratio"] == pytest.approx(0.85)
    assert (ana["chat_count"], ana["answered_poll_count"]) == (2, 1)
    assert found[person("hugo")]["engagement_score"] == Decimal("58.82")
    assert person("bea") not in found

    # Of bolt's webinar nothing is known but presence: 30 of 54 minutes.
    (row,) = webinars.rows("webinar_engagements", webinars.pair.bolt)
    assert row["engagement_score"] == Decimal("55.56")
    assert row["engagement_coverage_ratio"] == 0.5


def test_attention_is_presence_and_answers_to_what_was_asked(
    webinars: Webinars,
) -> None:
    found = webinars.people("webinar_engagements", webinars.pair.acme)

    # 7 x 50 / 54 of presence and 3 / 2 of polls; chat and questions say nothing of it.
    assert found[person("ana")]["attention_score"] == Decimal("7.98")
    # There all the time, and answered nothing.
    assert found[person("hugo")]["attention_score"] == Decimal("7.00")
    # Of bolt's webinar nothing is known but presence, which is all then.
    (row,) = webinars.rows("webinar_engagements", webinars.pair.bolt)
    assert row["attention_score"] == Decimal("5.56")


def test_a_purchase_is_of_the_last_webinar_attended_before_it(
    webinars: Webinars,
) -> None:
    found = [
        (row["webinar_id"], row["person_id"], row["net_revenue"])
        for row in webinars.rows("webinar_conversions", webinars.pair.acme)
    ]

    # Hugo bought a day before and 31 days after; Bea did not attend.
    assert sorted(found) == [
        ("W1", person("ana"), Decimal(100)),
        ("W2", person("ana"), Decimal(50)),
    ]
    (bought,) = webinars.rows("webinar_conversions", webinars.pair.bolt)
    assert bought["net_revenue"] == Decimal(9000)


def test_who_buys_is_told_by_what_they_told_of_their_company(
    webinars: Webinars,
) -> None:
    told = {
        (row["trait"], row["trait_value"]): (
            *(row["trait_bought_count"], row["trait_attended_count"]),
            row["trait_revenue"],
        )
        for row in webinars.view("webinar_trait_conversions", webinars.pair.acme)
    }

    # Of the first webinar alone: the second is nine days old. Four told nothing.
    assert told == {
        ("industry", "Educación"): (1, 1, Decimal(100)),
        ("industry", ""): (0, 4, Decimal(0)),
        ("company_size", ""): (1, 5, Decimal(100)),
    }


def test_channels_add_up_to_the_webinar(webinars: Webinars) -> None:
    rows = [
        row
        for row in webinars.rows("webinar_channel_totals", webinars.pair.acme)
        if row["webinar_id"] == "W1"
    ]

    total = {
        name: sum(row[name] for row in rows)
        for name in rows[0]
        if name.endswith("_count") or name in ("live_seconds", "net_revenue")
    }
    assert total == {
        "registrant_count": 3,
        "late_registrant_count": 1,
        "cancelled_count": 2,
        "show_count": 2,
        "attendee_count": 5,
        "unregistered_attendee_count": 2,
        "on_demand_viewer_count": 1,
        "live_seconds": 3000 + 900 + 1800 + 600 + 3600,
        "chatter_count": 1,
        "asker_count": 1,
        "poll_taker_count": 1,
        "engagement_count": 5,
        "attention_count": 5,
        "satisfaction_count": 0,
        "conversion_count": 1,
        "order_count": 1,
        "net_revenue": Decimal(100),
    }


def test_a_cost_without_a_rate_is_counted_and_not_added(webinars: Webinars) -> None:
    rows = webinars.rows("webinar_costs", webinars.pair.acme)

    assert [
        (row["channel_id"], row["cost_amount"], row["unpriced_cost_count"])
        for row in rows
    ] == [
        ("organic_social", Decimal(300), 0),
        ("unknown", Decimal(20), 0),
        ("unknown", Decimal(0), 1),
    ]


def test_what_came_of_a_webinar_is_by_hand(webinars: Webinars) -> None:
    first, second = webinars.view("webinar_results", webinars.pair.acme)

    assert (first["title"], first["series"]) == ("Uno", "webinar/W1")
    # Ana and Fay of the three registered at the start; five were in it live.
    assert first["webinar_show_ratio"] == pytest.approx(2 / 3)
    lower, upper = wilson_interval([2 / 3], [3], 1.959964)
    assert first["show_ratio_lower"] == pytest.approx(lower[0], abs=1e-6)
    assert first["show_ratio_upper"] == pytest.approx(upper[0], abs=1e-6)
    # 9,900 seconds of five; one of them bought for 100.
    assert first["webinar_attended_minutes"] == Decimal("33.0")
    assert first["webinar_chat_ratio"] == pytest.approx(0.2)
    assert first["webinar_conversion_ratio"] == pytest.approx(0.2)
    # 320 of three registrants and a late one, and a return of -220 / 320.
    assert first["webinar_cost_per_registrant"] == Decimal(80)
    assert first["webinar_return_ratio"] == pytest.approx(-0.6875)
    assert first["webinar_satisfaction"] is None
    # Its 30 days are not over, and a cost has no rate: that is unknown, not low.
    assert second["webinar_conversion_count"] == 1
    assert second["webinar_conversion_ratio"] is None
    assert (second["webinar_cost"], second["webinar_return_ratio"]) == (None, None)


def test_who_wrote_is_a_share_of_those_who_could(webinars: Webinars) -> None:
    names = [f"webinar_{what}_ratio" for what in ("chat", "question", "poll")]
    first, second = webinars.view("webinar_results", webinars.pair.acme)
    (bolt,) = webinars.view("webinar_results", webinars.pair.bolt)

    # Ana of five; nobody tells of a chat, questions or polls of the others.
    assert [first[name] for name in names] == pytest.approx([0.2, 0.2, 0.2])
    assert [second[name] for name in names] == [None, None, None]
    assert [bolt[name] for name in names] == [None, None, None]
    contents = {
        row["webinar_id"]: (
            row["webinar_question_count"],
            row["questions_per_attendee"],
        )
        for row in webinars.view("webinar_content_results", webinars.pair.acme)
    }
    assert contents == {"W1": (1, Decimal("0.20")), "W2": (None, None)}


def test_days_are_of_the_webinars_of_thirty_days_whose_sales_are_known(
    webinars: Webinars,
) -> None:
    days = webinars.view("webinar_rolling_days", webinars.pair.acme)

    # As of 04-10 the days until 03-11 are known; W1 was on 03-10.
    assert [row["calendar_date"] for row in days] == [
        date(2026, 3, 10),
        date(2026, 3, 11),
    ]
    for row in days:
        assert (row["webinar_count"], row["webinar_net_revenue"]) == (1, Decimal(100))
        assert row["webinar_cost_per_registrant"] == Decimal(80)
        assert row["webinar_return_ratio"] == pytest.approx(-0.6875)
        # Five attendees tell no rate.
        assert row["webinar_conversion_ratio"] is None
    # W1 of bolt was on 03-09: as of 04-07 no day of its window is known.
    assert webinars.view("webinar_rolling_days", webinars.pair.bolt) == []


def test_months_and_channels_add_up_to_the_same(webinars: Webinars) -> None:
    acme = webinars.pair.acme
    results, months, channels = (
        webinars.view(name, acme)
        for name in ("webinar_results", "webinar_months", "webinar_channels")
    )

    for name in (
        "webinar_registrant_count",
        "webinar_show_count",
        "late_registrant_count",
    ):
        total = sum(row[name] for row in results)
        assert total == sum(row[name] for row in months)
        assert total == sum(row[name] for row in channels)
    assert [(row["month_start_date"], row["is_complete"]) for row in months] == [
        (date(2026, 3, 1), True),
        (date(2026, 4, 1), False),
    ]
    (social,) = (row for row in channels if row["channel_id"] == "organic_social")
    assert (social["webinar_show_count"], social["webinar_cost"]) == (1, Decimal(300))
    (bolt,) = webinars.view("webinar_months", webinars.pair.bolt)
    assert (bolt["webinar_show_ratio"], bolt["webinar_conversion_ratio"]) == (1, None)
    assert bolt["webinar_net_revenue"] == Decimal(9000)


def test_a_cohort_adds_up_what_its_people_did_and_bought(webinars: Webinars) -> None:
    (march,) = webinars.view("webinar_cohort_results", webinars.pair.acme)

    # Ana, Bea, Dora and Fay registered in March; April is not over. Ana was there for
    # 50 minutes, Dora for 30 and Fay for 15; one of them bought for 100.
    assert (march["cohort_month"], march["age_months"]) == (date(2026, 3, 1), 0)
    assert (march["webinar_cohort_people"], march["webinar_cohort_attendees"]) == (4, 3)
    assert (march["webinar_cohort_visits"], march["live_seconds"]) == (3, 95 * 60)
    assert march["webinar_cohort_conversion"] == pytest.approx(1 / 4)
    assert march["webinar_cohort_revenue"] == Decimal(100)
    # Two messages, a question and an answer of hers.
    assert march["webinar_cohort_interactions"] == 4
    scores = webinars.people("webinar_people", webinars.pair.acme)
    told = [scores[person(name)]["engagement_score"] for name in ("ana", "dora", "fay")]
    assert (march["engagement_sum"], march["engagement_count"]) == (sum(told), 3)
    (bolt,) = webinars.view("webinar_cohort_results", webinars.pair.bolt)
    assert (bolt["webinar_cohort_revenue"], bolt["live_seconds"]) == (9000, 30 * 60)
    assert bolt["webinar_cohort_conversion"] == 1


def test_rates_of_a_channel_are_of_webinars_whose_sales_are_over(
    webinars: Webinars,
) -> None:
    told = {
        row["channel_id"]: row
        for row in webinars.view("webinar_channels", webinars.pair.acme)
    }

    # Ana came by it to W1, which cost 300 there, and bought for 100.
    social = told["organic_social"]
    assert (social["webinar_conversion_ratio"], social["is_conversion_over"]) == (
        1,
        True,
    )
    assert social["webinar_return_ratio"] == pytest.approx((100 - 300) / 300)
    # Her purchase of 50 after W2 counts, but is of no rate yet: of the four who came to
    # W1 by no known channel nobody bought, and it cost 20. W2's cost has no rate.
    unknown = told["unknown"]
    assert (unknown["webinar_conversion_count"], unknown["webinar_cost"]) == (1, None)
    assert not unknown["is_conversion_over"]
    assert unknown["webinar_conversion_ratio"] == 0
    _, upper = wilson_interval([0], [4], 1.959964)
    assert unknown["conversion_ratio_upper"] == pytest.approx(upper[0], abs=1e-6)
    assert unknown["webinar_return_ratio"] == -1
    # Bolt's only webinar goes on selling.
    (bolt,) = webinars.view("webinar_channels", webinars.pair.bolt)
    assert (bolt["webinar_conversion_count"], bolt["webinar_conversion_ratio"]) == (
        1,
        None,
    )


def test_five_minutes_count_what_was_done_in_them(webinars: Webinars) -> None:
    def counted(company: str) -> list[tuple[object, ...]]:
        kinds = ("chat", "question", "poll", "screen")
        return [
            tuple(row[name] for name in ("start_minute", *kinds_of(kinds)))
            for row in webinars.view("webinar_moments", company)
            if row["webinar_id"] == "W1" and row["start_minute"] in (0, 5)
        ]

    def kinds_of(kinds: tuple[str, ...]) -> list[str]:
        return [f"minutes_{kind}_count" for kind in kinds]

    # Three messages at 17:05, one of them of nobody; in Santiago nobody could write.
    assert sorted(counted(webinars.pair.acme)) == [(0, 0, 0, 0, 0), (5, 3, 1, 1, 1)]
    nothing = (None, None, None, 0)
    assert sorted(counted(webinars.pair.bolt)) == [(0, *nothing), (5, *nothing)]


def test_who_is_there_at_both_ends_of_a_section_stayed(webinars: Webinars) -> None:
    presences = webinars.rows("webinar_section_presences", webinars.pair.acme)

    counts = ("present_count", "stayed_count", "end_count", "peak_count")
    told = {
        (row["webinar_id"], row["section_number"]): tuple(row[name] for name in counts)
        for row in presences
    }
    # Ana was away from 17:30 to 17:40, Carl left at 17:10, Dora came at 17:25, Fay was
    # there from 17:05 to 17:20, Hugo all the time. To W2 Ana came five minutes late.
    assert told == {
        ("W1", 1): (3, 2, 3, 3),
        ("W1", 2): (2, 2, 3, 3),
        ("W1", 3): (3, 2, 2, 3),
        ("W2", 1): (0, 0, 1, 1),
    }
    found = webinars.view("webinar_section_results", webinars.pair.acme)
    first = {row["section_title"]: row for row in found}["Inicio"]
    assert first["section_retention_ratio"] == pytest.approx(2 / 3)
    assert first["section_peak_ratio"] == 1
    # Five at 17:05 of twenty minutes; of W2 no moment is told.
    assert first["section_interaction_count"] == 5
    assert first["section_interactions_per_minute"] == Decimal("0.25")
    (bolt,) = webinars.view("webinar_section_results", webinars.pair.bolt)
    assert (bolt["section_retention_ratio"], bolt["section_interaction_count"]) == (
        0,
        None,
    )


def test_a_lead_is_who_had_not_bought_by_the_day_after(webinars: Webinars) -> None:
    rows = webinars.rows("webinar_leads", webinars.pair.acme)

    # Ana bought on the day of W1; by then she was no customer, at W2 she was.
    names = ("carl", "dora", "fay", "hugo")
    first = {row["person_id"]: row for row in rows if row["webinar_id"] == "W1"}
    assert set(first) == {person(name) for name in names}
    assert not any(row["is_converted"] for row in first.values())
    assert first[person("carl")]["attended_ratio"] == pytest.approx(1 / 6)
    assert first[person("carl")]["answered_poll_ratio"] == 0
    (again,) = (row for row in rows if row["webinar_id"] == "W2")
    assert (again["registrant_id"], again["past_webinar_count"]) == ("id ana", 1)
    assert (again["is_customer"], again["is_converted"]) == (True, True)
    assert again["first_bought_on"] == date(2026, 4, 9)
    assert again["attended_ratio"] == pytest.approx(40 / 45)
    assert again["answered_poll_ratio"] is None
    (bolt,) = webinars.rows("webinar_leads", webinars.pair.bolt)
    assert (bolt["is_customer"], bolt["is_converted"]) == (False, True)


def test_a_later_export_corrects_an_earlier_one(webinars: Webinars) -> None:
    warehouse, acme = webinars.warehouse, webinars.pair.acme
    later = webinar_file(
        "registrants",
        registrant("W1", "bea", at("16:59"), cancelled_at=at("16:00")),
        version=2,
    )
    warehouse.load(acme, RawFile("later.csv", later.rows, 2, "registrants"))
    warehouse.build(acme, only=["webinar_registrations"])

    found = webinars.people("webinar_registrations", acme)
    assert found[person("bea")]["state"] == "cancelled"
    assert found[person("ana")]["state"] == "at_start"


def test_a_fall_of_attendance_needs_three_webinars_before_it(
    webinars: Webinars,
) -> None:
    first, second = webinars.rows("webinar_trends", webinars.pair.acme)

    assert (first["past_webinar_count"], first["past_show_ratio"]) == (0, None)
    assert second["past_show_ratio"] == pytest.approx(2 / 3)
    assert second["attendance_drop_ratio"] is None
