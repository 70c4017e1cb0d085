"""What is said of an account on a day is of what had happened by that day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.saas.account_health import judge_accounts
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-03-18"
MARTS = (
    "account_health_inputs",
    "account_departures",
    "account_activities",
    "accounts",
    "product_event_months",
)


def subscription(account_id: str, **others: object) -> Row:
    return {
        "subscription_id": f"s-{account_id}",
        "account_id": account_id,
        "billing_interval": "month",
        "amount": 90,
        "quantity": 2,
        "plan": "Pro",
        "status": "active",
        "started_at": "2025-11-20",
        **others,
    }


def event(number: int, day: str, name: str, **others: object) -> Row:
    return {
        "message_id": f"m{number}",
        "event": name,
        "user_id": "ana",
        "account_id": "uno",
        "occurred_at": f"{day} 12:00+00",
        **others,
    }


def invoice(key: str, issued: str, **others: object) -> Row:
    return {
        "invoice_id": key,
        "account_id": "uno",
        "status": "paid",
        "amount_due": 90,
        "issued_at": issued,
        **others,
    }


FILES: dict[str, tuple[Row, ...]] = {
    "subscriptions": (
        subscription("uno"),
        subscription("dos", billing_interval="year", started_at="2025-12-10"),
        subscription("tres", status="cancelled", ended_at="2026-03-10"),
    ),
    "product_events": (
        event(1, "2026-01-01", "Signed In"),
        event(2, "2026-03-03", "Signed In"),
        event(3, "2026-03-03", "Used", occurred_at="2026-03-03 12:09+00", feature="x"),
        # Of a clock that ran ahead, of a colleague, and of who never said an account.
        event(4, "2026-03-04", "Used", received_at="2026-03-01 12:00+00"),
        # The same, by the day the file was read: nobody says when it was received.
        event(12, "2027-03-04", "Used", _sdc_extracted_at="2026-03-02 12:00+00"),
        event(5, "2026-03-04", "Used", is_internal=True),
        event(6, "2026-03-04", "Used", user_id="eva", account_id=None),
        # Without an account: of the one she told of last. After today: not known.
        event(7, "2026-03-12", "Signed In", account_id=None),
        event(8, "2026-03-20", "Signed In"),
        event(9, "2026-03-13", "Signed In", user_id="leo", account_id="dos"),
        event(10, "2026-03-14", "Used", user_id=None),
        event(11, "2026-03-14", "Used", user_id="sol", account_id="nueve"),
    ),
    "features": (
        {"feature": "x", "feature_tier": "core", "plans": "pro; max"},
        {"feature": "y", "feature_tier": "core", "released_at": "2026-02-10"},
        {"feature": "z", "feature_tier": "core", "plans": "max"},
    ),
    "tickets": (
        {
            "ticket_id": "t1",
            "account_id": "uno",
            "status": "closed",
            "created_at": "2026-03-06 09:00+00",
            "escalated_at": "2026-03-10 09:00+00",
        },
    ),
    "survey_responses": (
        {
            "response_id": "r1",
            "survey_kind": "csat",
            "touchpoint": "support",
            "account_id": "uno",
            "answered_at": "2026-03-09 09:00+00",
            "score": 4,
            "scale_min": 1,
            "scale_max": 5,
        },
    ),
    "invoices": (
        invoice("i1", "2026-02-25", paid_at="2026-03-10 09:00+00"),
        invoice("i2", "2026-03-01", status="void"),
    ),
    "payments": (
        {
            "payment_id": "p1",
            "invoice_id": "i1",
            "status": "failed",
            "amount": 90,
            "attempted_at": "2026-03-05 09:00+00",
        },
    ),
    "cs_activities": (
        {
            "activity_id": "c1",
            "account_id": "uno",
            "activity_kind": "outreach",
            "cs_manager": "Ana",
            "sequence_step": "call",
            "outcome": "no_answer",
            # The 18th in Madrid and in Santiago.
            "occurred_at": "2026-03-18 12:00+00",
        },
        # Of no step and no outcome, long before it came into the queue.
        {
            "activity_id": "c0",
            "account_id": "uno",
            "activity_kind": "training",
            "occurred_at": "2026-01-02 12:00+00",
        },
        {
            "activity_id": "c2",
            "account_id": "uno",
            "activity_kind": "health_check",
            "occurred_at": "2026-03-18 13:00+00",
        },
    ),
    "accounts": ({"account_id": "dos", "cs_manager": "Ana"},),
    "exit_reasons": (
        {
            "account_id": "tres",
            "exit_reason": "Price",
            "recorded_at": "2026-03-12",
            "decided_at": "2026-02-20 12:00+00",
        },
    ),
}


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
    """What is known in two companies, of which the other has subscriptions only."""
    pair = warehouse.add_pair()
    for kind, rows in FILES.items():
        warehouse.load(pair.acme, RawFile(f"{kind}.csv", rows, contract=kind))
    warehouse.load(
        pair.bolt,
        RawFile("s.csv", FILES["subscriptions"], contract="subscriptions"),
    )
    as_of = {pair.acme: AS_OF, pair.bolt: AS_OF}
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=MARTS)
    query = "select * from marts.account_health_inputs where company_id = %s"
    found = {
        name: {
            (row["account_id"], str(row["scored_on"])): row
            for row in warehouse.rows(query, [company])
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }
    (gone,) = warehouse.rows(
        "select * from marts.account_departures where company_id = %s", [pair.acme]
    )
    companies = {"acme": pair.acme, "bolt": pair.bolt}
    # Another pair has nothing at all.
    others = {**companies, "new": warehouse.add_pair().acme}
    said = {("", name): judge_accounts(warehouse.url, x) for name, x in others.items()}
    query = "select * from reporting.accounts_now where company_id = %s"
    now = {
        (name, row["account_id"]): row
        for name, company in companies.items()
        for row in warehouse.rows(query, [company])
    }
    return {**found, "gone": {("tres", ""): gone}, "said": said, "now": now}


Told = dict[str, dict[tuple[str, str], dict[str, Any]]]


def test_what_came_later_changes_nothing_said_before(told: Told) -> None:
    then, now = (told["acme"]["uno", day] for day in ("2026-03-08", AS_OF))

    # On the 8th an invoice was open since the 25th, an attempt at it had failed.
    assert (then["oldest_open_invoice_days"], then["failed_attempt_count"]) == (11, 1)
    assert (now["oldest_open_invoice_days"], now["failed_attempt_count"]) == (0, 0)
    assert then["failed_attempt_count_7d"] == 1
    assert (then["has_escalation_28d"], now["has_escalation_28d"]) == (False, True)
    assert (then["csat_mean_10"], now["csat_mean_10"]) == (None, 7.5)
    assert then["has_answered_survey"] is None
    assert (then["ticket_count_28d"], now["ticket_count_28d"]) == (1, 1)


def test_use_is_of_people_whose_account_is_known(told: Told) -> None:
    then, now = (told["acme"]["uno", day] for day in ("2026-03-08", AS_OF))

    assert then["active_days_per_seat_28d"] == 0.5
    assert now["active_days_per_seat_28d"] == 1.0
    assert (then["login_count_7d"], now["login_count_7d"]) == (1, 1)
    # How long one event took nobody knows.
    assert (then["session_minutes"], now["session_minutes"]) == (9, None)
    assert (now["idle_days"], now["days_since_last_login"]) == (6, 6)
    assert now["active_user_count_28d"] == 1


def test_every_event_is_told_of_whether_it_counts_or_why_not(
    told: Told, warehouse: Warehouse
) -> None:
    uses = {
        (str(row["event_month"]), row["event_use"]): (
            row["event_count"],
            round(row["event_share"], 3),
        )
        for row in warehouse.rows(
            "select * from reporting.product_event_uses where company_id = %s",
            [told["now"]["acme", "uno"]["company_id"]],
        )
    }

    # The one after today is not known yet.
    assert uses == {
        ("2026-01-01", "counted"): (1, Decimal("1.000")),
        ("2026-03-01", "counted"): (4, Decimal("0.400")),
        ("2026-03-01", "no_account"): (1, Decimal("0.100")),
        ("2026-03-01", "unknown_account"): (1, Decimal("0.100")),
        ("2026-03-01", "no_person"): (1, Decimal("0.100")),
        ("2026-03-01", "clock_ahead"): (2, Decimal("0.200")),
        ("2026-03-01", "internal"): (1, Decimal("0.100")),
    }


def test_features_of_another_plan_or_too_young_are_not_to_be_adopted(
    told: Told,
) -> None:
    then, now = (told["acme"]["uno", day] for day in ("2026-03-08", AS_OF))

    assert (then["adopted_feature_count"], then["available_feature_count"]) == (1, 1)
    assert (now["adopted_feature_count"], now["available_feature_count"]) == (1, 2)


def test_who_pays_by_the_year_is_bound_until_it_renews(told: Told) -> None:
    rows = told["acme"]

    assert str(rows["dos", AS_OF]["contract_end_date"]) == "2026-12-10"
    assert rows["uno", AS_OF]["contract_end_date"] is None
    assert ("tres", "2026-03-08") in rows
    assert ("tres", "2026-03-15") not in rows


def test_a_week_without_any_event_is_a_source_that_failed(told: Told) -> None:
    assert told["acme"]["uno", "2026-02-22"]["active_days_per_seat_28d"] is None
    assert told["acme"]["uno", "2026-01-04"]["active_days_per_seat_28d"] is None
    assert told["acme"]["dos", "2026-03-08"]["active_days_per_seat_28d"] == 0


def test_of_another_company_nothing_is_known_but_what_it_pays(told: Told) -> None:
    row = told["bolt"]["uno", AS_OF]

    known = {name for name, value in row.items() if value is not None}
    assert known == {
        *("company_id", "account_id", "scored_on", "is_sunday", "is_first_of_month"),
        *("mrr_amount", "seat_count", "tenure_days", "has_escalation_28d"),
    }


def test_a_departure_has_the_reason_told_of_it_and_the_day_of_the_decision(
    told: Told,
) -> None:
    gone = told["gone"]["tres", ""]

    assert (str(gone["effective_on"]), gone["lost_ratio"]) == ("2026-03-10", 1)
    assert (gone["exit_reason"], str(gone["decided_on"])) == ("price", "2026-02-20")


def test_an_account_is_judged_by_what_is_known_of_it_alone(told: Told) -> None:
    acme, bolt = told["now"]["acme", "uno"], told["now"]["bolt", "uno"]

    # A day a seat of 12, 1 of 2 features of 0.6, one ticket of two seats (5 of ten)
    # that was escalated, nothing owed, and of engagement an answer and a call.
    points = ("usage_intensity", "feature_adoption", "support_interactions")
    assert [round(acme[name], 1) for name in points] == [8.3, 83.3, 30.0]
    assert (acme["payment_history"], acme["engagement_level"]) == (100, 100)
    assert round(acme["account_health_score"], 1) == 54.3
    assert (acme["band"], round(acme["coverage_ratio"], 2)) == ("critical", 0.96)
    assert acme["next_step_en"].startswith("Write to ask")
    assert (bolt["band"], bolt["account_health_score"]) == ("unknown", None)
    assert (bolt["trigger_name"], bolt["known_signal_count"]) == ("none", 0)


def test_the_queue_is_kept_from_run_to_run(told: Told, warehouse: Warehouse) -> None:
    acme = told["now"]["acme", "uno"]["company_id"]
    query = (
        "select * from reporting.account_queue"
        " where company_id = %s and account_id = 'uno'"
    )
    (entry,) = warehouse.rows(query, [acme])

    assert (entry["account_id"], str(entry["opened_on"])) == ("uno", AS_OF)
    # Nobody manages it, and Ana is who there is.
    assert (entry["owner"], entry["is_owner_drawn"]) == ("Ana", True)
    (signal,) = warehouse.rows(
        query.replace("account_queue", "account_queue_signals"), [acme]
    )
    assert signal["signal_label_en"] == "Few logins"
    assert (entry["sequence_step_count"], str(entry["last_contact_on"])) == (1, AS_OF)
    judge_accounts(warehouse.url, acme)
    assert warehouse.rows(query, [acme]) == [entry]
    # What a run finds later changes neither its day nor its lot.
    warehouse.execute(
        "update predictions.account_queue set opened_on = opened_on - 40,"
        " lot_drawn_on = lot_drawn_on - 40, is_watched = true"
        " where company_id = %s and account_id = 'uno'",
        [acme],
    )
    judge_accounts(warehouse.url, acme)
    (entry,) = warehouse.rows(query, [acme])
    assert (str(entry["opened_on"]), entry["is_watched"]) == ("2026-02-06", True)
    assert entry["closed_label_en"] == "30 days went by"
    (calm, left) = warehouse.rows(
        "select * from reporting.account_queue_effects where company_id = %s"
        " order by place",
        [acme],
    )
    # On the Sunday before those 28 days were over an invoice was late.
    assert (calm["watched_count"], calm["watched_hit_count"]) == (1, 0)
    assert (left["watched_count"], left["status"]) == (0, "too_early")
    assert "Aún no se puede saber" in left["verdict_es"]


def test_too_few_departures_are_told_and_nobody_gets_a_probability(
    told: Told, warehouse: Warehouse
) -> None:
    assert told["now"]["acme", "uno"]["leave_probability_90"] is None
    assert told["said"]["", "acme"]["account_churn"] == 0
    assert told["said"]["", "acme"]["account_churn_fits"] == 2
    (verdict,) = warehouse.rows(
        "select * from predictions.account_verdicts where company_id = %s",
        [told["now"]["acme", "uno"]["company_id"]],
    )
    assert verdict["status"] == "too_few"
    assert "se pueden calificar desde 30" in verdict["verdict_es"]


def test_who_has_no_accounts_gets_no_rows(told: Told) -> None:
    assert set(told["said"]["", "new"].values()) == {0}
