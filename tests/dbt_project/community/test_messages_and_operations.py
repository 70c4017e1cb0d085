"""Campaigns, content, temperature, sponsors and flows, counted on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.community.programme import (
    at,
    contact,
    event,
    file,
    message,
)
from tests.dbt_project.warehouse import Warehouse

DAY = date(2026, 3, 2)
MARTS = (
    "access_days",
    "community_event_types",
    "community_months",
    "content_months",
    "flow_days",
    "flow_uptimes",
    "lead_temperature_weeks",
    "message_campaign_results",
    "message_failures",
    "sponsorship_months",
)
Rows = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Rows:
    """Every mart of the tests, of one company, built once beside another's."""
    pair = warehouse.add_pair()
    people = [contact(each, at("2026-02-10")) for each in "abc"]
    messages = [
        *(message(each, "sent", at(DAY), each) for each in "abcx"),
        *(message("a", each, at(DAY, 13), "a") for each in ("delivered", "opened")),
        # A mail proxy opens what nobody read, and a gateway clicks.
        message("b", "opened", at(DAY, 12), "b", is_machine=True),
        message("b", "clicked", at(DAY, 12), "b", is_machine=True),
        message("a", "clicked", at(DAY, 14), "a"),
        message("a", "clicked", at(DAY, 15), "a"),
        message("c", "bounced", at(DAY, 12), "c", reason="552"),
        message("c", "bounced", at(DAY, 13), "c", reason="550 5.1.1 <c@x.com>: none"),
        # Of the greeting that came late, and of one without a word.
        message("late", "bounced", at(DAY, 13), "a", reason="452"),
        message("late", "delivered", at(DAY, 14), "a"),
        message("d", "failed", at(DAY, 13), "b", channel="sms", campaign_id="e"),
        # Nobody knows who this one is; it is somebody all the same.
        message("x", "delivered", at(DAY, 13), "x"),
        message("w", "clicked", at(DAY, 16), "a", channel="whatsapp", campaign_id="d"),
        # Of this sender nobody says what machines opened; WhatsApp is read by people.
        message("z", "opened", at(DAY, 16), "a", campaign_id="z"),
        # Nor that anything was delivered.
        message("z2", "sent", at(DAY, 16), "b", campaign_id="z"),
        message("z3", "bounced", at(DAY, 16), "c", campaign_id="z"),
        message("y", "opened", at(DAY, 16), "a", channel="whatsapp", campaign_id="z"),
    ]
    events = [
        event("1", "purchase", at(DAY, days=1), "a"),
        event("2", "purchase", at(DAY, days=2), "a"),
        # After a week a click has brought nothing.
        event("3", "purchase", at(DAY, 17, days=7), "a"),
        event("4", "Inicio de sesión", at(DAY, days=3), "b"),
        event("5", "Rareza", at(DAY, days=3), "b"),
    ]
    plays = [
        play("1", "p", "a", 27),
        play("2", "p", "b", 26.9),
        play("3", "q", None, 5),
        play("4", "p", "c", 0.5),
    ]
    items = [
        {"content_id": "p", "title": "Liderar", "content_kind": "podcast"}
        | {"topic": "gestión", "duration_minutes": 30},
    ]
    sponsors = [
        sponsor("s", "Banco", ("2026-03-30", "2026-04-01"), 3000, cost=300),
        sponsor("t", "Seguros", ("2026-03-01",) * 2, 50, currency_code="USD"),
    ]
    runs = [
        run("1", "failed", at(DAY, 8)),
        run("2", "failed", at(DAY, 9)),
        run("3", "succeeded", at(DAY, 10)),
        run("4", "succeeded", at(DAY, 11)),
        run("5", "failed", at(DAY, 12)),
        run("6", "running", at(DAY, 13)),
    ]
    attempts = [
        {"attempt_id": f"{n}", "attempted_at": at(DAY, n), "system_name": "metabase"}
        | {"outcome": "refused" if n > 4 else "granted", "account_name": "ana@x.test"}
        for n in range(4, 7)
    ]
    warehouse.load(
        pair.bolt,
        file("contacts", people),
        file("message_events", messages),
        file("message_campaigns", [campaign("c", "Marzo", at(DAY))]),
        file("community_events", events),
        file("content_plays", plays),
        file("content_items", items),
        file("sponsorships", sponsors),
        file("automation_runs", runs),
        file("access_log", attempts),
    )
    warehouse.load(pair.acme, file("message_events", messages[:1]))
    warehouse.build(pair.acme, pair.bolt, as_of={pair.bolt: "2026-04-05"}, only=MARTS)
    query = "select * from marts.{} where company_id = %s order by 2, 3"
    return {mart: warehouse.rows(query.format(mart), [pair.bolt]) for mart in MARTS}


