"""Retention, K-factor and funnel of the definitions' own examples."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from scipy.stats import norm

from ml_assets.measurement.shares import wilson_interval
from tests.dbt_project.community.programme import at, contact, event, file, login
from tests.dbt_project.warehouse import Pair, Warehouse

START = date(2026, 1, 5)
AS_OF = "2026-04-15"  # day 100


def cohort(warehouse: Warehouse, mart: str, company_id: str) -> list[dict[str, Any]]:
    return warehouse.rows(
        f"select * from marts.{mart} where company_id = %s", [company_id]
    )


def test_three_ways_to_stay(warehouse: Warehouse, pair: Pair) -> None:
    active = {"a": (0, 1, 40), "b": (0, 5), "c": (0, 95)}
    people = [contact(each, at(START, 8)) for each in active]
    logins = [
        login(who, at(START, days=day)) for who, days in active.items() for day in days
    ]
    # Nine in the evening of Santiago is the next day in UTC: its own day.
    late = login("a", at(START, 1, days=2))
    warehouse.load(
        pair.bolt, file("contacts", people), file("community_events", [*logins, late])
    )
    warehouse.load(
        pair.acme, file("contacts", people[:1]), file("community_events", logins[:1])
    )

    days = {pair.bolt: AS_OF, pair.acme: "2026-01-20"}
    warehouse.build(pair.acme, pair.bolt, as_of=days, only=["retention_cohorts"])

    found = {
        (row["family"], row["day_count"]): (
            row["retained_count"],
            row["eligible_count"],
        )
        for row in cohort(warehouse, "retention_cohorts", pair.bolt)
    }
    assert found == {
        ("window", 30): (2, 3),
        ("window", 60): (1, 3),
        ("window", 90): (0, 3),
        ("on", 1): (1, 3),
        ("on", 7): (0, 3),
        ("on", 30): (0, 3),
        ("unbounded", 30): (2, 3),
        ("unbounded", 60): (1, 3),
        ("unbounded", 90): (1, 3),
    }
    young = cohort(warehouse, "retention_cohorts", pair.acme)
    rates = {(row["family"], row["day_count"]): row["retention_ratio"] for row in young}
    # Fifteen days old: whoever is not there after thirty has not left yet.
    assert rates["window", 30] is None
    assert rates["on", 1] == 0.0
    (share,) = [
        row
        for row in cohort(warehouse, "retention_cohorts", pair.bolt)
        if (row["family"], row["day_count"]) == ("window", 30)
    ]
    (nobody,) = [
        row
        for row in cohort(warehouse, "retention_cohorts", pair.bolt)
        if (row["family"], row["day_count"]) == ("window", 90)
    ]
    assert nobody["retention_ratio_lower"] == 0
    lower, upper = wilson_interval(2 / 3, 3, norm.ppf(0.975))
    assert share["retention_ratio_lower"] == pytest.approx(float(lower), abs=1e-9)
    assert share["retention_ratio_upper"] == pytest.approx(float(upper), abs=1e-9)


def test_how_many_each_brings(warehouse: Warehouse, pair: Pair) -> None:
    members = [f"m{n}" for n in range(200)]
    invited = [f"i{n}" for n in range(40)]
    people = [contact(each, at(START)) for each in members]
    people += [contact(each, at(START, days=9)) for each in invited]
    logins = [login(each, at(START, 13)) for each in members]
    logins += [login(each, at(START, days=35)) for each in invited]
    told = [
        {
            "invitation_id": f"v{n}",
            "inviter_contact_id": members[n % 200],
            "invited_at": at(START, days=5),
            "invited_contact_id": invited[n] if n < 40 else None,
        }
        for n in range(500)
    ]
    others = [
        # Whom two invite is invited once; whoever is there already is not invited; who
        # invites after thirty days does not count for the first thirty.
        {**told[0], "invitation_id": "again", "invited_at": at(START, days=4)},
        {**told[0], "invitation_id": "known", "invited_contact_id": "m7"},
        {**told[499], "invitation_id": "late", "invited_at": at(START, days=31)},
    ]
    referred = {
        "referral_id": "r",
        "referrer_contact_id": "m3",
        "referred_contact_id": "i0",
        "referred_at": at(START, days=9),
    }
    warehouse.load(
        pair.bolt,
        file("contacts", people),
        file("community_events", logins),
        file("invitations", [*told, *others]),
        file("referrals", [referred]),
    )

    warehouse.build(pair.bolt, as_of={pair.bolt: AS_OF}, only=["referral_cohorts"])

    first, later = sorted(
        cohort(warehouse, "referral_cohorts", pair.bolt),
        key=lambda row: row["cohort_month_start_date"],
    )
    assert first["cohort_size"] == 200
    assert first["is_complete"]
    assert first["invitation_count"] == 500
    assert first["activated_invitee_count"] == 40
    assert first["activated_referred_count"] == 1
    assert first["median_cycle_days"] == 30
    assert not later["is_complete"]
    assert later["cohort_size"] == 40


def test_a_funnel_is_of_the_same_people(warehouse: Warehouse, pair: Pair) -> None:
    people = [
        contact("a", at(START, 14), client_id="A"),
        contact("b", at(START, days=2), client_id="B"),
        contact("old", at(START, days=-60), client_id="O"),
    ]
    told = [
        event("1", "page_view", at(START), None, client_id="A", source="linkedin"),
        event("2", "page_view", at(START, 13), None, client_id="A", source="mail"),
        event("3", "Page View", at(START), None, client_id="B", source="linkedin"),
        event("4", "visit", at(START), None, client_id="O", source="linkedin"),
        event("5", "visit", at(START), None, client_id="nobody"),
        # The visit came after the registration: no step.
        event("6", "attendance", at(START, days=3), "a"),
        login("a", at(START, days=4)),
        # She attended without coming back.
        event("7", "attendance", at(START, days=5), "b"),
    ]
    warehouse.load(pair.bolt, file("contacts", people), file("community_events", told))

    warehouse.build(pair.bolt, as_of={pair.bolt: AS_OF}, only=["funnel_months"])

    steps = ("visitor", "identified_visitor", "registered", "attended", "active")
    found = {
        row["utm_source"]: tuple(row[f"{step}_count"] for step in steps)
        for row in cohort(warehouse, "funnel_months", pair.bolt)
    }
    assert found == {"linkedin": (3, 3, 2, 2, 1), "(none)": (1, 0, 0, 0, 0)}


def test_one_person_of_several_contacts(warehouse: Warehouse, pair: Pair) -> None:
    people = [
        contact("1", at(START), email="Ana@x.test", source="linkedin"),
        contact("2", at(START, days=1), email=" ana@X.test ", has_email_consent=False),
        contact("3", at(START, days=-9), merged_into="2"),
        contact("4", at(START), email="b@x.test", phone="+34 600 111 222"),
        contact("5", at(START), phone="34600111222", has_email_consent=True),
        # A family's telephone: two addresses stand beside it.
        contact("6", at(START), email="c@x.test", phone="34600333444"),
        contact("7", at(START), email="d@x.test", phone="34600333444"),
        contact("8", at(START), phone="34600333444"),
    ]
    warehouse.load(pair.bolt, file("contacts", people))
    warehouse.load(
        pair.acme, file("contacts", [contact("1", at(START), email="b@x.test")])
    )

    warehouse.build(pair.acme, pair.bolt, only=["people"])

    found = {row["person_id"]: row for row in cohort(warehouse, "people", pair.bolt)}
    assert {id_: row["contact_count"] for id_, row in found.items()} == {
        "contacts/1": 3,
        "contacts/4": 2,
        "contacts/6": 1,
        "contacts/7": 1,
        "contacts/8": 1,
    }
    ana = found["contacts/1"]
    assert ana["registered_date"] == date(2025, 12, 27)
    assert ana["utm_source"] == "linkedin"
    assert ana["has_email_consent"] is False
    assert [row["contact_count"] for row in cohort(warehouse, "people", pair.acme)] == [
        1
    ]
