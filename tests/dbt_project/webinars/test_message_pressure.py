"""Messages of the week before a webinar, and who came, by hand."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from ml_assets.measurement.shares import wilson_interval
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinar_rows import registrant, visit, webinar, webinar_file

EARLY = "2026-03-01 10:00+00"
NAMES = ("ana", "bea", "carl", "dora", "eva", "fay", "gus")


def person(name: str) -> str:
    return sha256(f"{name}@example.test".encode()).hexdigest()


def contact(name: str) -> Row:
    return {
        "contact_id": f"c-{name}",
        "email": f"{name}@example.test",
        "registered_at": "2026-01-01 10:00+00",
    }


def message(key: str, name: str, at: str, event: str = "sent") -> Row:
    return {
        "message_id": key,
        "message_event": event,
        "occurred_at": f"{at}+00",
        "channel": "email",
        "contact_id": f"c-{name}",
    }


def came(name: str, webinar_id: str = "W1", day: str = "2026-03-10") -> Row:
    return visit(
        webinar_id,
        f"{day} 17:00+00",
        f"{day} 17:30+00",
        email=f"{name}@example.test",
    )


MESSAGES = [
    # Long before, so that messages are known of.
    message("old", "gus", "2026-02-20 10:00"),
    # Seven days before to the minute, and the minute it begins.
    message("1", "ana", "2026-03-03 17:00"),
    message("2", "ana", "2026-03-10 16:59"),
    message("3", "ana", "2026-03-10 17:00"),
    message("4", "ana", "2026-03-03 16:59"),
    # Opened as well: one message; and one that failed.
    message("5", "bea", "2026-03-05 10:00"),
    message("5", "bea", "2026-03-06 10:00", "opened"),
    message("6", "bea", "2026-03-06 10:00"),
    message("6", "bea", "2026-03-06 10:01", "bounced"),
    *(message(f"c{day}", "carl", f"2026-03-0{day} 10:00") for day in range(4, 9)),
    *(message(f"d{day}", "dora", f"2026-03-0{day} 10:00") for day in range(4, 7)),
    # Thirty days with the webinar's own, and what is before and after them.
    message("o1", "ana", "2026-02-08 10:00", "opened"),
    message("o1", "ana", "2026-02-09 10:00", "opened"),
    message("2", "ana", "2026-03-10 20:00", "opened"),
    message("2", "ana", "2026-03-11 10:00", "opened"),
    message("2", "ana", "2026-03-11 10:01", "clicked"),
    # A proxy opens; a click of WhatsApp is none of an e-mail.
    {**message("c4", "carl", "2026-03-04 10:00", "opened"), "is_machine": True},
    {**message("w1", "carl", "2026-03-02 10:00", "clicked"), "channel": "whatsapp"},
    # To another address of Fay's.
    message("f1", "fay at work", "2026-03-02 10:00", "clicked"),
]
EVENTS = [
    {
        "event_id": f"e{number}",
        "event_type": kind,
        "occurred_at": f"{day} 10:00+00",
        "contact_id": f"c-{name}",
    }
    for number, (name, kind, day) in enumerate(
        (
            *(("ana", "page_view", "2026-03-09"), ("ana", "visit", "2026-03-10")),
            *(("ana", "visit", "2026-03-11"), ("ana", "login", "2026-03-09")),
        )
    )
]


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    pair = warehouse.add_pair()
    registrants = [
        *(registrant("W1", name, EARLY) for name in NAMES if name != "fay"),
        # Six days before, and somebody who is no contact.
        registrant("W1", "fay", "2026-03-04 17:00+00"),
        registrant("W1", "hugo", EARLY),
        # Before the first message that is known of.
        registrant("W0", "ana", "2026-01-01 10:00+00"),
        # To come.
        registrant("W2", "ana", EARLY),
    ]
    held = (
        webinar_file(
            "webinars",
            webinar("W0", "2026-02-01 17:00+00", length_minutes=60),
            webinar("W1", "2026-03-10 17:00+00", length_minutes=60),
            webinar("W2", "2026-04-10 17:00+00", length_minutes=60),
        ),
        webinar_file("registrants", *registrants),
        webinar_file("attendances", *map(came, ("ana", "carl", "fay", "hugo"))),
    )
    contacts = [
        *(contact(name) for name in NAMES),
        {**contact("fay at work"), "merged_into": "c-fay"},
    ]
    people = RawFile("contacts.csv", contacts, contract="contacts")
    visits = RawFile("events.csv", EVENTS, contract="community_events")
    warehouse.load(pair.acme, *held, people, visits)
    warehouse.load(
        pair.acme, RawFile("messages.csv", MESSAGES, contract="message_events")
    )
    # Another company has the same people and webinars, and writes to nobody.
    warehouse.load(pair.bolt, *held, people)
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), "2026-03-20"),
        only=["webinar_pressures", "webinar_lead_signals"],
    )
    told = {
        name: warehouse.rows(
            """select * from reporting.webinar_message_pressures
            where company_id = %s order by pressure_place""",
            [company],
        )
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }
    return told | {
        f"{name}'s leads": warehouse.rows(
            "select * from marts.webinar_lead_signals where company_id = %s", [company]
        )
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_who_came_is_told_by_the_messages_of_the_week_before(told: Any) -> None:
    counts = {
        row["pressure_place"]: (
            row["pressed_attendee_count"],
            row["pressed_registrant_count"],
        )
        for row in told["acme"]
    }

    # Of ana two count, of bea one, of carl five, of dora three; eva and gus had none.
    assert counts == {0: (0, 2), 1: (0, 1), 2: (1, 1), 3: (0, 1), 4: (1, 1)}
    none = told["acme"][0]
    assert (none["show_ratio_lower"], none["show_ratio_upper"]) == pytest.approx(
        wilson_interval(0, 2, 1.959963984540054)
    )


def test_who_writes_to_nobody_is_told_nothing(told: Any) -> None:
    assert told["bolt"] == []


def test_of_leads_is_known_what_they_did_until_the_day_of_the_webinar(
    told: Any,
) -> None:
    counts = {
        name: {
            row["person_id"]: (
                *(row["email_open_count"], row["email_click_count"]),
                row["visit_count"],
            )
            for row in told[f"{name}'s leads"]
        }
        for name in ("acme", "bolt")
    }

    # Ana opened on the first of thirty days and on the last, a proxy for carl; fay
    # clicked at another address; hugo, who came too, is no contact.
    assert counts["acme"] == {
        person("ana"): (2, 0, 2),
        person("carl"): (0, 0, 0),
        person("fay"): (0, 1, 0),
    }
    # The same people of a company that nobody tells such things.
    assert set(counts["bolt"].values()) == {(0, 0, 0)}