def play(
    play_id: str, content_id: str, who: str | None, minutes: float
) -> dict[str, object]:
    """A play of the day."""
    row = {"play_id": play_id, "content_id": content_id, "contact_id": who}
    return {**row, "started_at": at(DAY), "minutes": minutes}


def sponsor(
    id_: str, name: str, days: tuple[str, str], amount: int, **others: object
) -> dict[str, object]:
    """A sponsorship, in CLP unless told otherwise."""
    row = {"sponsorship_id": id_, "sponsor_name": name, "currency_code": "CLP"}
    return {**row, "starts_on": days[0], "ends_on": days[1], "amount": amount, **others}


def run(run_id: str, status: str, ended_at: object) -> dict[str, object]:
    """A run of the welcome flow."""
    row = {"run_id": run_id, "flow_name": "bienvenida", "status": status}
    return {**row, "started_at": ended_at, "finished_at": ended_at}


def campaign(campaign_id: str, name: str, started_at: object) -> dict[str, object]:
    """A campaign of e-mail that cost 20 dollars."""
    row = {"campaign_id": campaign_id, "campaign_name": name, "channel": "email"}
    return {**row, "started_at": started_at, "cost": 20, "currency_code": "USD"}


def test_a_campaign_is_counted_in_people(built: Rows) -> None:
    mail, whatsapp, *_ = built["message_campaign_results"]

    counts = {key[:-6]: value for key, value in mail.items() if key.endswith("_count")}
    assert counts == {
        "sent": 4,
        # a told so, b's machine took a delivery, x told so.
        "delivered": 3,
        "opened": 2,
        "opened_by_human": 1,
        "clicked": 1,
        "replied": 0,
        "failed": 1,
        "complained": 0,
        "unsubscribed": 0,
        "converted": 0,
    }
    assert (mail["campaign_name"], mail["campaign_cost"]) == ("Marzo", Decimal(20))
    # The last click before had it, and a person converts once.
    assert (whatsapp["campaign_id"], whatsapp["converted_count"]) == ("d", 1)
    assert whatsapp["is_complete"]


def test_who_opened_mail_is_unknown_where_nobody_says_what_machines_did(
    built: Rows,
) -> None:
    opened = {
        (row["campaign_id"], row["channel"]): (
            *(row["opened_count"], row["opened_by_human_count"]),
        )
        for row in built["message_campaign_results"]
    }

    assert (opened["z", "email"], opened["z", "whatsapp"]) == ((1, None), (1, 1))
    assert opened["e", "sms"] == (0, 0)


def test_mail_whose_sender_tells_of_no_delivery_arrived_unless_it_failed(
    built: Rows,
) -> None:
    (mail,) = [
        row
        for row in built["message_campaign_results"]
        if (row["campaign_id"], row["channel"]) == ("z", "email")
    ]

    assert (mail["sent_count"], mail["delivered_count"], mail["failed_count"]) == (
        *(3, 2, 1),
    )


def test_an_event_counts_as_its_name_is_understood(built: Rows) -> None:
    told = [
        (row["event_type"], row["event_kind"], row["event_count"])
        for row in built["community_event_types"]
    ]

    assert sorted(told) == [
        ("Inicio de sesión", "login", 1),
        ("Rareza", "other", 1),
        ("purchase", "conversion", 3),
    ]


