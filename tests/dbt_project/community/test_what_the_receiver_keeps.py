"""What came by webhook stands beside what came in files."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from orchestration.lib.ingestion.webhooks.unpacking import unpack
from tests.dbt_project.community.programme import at, contact, event, file
from tests.dbt_project.warehouse import Pair, Warehouse

MARTS = ("message_campaign_results", "person_activity_days", "access_days")


def status(name: str, when: datetime, **others: object) -> dict[str, Any]:
    """A status as WhatsApp delivers it, of a message to Ana's number."""
    told = {"id": "wamid.A", "status": name, "timestamp": str(int(when.timestamp()))}
    handed_back = {"biz_opaque_callback_data": "camp=w11;lang=es"}
    return {**told, **handed_back, "recipient_id": "34600111222", **others}


def deliver(warehouse: Warehouse, company_id: str, *statuses: dict[str, Any]) -> None:
    """Leave the events of one delivery where the receiver's reading leaves them."""
    value = {"metadata": {}, "statuses": list(statuses)}
    changes = [{"field": "messages", "value": value}]
    body = json.dumps({"entry": [{"id": "waba", "changes": changes}]}).encode()
    for each in unpack("whatsapp", {}, body):
        warehouse.execute(
            """insert into raw_webhooks.events values
            (%s, 'wa', %s, 'whatsapp', %s, %s, %s, now(), 1, %s)""",
            [
                *(company_id, each.event_key, each.event_type, each.event_id),
                *(each.occurred_at, json.dumps(each.payload)),
            ],
        )


def test_statuses_of_whatsapp_are_message_events(
    warehouse: Warehouse, pair: Pair
) -> None:
    day = at("2026-03-02")
    people = [
        contact("ana", day, phone="+34 600 111 222"),
        contact("bea", day, whatsapp_id="ES.1"),
        # A number that two addresses share tells of neither.
        contact("c", day, phone="34600333444", email="c@x.test"),
        contact("d", day, phone="34600333444", email="d@x.test"),
    ]
    bought = event("1", "purchase", at("2026-03-03"), "ana")
    warehouse.load(
        pair.bolt, file("contacts", people), file("community_events", [bought])
    )
    hidden = {"recipient_id": None, "recipient_user_id": "ES.1", "id": "wamid.B"}
    failed = {
        "recipient_id": "34600333444",
        "id": "wamid.C",
        "errors": [{"code": 131049}],
    }
    deliver(
        warehouse,
        pair.bolt,
        status("sent", day),
        status("delivered", day),
        status("read", at("2026-03-02", 13)),
        # Without a number, and without a receipt of its delivery.
        status("read", day, **hidden),
        status("failed", day, **failed),
        status("deleted", day, id="wamid.D"),
    )
    deliver(warehouse, pair.acme, status("sent", day))

    warehouse.build(pair.acme, pair.bolt, as_of={pair.bolt: "2026-04-05"}, only=MARTS)

    (row,) = campaigns(warehouse, pair.bolt)
    assert (row["campaign_id"], row["channel"]) == ("w11", "whatsapp")
    counts = ("sent_count", "delivered_count", "opened_by_human_count", "failed_count")
    assert [row[each] for each in counts] == [3, 2, 2, 1]
    assert [each["sent_count"] for each in campaigns(warehouse, pair.acme)] == [1]


def test_what_was_refused_is_an_attempt_to_get_in(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.execute(
        """insert into ops.webhook_refusals values
            (%s, 'wa', '2026-03-02', 'signature', 7, '2026-03-02 10:00+00'),
            (%s, 'wa', '2026-03-02', 'too_old', 2, '2026-03-02 10:00+00')""",
        [pair.bolt, pair.bolt],
    )

    warehouse.build(pair.acme, pair.bolt, only=["access_days"])

    query = "select * from marts.access_days where company_id = any(%s)"
    (row,) = warehouse.rows(query, [[pair.acme, pair.bolt]])
    assert (row["company_id"], row["system_name"]) == (pair.bolt, "receiver/wa")
    assert row["refused_attempt_count"] == 9


def test_what_was_delivered_is_counted_and_timed(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Two seconds before midnight in Santiago.
    midnight = at("2026-03-03", 2) + timedelta(minutes=59, seconds=58)
    live = [midnight - timedelta(seconds=wait) for wait in range(1, 10)]
    history = [midnight - timedelta(days=8), midnight - timedelta(days=400)]
    ahead = [midnight + timedelta(minutes=3)]
    for number, occurred_at in enumerate([*live, *history, *ahead, None]):
        arrive(warehouse, pair.bolt, str(number), occurred_at, midnight)
    next_day = midnight + timedelta(seconds=3)
    arrive(warehouse, pair.bolt, "next", next_day - timedelta(seconds=30), next_day)
    arrive(warehouse, pair.acme, "other", midnight, midnight)
    long_ago = midnight - timedelta(days=100)
    arrive(warehouse, pair.bolt, "old", long_ago, long_ago)

    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-03-05")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=["webhook_days"])

    query = "select * from marts.webhook_days where company_id = %s order by 3"
    first, second = warehouse.rows(query, [pair.bolt])
    assert str(first["received_date"]) == "2026-03-02"
    assert (first["event_count"], first["live_event_count"]) == (13, 10)
    assert first["busiest_hour_event_count"] == 13
    assert first["busiest_second_event_count"] == 13
    # 0 (whose clock is ahead) to 9 seconds: the fifth and the tenth of ten.
    assert [first[f"latency_{name}_seconds"] for name in ("p50", "p95", "max")] == [
        *(4, 9, 9),
    ]
    assert str(second["received_date"]) == "2026-03-03"
    assert second["latency_p50_seconds"] == 30
    assert [row["event_count"] for row in warehouse.rows(query, [pair.acme])] == [1]


def arrive(
    warehouse: Warehouse,
    company_id: str,
    key: str,
    occurred_at: datetime | None,
    received_at: datetime,
) -> None:
    """An event that was written as it was received."""
    warehouse.execute(
        """insert into raw_webhooks.events values
        (%s, 'wa', %s, 'whatsapp', 'status.sent', null, %s, %s, 1, '{}', %s)""",
        [company_id, key, occurred_at, received_at, received_at],
    )


def campaigns(warehouse: Warehouse, company_id: str) -> list[dict[str, Any]]:
    """Results of a company's campaigns."""
    query = "select * from marts.message_campaign_results where company_id = %s"
    return warehouse.rows(query, [company_id])
