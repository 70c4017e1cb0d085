"""Support in time, NPS and CSAT, and seats in use: by hand, beside another company."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-02-28"


def subscription(account: str, seats: int) -> Row:
    return {
        "subscription_id": f"s-{account}",
        "account_id": account,
        "billing_interval": "month",
        "amount": 90,
        "quantity": seats,
        "status": "active",
        "started_at": "2025-11-01",
    }


def ticket(key: str, tier: int | None, created: str, **others: object) -> Row:
    told = {"ticket_id": key, "account_id": "a", "status": "open"}
    return {**told, "support_tier": tier, "created_at": created, **others}


def answer(key: str, kind: str, score: float, day: str, **others: object) -> Row:
    return {
        "response_id": key,
        "survey_kind": kind,
        "touchpoint": "support",
        "respondent_id": key,
        "account_id": "a",
        "answered_at": f"{day} 12:00+00",
        "score": score,
        "scale_min": 0 if kind == "nps" else 1,
        "scale_max": 10 if kind == "nps" else 5,
        **others,
    }


def use(person: str, day: str, minute: int = 0) -> Row:
    return {
        "message_id": f"{person}-{day}",
        "event": "Used",
        "user_id": person,
        "account_id": "a",
        "occurred_at": f"{day} 10:{minute:02}+00",
    }


TICKETS = (
    ticket("met", None, "2026-02-03 10:00+00", first_replied_at="2026-02-03 11:40+00"),
    ticket("late", 1, "2026-02-03 10:00+00", first_replied_at="2026-02-03 12:10+00"),
    ticket("open", 1, "2026-02-10 10:00+00"),
    # Half an hour old, in Madrid; its answer came later than what is asked about.
    ticket("young", 1, "2026-02-28 22:30+00", first_replied_at="2026-03-01 10:00+00"),
    ticket("gone", 1, "2026-02-03 10:00+00", status="deleted"),
    # Ten hours by the calendar, fifty minutes of work.
    ticket(
        *("night", 2, "2026-02-03 22:00+00"),
        first_replied_at="2026-02-04 08:00+00",
        first_reply_business_minutes=50,
        solved_at="2026-02-05 08:00+00",
    ),
    # The third tier is by the calendar.
    ticket(
        *("large", 3, "2026-02-03 22:00+00"),
        first_replied_at="2026-02-03 22:40+00",
        first_reply_business_minutes=5,
    ),
)
# 60 % promote and 15 % do not, of 200: 45 give or take 10.3.
ANSWERS = (
    *(answer(f"p{number}", "nps", 9, "2026-02-10") for number in range(120)),
    *(answer(f"n{number}", "nps", 7, "2026-02-10") for number in range(50)),
    *(answer(f"d{number}", "nps", 6, "2026-02-10") for number in range(30)),
    # Said otherwise before, and a test.
    answer("old", "nps", 0, "2026-01-10", respondent_id="p1"),
    answer("test", "nps", 0, "2026-02-10", is_test=True),
    *(answer(f"c{score}", "csat", score, "2026-02-10") for score in (5, 4, 2)),
)
# Three people of two seats on a Monday, one on a Tuesday, one on a Saturday.
USES = (
    use("ana", "2026-01-20"),
    *(use(person, "2026-02-02") for person in ("ana", "ben", "eva")),
    # Six minutes later, in the same session.
    {**use("ana", "2026-02-02", 6), "message_id": "ana-later"},
    use("ben", "2026-02-07"),
    # A device is nobody that is known.
    {**use("d1", "2026-02-04"), "anonymous_id": "d1"},
)
# By webhook: a clock a day ahead, told twice, and what a file told as well.
DELIVERED = [
    *((hook, "ana-2026-02-03", "ana", "2026-02-03") for hook in ("one", "two")),
    ("one", "ben-2026-02-07", "ben", "2026-02-07"),
]
_DELIVER = """
    insert into raw_webhooks.events (company_id, connection_id, event_key, sender,
        event_type, event_id, received_at, delivery_id, payload)
    select %s, %s, %s, 'segment', 'track', %s, %s::timestamptz, 1, jsonb_build_object(
        'event', 'Used', 'userId', %s::text, 'context', '{"groupId": "a"}'::jsonb,
        'originalTimestamp', %s::timestamptz + interval '1 day',
        'sentAt', %s::timestamptz + interval '1 day')