def test_months_count_people_and_minutes(built: Rows) -> None:
    february, march, april = built["community_months"]

    keys = ("active_person_count", "new_registration_count", "activated_person_count")
    assert [february[key] for key in keys] == [0, 3, 0]
    # a and b played a minute or more; half a minute is no active day.
    assert [march[key] for key in keys] == [2, 0, 2]
    assert march["content_minutes"] == Decimal("54.4")
    assert (march["is_complete"], april["is_complete"]) == (True, False)


def test_what_is_played_to_its_end(built: Rows) -> None:
    podcast, unknown = built["content_months"]

    assert (podcast["title"], podcast["topic"]) == ("Liderar", "gestión")
    assert (podcast["play_count"], podcast["listener_count"]) == (3, 3)
    # 27 of 30 minutes are 90 %, 26.9 are not.
    assert (podcast["measurable_play_count"], podcast["completed_play_count"]) == (3, 1)
    assert (unknown["title"], unknown["measurable_play_count"]) == ("q", 0)


def test_points_fade_by_half_in_a_month(built: Rows) -> None:
    by_day = {row["snapshot_date"]: row for row in built["lead_temperature_weeks"]}

    # As of 2026-04-05. On 03-08, six days after: a has 3 clicks (9), 27 minutes (2.7),
    # 0.5 ^ (6 / 30) of it: 10.19, hot; b has 26.9 minutes: 2.34, cold.
    march = by_day[date(2026, 3, 8)]
    assert (march["hot_count"], march["warm_count"], march["cold_count"]) == (1, 0, 2)
    # Thirty-four days after: 5.33.
    april = by_day[date(2026, 4, 5)]
    assert (april["hot_count"], april["warm_count"], april["cold_count"]) == (0, 1, 2)
    assert min(by_day) == date(2026, 2, 15)


def test_sponsors_pay_by_the_day_and_no_currency_is_added(built: Rows) -> None:
    told = {
        (row["month_start_date"], row["currency_code"]): (
            row["sponsorship_income"],
            row["sponsorship_cost"],
            row["sponsor_count"],
        )
        for row in built["sponsorship_months"]
    }

    assert told == {
        (date(2026, 3, 1), "CLP"): (Decimal(2000), Decimal(200), 1),
        (date(2026, 3, 1), "USD"): (Decimal(50), None, 1),
        (date(2026, 4, 1), "CLP"): (Decimal(1000), Decimal(100), 1),
    }


def test_a_flow_is_down_until_it_succeeds(built: Rows) -> None:
    (day,) = built["flow_days"]

    assert (day["run_count"], day["failed_run_count"]) == (5, 3)
    # Down from 8 to 10, and again since 12.
    assert (day["outage_count"], day["repair_count"]) == (2, 1)
    assert day["repair_minutes"] == Decimal(120)


def test_a_flow_is_up_when_it_is_not_down(built: Rows) -> None:
    (flow,) = built["flow_uptimes"]
    # From 8 to 10, and from noon on to the midnight of Santiago after 5 April, which is
    # at 4 in UTC, as it is in winter there.
    until = at("2026-04-06", 4)
    down = 120 + (until - at(DAY, 12)).total_seconds() / 60
    watched = (until - at(DAY, 8)).total_seconds() / 60
    assert flow["down_minutes"] == round(down)
    assert flow["watched_minutes"] == round(watched)
    assert flow["uptime_ratio"] == pytest.approx(1 - down / watched)


def test_whom_a_message_did_not_reach_counts_by_what_was_said_last(
    built: Rows,
) -> None:
    told = {
        (row["campaign_id"], row["reason"]): (row["channel"], row["failed_count"])
        for row in built["message_failures"]
    }
    assert told == {
        ("c", "5.1.1"): ("email", 1),
        ("e", ""): ("sms", 1),
        ("z", ""): ("email", 1),
    }


def test_refused_attempts_are_counted(built: Rows) -> None:
    (day,) = built["access_days"]

    assert (day["system_name"], day["attempt_count"]) == ("metabase", 3)
    assert day["refused_attempt_count"] == 2
