"""What came by webhook stands beside what came in files."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from starlette.testclient import TestClient

from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.alerts.ledger import list_alerts
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.app import Limits, receiver
from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
from orchestration.lib.ingestion.webhooks.reading import read_deliveries
from orchestration.lib.ingestion.webhooks.signatures import Sender
from orchestration.lib.ingestion.webhooks.unpacking import unpack
from orchestration.lib.operations.refused_logins import read_logs, save
from orchestration.lib.tenancy.companies import ensure_logins, list_companies
from tests.dbt_project.community.programme import at, contact, event, file
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.metabase.pages.drawn_cards import answer_of, card_named

MARTS = ("message_campaign_results", "person_activity_days", "access_days")


def status(name: str, when: datetime, **others: object) -> dict[str, Any]:
    """A status as WhatsApp delivers it, of a message to Ana's number."""
    told = {"id": "wamid.A", "status": name, "timestamp": str(int(when.timestamp()))}
    handed_back = {"biz_opaque_callback_data": "camp=w11;lang=es"}
    return {**told, **handed_back, "recipient_id": "34600111222", **others}


def whatsapp(*statuses: dict[str, Any]) -> bytes:
    """The body of a delivery."""
    value = {"metadata": {}, "statuses": list(statuses)}
    changes = [{"field": "messages", "value": value}]
    return json.dumps({"entry": [{"id": "waba", "changes": changes}]}).encode()


def mail(name: str, when: datetime, to: str, **others: object) -> dict[str, Any]:
    """An event as SendGrid delivers it, of a message of campaign w12."""
    told = {"event": name, "email": to, "timestamp": int(when.timestamp())}
    key = {"sg_event_id": f"{name}-{to}", "sg_message_id": "m1", "category": "w12"}
    return {**told, **key, **others}


def deliver(warehouse: Warehouse, company_id: str, *statuses: dict[str, Any]) -> None:
    """Leave the statuses of WhatsApp in one delivery where they are read to."""
    leave(warehouse, company_id, "whatsapp", whatsapp(*statuses))


def leave(warehouse: Warehouse, company_id: str, sender: Sender, body: bytes) -> None:
    """Leave the events of one delivery where the receiver's reading leaves them."""
    for each in unpack(sender, {}, body):
        warehouse.execute(
            """insert into raw_webhooks.events values
            (%s, 'wa', %s, %s, %s, %s, %s, now(), 1, %s)""",
            [
                *(company_id, each.event_key, sender, each.event_type),
                *(each.event_id, each.occurred_at, json.dumps(each.payload)),
            ],
        )


