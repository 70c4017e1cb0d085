"""Who is due a contact, who stays with and without care, and what people chose."""

from __future__ import annotations

from typing import Any

import pytest

from ml_assets.measurement.shares import newcombe_interval, wilson_interval
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-03-15"
Z = 1.959963984540054


def subscription(
    account: str, started: str, ended: str | None = None, number: int = 1
) -> Row:
    return {
        "subscription_id": f"s{number}-{account}",
        "account_id": account,
        "billing_interval": "month",
        "amount": 40,
        "status": "cancelled" if ended else "active",
        "started_at": started,
        "ended_at": ended,
    }


def account(key: str, manager: str | None, segment: str | None, name: str) -> Row:
    return {
        "account_id": key,
        "account_name": name,
        "cs_manager": manager,
        "segment": segment,
    }


def activity(key: str, of: str, day: str, kind: str = "outreach") -> Row:
    return {
        "activity_id": key,
        "account_id": of,
        "activity_kind": kind,
        "occurred_at": f"{day} 12:00+00",
    }


def choice(key: str, of: str, what: str, day: str = "2026-01-10", **more: Any) -> Row:
    return {
        "response_id": key,
        "question_key": "why",
        "survey_kind": "reason",
        "respondent_id": of,
        "answered_at": f"{day} 12:00+00",
        "choice": what,
        **more,
    }


def message(
    key: str, event: str, at: str, to: str | None, channel: str = "email"
) -> Row:
    return {
        "message_id": key,
        "message_event": event,
        "occurred_at": f"{at if ' ' in at else at + ' 12:00'}+00",
        "channel": channel,
        "contact_id": to,
    }