"""


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, list[dict[str, Any]]]]:
    pair = warehouse.add_pair()
    seats = [subscription("a", 2), subscription("b", 10)]
    warehouse.load(
        pair.acme,
        RawFile("s.csv", seats, contract="subscriptions"),
        RawFile("t.csv", TICKETS, contract="tickets"),
        RawFile("r.csv", ANSWERS, contract="survey_responses"),
        RawFile("e.csv", USES, contract="product_events"),
    )
    for hook, key, person, day in DELIVERED:
        at = f"{day} 10:00+00"
        warehouse.execute(_DELIVER, (pair.acme, hook, key, key, at, person, at, at))
    warehouse.load(pair.bolt, RawFile("t.csv", TICKETS[:1], contract="tickets"))
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=["seat_use_months", "session_months", "support_months", "survey_months"],
    )
    return {
        name: {
            view: warehouse.rows(
                f"select * from reporting.{view} where company_id = %s"
                " and month_start_date = '2026-02-01'",
                [company],
            )
            for view in (
                "support_by_month",
                "satisfaction_by_month",
                "seat_use_by_month",
                "session_use_by_month",
            )
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_in_time_is_of_tickets_that_are_decided_by_the_clock_of_their_tier(
    told: Any,
) -> None:
    tiers = {row["support_tier"]: row for row in told["acme"]["support_by_month"]}

    names = ("ticket_count", "met_count", "decided_count")
    assert {
        tier: tuple(row[name] for name in names) for tier, row in tiers.items()
    } == {
        1: (4, 1, 3),
        2: (1, 1, 1),
        3: (1, 0, 1),
    }
    assert tiers[1]["median_reply_minutes"] == 115
    assert (tiers[2]["business_clock_count"], tiers[3]["business_clock_count"]) == (
        1,
        0,
    )
    assert tiers[1]["sla_attainment_ratio_lower"] < 1 / 3
    # Fewer than thirty say no rate without an interval.
    assert tiers[2]["solved_within_7d_count"] == 1
    assert tiers[2]["solved_within_7d_ratio"] is None


def test_nps_is_of_the_last_answers_with_the_interval_of_the_vector(told: Any) -> None:
    found = {row["touchpoint"]: row for row in told["acme"]["satisfaction_by_month"]}

    nps, csat = found["all"], found["support"]
    assert (nps["answer_count"], nps["nps_score"]) == (200, 45)
    assert nps["nps_score_upper"] - 45 == pytest.approx(10.3, abs=0.05)
    assert nps["csat_top2_ratio"] is None
    assert (csat["top_two_count"], csat["answer_count"]) == (2, 3)
    assert csat["csat_mean_10"] == pytest.approx((10 + 7.5 + 2.5) / 3)
    assert csat["nps_score"] is csat["nps_score_lower"] is None


def test_seats_are_never_used_twice_and_stickiness_is_of_people(told: Any) -> None:
    (row,) = told["acme"]["seat_use_by_month"]

    assert (row["account_count"], row["seat_count"]) == (2, 12)
    assert row["seat_dau_ratio"] == pytest.approx(3 / 20 / 12)
    assert row["seat_mau_ratio"] == pytest.approx(2 / 12)
    assert row["stickiness_ratio"] == pytest.approx(4 / 20 / 3)


def test_a_session_is_of_a_person_and_long_where_two_events_tell(told: Any) -> None:
    (row,) = told["acme"]["session_use_by_month"]

    # Ana on two days, Ben on two and Eva on one; only Ana's first has an end.
    assert row["weekly_sessions_per_user"] == pytest.approx(5 / 4 / 3)
    assert row["mean_session_minutes"] == 6


def test_another_company_has_its_own_ticket_and_nothing_else(told: Any) -> None:
    (tier,) = told["bolt"]["support_by_month"]
    assert (tier["ticket_count"], tier["met_count"]) == (1, 1)
    assert told["bolt"]["satisfaction_by_month"] == []
    assert told["bolt"]["seat_use_by_month"] == []
    assert told["bolt"]["session_use_by_month"] == []