def test_statuses_of_whatsapp_and_events_of_mail_are_message_events(
    warehouse: Warehouse, pair: Pair
) -> None:
    day = at("2026-03-02")
    people = [
        contact("ana", day, phone="+34 600 111 222", email="ana@x.test"),
        contact("ana2", day, email="Ana@x.test"),
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
    both = [
        mail(name, day, to)
        for name in ("processed", "delivered")
        for to in ("ana@x.test", "eva@x.test", "ivo@x.test")
    ]
    # Bought the day after; a proxy opened, and what is deferred is nothing yet.
    rest = [
        mail("click", day, "ANA@x.test"),
        mail("open", day, "eva@x.test", sg_machine_open=True),
        mail("deferred", day, "ivo@x.test"),
        # Two who were forgotten are not one.
        *(
            mail("processed", day, "[forgotten]", sg_event_id=n, sg_message_id=n)
            for n in "89"
        ),
    ]
    leave(warehouse, pair.bolt, "sendgrid", json.dumps([*both, *rest]).encode())

    warehouse.build(pair.acme, pair.bolt, as_of={pair.bolt: "2026-04-05"}, only=MARTS)

    told = {each["campaign_id"]: each for each in campaigns(warehouse, pair.bolt)}
    row, mailed = told["w11"], told["w12"]
    assert (row["channel"], mailed["channel"]) == ("whatsapp", "email")
    counts = ("sent_count", "delivered_count", "opened_by_human_count", "failed_count")
    assert [row[each] for each in counts] == [3, 2, 2, 1]
    assert [each["sent_count"] for each in campaigns(warehouse, pair.acme)] == [1]
    counts = ("sent_count", "delivered_count", "opened_count", "clicked_count")
    assert [mailed[each] for each in counts] == [5, 3, 1, 1]
    assert (mailed["opened_by_human_count"], mailed["converted_count"]) == (0, 1)


def test_what_is_delivered_and_who_is_refused_reach_their_cards_and_an_alert(
    warehouse: Warehouse, pair: Pair, settings: Settings, tmp_path: Path
) -> None:
    url, secret = warehouse.url, "app-secret"
    hook = add_hook(url, settings, Hook(pair.bolt, "wa", "whatsapp", "", secret))
    log = warehouse.rows("show data_directory")[0]["data_directory"] + "/server.log"
    before = read_logs([("postgres", Path(log))], {})

    with TestClient(receiver(url, settings, Limits())) as sender:
        for key, expected in ((secret, 200), ("another", 401), ("another", 401)):
            body = whatsapp(status("sent", datetime.now(UTC)))
            signed = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
            headers = {"x-hub-signature-256": f"sha256={signed}"}
            answer = sender.post(hook.path, content=body, headers=headers)
            assert answer.status_code == expected
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(make_conninfo(url, user=f"bi_{pair.bolt}", password="wrong"))
    # What the sensors of every minute do.
    read_deliveries(url, pair.bolt)
    save(url, read_logs([("postgres", Path(log))], before.positions).attempts)
    day = datetime.now(UTC).date().isoformat()
    as_of = dict.fromkeys((pair.acme, pair.bolt), day)
    marts = ["webhook_days", "access_days"]
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=marts)

    for company_id in (pair.acme, pair.bolt):
        ensure_logins(url, company_id)
    delivered = {
        who: card(url, "webhooks_by_day", who) for who in (pair.acme, pair.bolt)
    }
    assert [[row[1] for row in rows] for rows in delivered.values()] == [[], [1]]
    refused = {row[0]: row[2] for row in card(url, "refused_access", pair.bolt)}
    assert refused == {"receiver/wa": 2, "timonel/postgres": 1}
    assert card(url, "refused_access", pair.acme) == []
    alerts = Dispatcher(url, settings, ())
    told = {}
    for company in list_companies(url):
        alerts.dispatch(company, datetime.now(UTC))
        found = list_alerts(url, company.company_id)
        told[company.company_id] = {
            one["topic"] for one in found if "refused" in one["topic"]
        }
    assert told[pair.bolt] == {"deliveries_refused:wa", "logins_refused:postgres"}
    assert told[pair.acme] == set()


def card(url: str, name: str, company_id: str) -> list[tuple[Any, ...]]:
    """What a card shows a company's reader."""
    return list(answer_of(url, card_named(name), company_id).rows)


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
    # A second more than the five minutes of the tactical level.
    arrive(warehouse, pair.bolt, "late", next_day - timedelta(seconds=301), next_day)
    arrive(warehouse, pair.acme, "other", midnight, midnight)
    long_ago = midnight - timedelta(days=100)
    arrive(warehouse, pair.bolt, "old", long_ago, long_ago)

    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-03-05")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=["webhook_days"])

    query = "select * from marts.webhook_days where company_id = %s order by 3"
    first, second = warehouse.rows(query, [pair.bolt])
    assert str(first["received_date"]) == "2026-03-02"
    assert first["event_count"] == 13
    assert first["busiest_hour_event_count"] == 13
    assert first["busiest_second_event_count"] == 13
    # 0 (whose clock is ahead) to 9 seconds: the fifth and the tenth of ten.
    assert [first[f"latency_{name}_seconds"] for name in ("p50", "p95", "max")] == [
        *(4, 9, 9),
    ]
    assert str(second["received_date"]) == "2026-03-03"
    assert second["latency_p50_seconds"] == 30
    told = [
        (day["live_event_count"], day["punctual_event_count"])
        for day in (first, second)
    ]
    assert told == [(10, 10), (2, 1)]
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