OLD = "2025-01-10"
SUBSCRIPTIONS = [
    subscription("a", OLD),
    subscription("b", OLD),
    subscription("c", OLD, "2025-08-10"),
    subscription("d", OLD),
    subscription("e", OLD, "2025-08-10"),
    # Gone and back: it begins anew.
    subscription("f", OLD, "2025-08-10"),
    subscription("f", "2026-03-01", number=2),
    # Not there a year ago, and gone since.
    subscription("g", "2025-05-10", "2025-09-10"),
]
ACCOUNTS = [
    account("a", "Ana", "big", "Taller"),
    account("b", "Ana", "big", "Taller"),
    account("c", "Eva", "small", "Otro"),
    account("d", None, "big", "Uno"),
    account("e", None, "small", "Dos"),
    account("f", "Eva", None, "Tres"),
    account("g", "Eva", "small", "Cuatro"),
]
ACTIVITIES = [
    # In the 92 days up to the end of February 2025, the first and the last of them.
    activity("1", "a", "2024-11-29"),
    activity("2", "d", "2025-02-28"),
    # A day early and a day late.
    activity("3", "b", "2024-11-28"),
    activity("4", "c", "2025-03-01"),
    # 31 days that end today begin on 13 February.
    activity("5", "a", "2026-02-13"),
    activity("6", "b", "2026-02-12"),
    activity("7", "b", "2026-02-01", "health_check"),
    # The company did one longer ago than a year.
    activity("8", "a", "2025-03-14", "business_review"),
    # A step of the queue that was a call, and a call.
    {**activity("10", "c", "2026-02-20"), "sequence_step": "call"},
    activity("11", "d", "2026-02-21", "call"),
    # After the last day that is asked about.
    activity("9", "b", "2026-03-16"),
]
MESSAGES = [
    # Two mails of February, one of them to hear of in March; no event says "sent".
    message("m1", "sent", "2026-02-03", "p1"),
    message("m1", "opened", "2026-02-04", "p1"),
    message("m2", "clicked", "2026-02-28", "p1"),
    message("m2", "opened", "2026-03-01", "p1"),
    # At 23:30 in Madrid it is still February; half an hour on, it is March.
    message("m3", "sent", "2026-02-28 22:30", None, "in_app"),
    message("m4", "failed", "2026-02-28 23:00", None, "in_app"),
    message("m5", "sent", "2026-01-31", "p2", "in_app"),
]
TARGETS = [
    {
        "metric_name": f"success_{kind}_count",
        "target_month": "2026-02-01",
        "target_value": value,
    }
    for kind, value in (("email", 4), ("call", 2))
]
CHOICES = [
    choice("1", "p1", "Price", "2026-01-09"),
    choice("2", "p1", "No sé usarlo"),
    choice("3", "p2", "no se usarlo "),
    choice("4", "p3", "Precio"),
    choice("5", "p4", "Precio", is_test=True),
    choice("6", "p5", "Precio", "2025-03-15"),
    choice("7", "p6", "Precio", "2025-03-16", question_key=None),
]


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, list[dict[str, Any]]]]:
    pair = warehouse.add_pair()
    warehouse.load(
        pair.acme,
        RawFile("s.csv", SUBSCRIPTIONS, contract="subscriptions"),
        RawFile("a.csv", ACCOUNTS, contract="accounts"),
        RawFile("c.csv", ACTIVITIES, contract="cs_activities"),
        RawFile("r.csv", CHOICES, contract="survey_responses"),
        RawFile("m.csv", MESSAGES, contract="message_events"),
        RawFile("k.csv", TARGETS, contract="kpi_targets"),
    )
    # The same accounts of another company, that does nothing with them.
    warehouse.load(
        pair.bolt,
        RawFile("s.csv", SUBSCRIPTIONS, contract="subscriptions"),
        RawFile("a.csv", ACCOUNTS[:1], contract="accounts"),
        RawFile("r.csv", CHOICES[2:4], contract="survey_responses"),
    )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=[
            *("account_activity_months", "account_cadences", "account_cadence_years"),
            *("care_retention", "message_months", "saas_kpi_targets", "survey_choices"),
        ],
    )
    views = (
        *("account_contacts_due", "care_comparisons", "success_activities"),
        "survey_choices_now",
    )
    return {
        name: {
            view: warehouse.rows(
                f"select * from reporting.{view} where company_id = %s", [company]
            )
            for view in views
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_an_account_is_due_so_many_days_after_the_last_contact_of_a_kind(
    told: Any,
) -> None:
    due = {
        (row["account_id"], row["contact_kind"]): (
            str(row["last_contact_date"]),
            str(row["due_date"]),
            row["overdue_days"],
        )
        for row in told["acme"]["account_contacts_due"]
    }

    # d has nobody in charge, c and g left, and business reviews are no longer done.
    assert due == {
        ("a", "contact"): ("2026-02-13", "2026-03-15", 0),
        ("b", "contact"): ("2026-02-12", "2026-03-14", 1),
        ("f", "contact"): ("None", "2026-03-31", 0),
        ("a", "health_check"): ("None", "2025-04-11", 338),
        ("b", "health_check"): ("2026-02-01", "2026-05-03", 0),
        ("f", "health_check"): ("None", "2026-05-31", 0),
    }
    assert told["bolt"]["account_contacts_due"] == []


def test_a_year_tells_in_how_many_of_its_spans_there_was_a_contact(told: Any) -> None:
    kept = {
        (row["account_id"], row["contact_kind"]): (
            *(row["account_segment"], row["kept_window_count"], row["window_count"]),
        )
        for row in told["acme"]["account_contacts_due"]
    }

    # Of a, 11 spans of 31 days end on 15 March 2026, the first of them from 13
    # February on; b's two contacts of February lie in the second. f pays since March.
    assert kept == {
        ("a", "contact"): ("big", 1, 11),
        ("b", "contact"): ("big", 1, 11),
        ("f", "contact"): (None, 0, 0),
        ("a", "health_check"): ("big", 0, 3),
        ("b", "health_check"): ("big", 1, 3),
        ("f", "health_check"): (None, 0, 0),
    }


def test_accounts_of_one_name_are_told_apart_by_their_id(told: Any) -> None:
    names = {
        row["account_id"]: row["account_name"]
        for row in told["acme"]["account_contacts_due"]
    }

    assert names == {"a": "Taller (a)", "b": "Taller (b)", "f": "Tres"}


def test_who_stays_is_told_with_and_without_care_all_and_by_segment(told: Any) -> None:
    rates = {
        (row["care_basis"], row["segment"]): row
        for row in told["acme"]["care_comparisons"]
    }
    counts = {
        key: (
            *(row["cared_kept_count"], row["cared_count"]),
            *(row["alone_kept_count"], row["alone_count"]),
        )
        for key, row in rates.items()
    }

    # Six paid on 28 February 2025; a, b and d do a year later, and f came back after.
    assert counts == {
        ("manager", ""): (2, 4, 1, 2),
        ("manager", "big"): (2, 2, 1, 1),
        ("manager", "small"): (0, 1, 0, 1),
        ("contact", ""): (2, 2, 1, 4),
        ("contact", "big"): (2, 2, 1, 1),
    }
    found = rates["contact", ""]
    assert str(found["month_start_date"]) == "2026-02-01"
    assert found["care_difference_ratio"] == 0.75
    assert (found["care_difference_lower"], found["care_difference_upper"]) == (
        pytest.approx(newcombe_interval(1, 2, 0.25, 4, Z))
    )
    # Another company that did nothing has nobody with an activity to compare.
    assert {row["care_basis"] for row in told["bolt"]["care_comparisons"]} == {
        "manager"
    }


def test_a_choice_is_of_people_however_they_write_it(told: Any) -> None:
    chosen = {
        (row["question_key"], row["choice_words"]): row
        for row in told["acme"]["survey_choices_now"]
    }

    # Of p1 the last answer, of p5 none, because it is older than a year.
    assert {
        key: (row["chosen_count"], row["asked_count"]) for key, row in chosen.items()
    } == {
        ("why", "no se usarlo"): (2, 3),
        ("why", "precio"): (1, 3),
        ("reason", "precio"): (1, 1),
    }
    most = chosen["why", "no se usarlo"]
    assert most["choice_ratio"] == pytest.approx(2 / 3)
    assert (most["choice_ratio_lower"], most["choice_ratio_upper"]) == pytest.approx(
        wilson_interval(2 / 3, 3, Z)
    )
    assert [row["asked_count"] for row in told["bolt"]["survey_choices_now"]] == [2, 2]


def test_activities_are_counted_by_month_and_kind(told: Any) -> None:
    found = {
        (str(row["month_start_date"]), row["activity_label_es"]): (
            *(row["success_activity_count"], row["reached_account_count"]),
            row["activity_target_count"],
        )
        for row in told["acme"]["success_activities"]
        if str(row["month_start_date"]) >= "2025"
    }

    # Two outreaches and calls of February with two accounts each; March is not over. A
    # message is of the month in which it is first told of.
    assert found == {
        ("2025-02-01", "Contactos"): (1, 1, None),
        ("2025-03-01", "Contactos"): (1, 1, None),
        ("2025-03-01", "Revisiones de negocio"): (1, 1, None),
        ("2026-01-01", "Mensajes dentro del producto"): (1, None, None),
        ("2026-02-01", "Contactos"): (2, 2, None),
        ("2026-02-01", "Llamadas"): (2, 2, 2),
        ("2026-02-01", "Chequeos de salud"): (1, 1, None),
        ("2026-02-01", "Correos enviados"): (2, None, 4),
        ("2026-02-01", "Mensajes dentro del producto"): (1, None, None),
    }
    assert told["bolt"]["success_activities"] == []
