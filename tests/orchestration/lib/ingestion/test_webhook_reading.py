"""Deliveries become events: once each, in any order, apart by company."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import psycopg
import pytest

from orchestration.defs.ingestion import webhooks
from orchestration.defs.operations import refused_logins
from orchestration.lib.ingestion.webhooks.events import Unreadable
from orchestration.lib.ingestion.webhooks.reading import (
    DeliveriesRead,
    last_told,
    read_deliveries,
    unread_again,
)
from orchestration.lib.ingestion.webhooks.signatures import SENDERS, Sender
from orchestration.lib.ingestion.webhooks.unpacking import unpack
from orchestration.lib.operations.access_logs import RefusedLogin
from orchestration.lib.operations.refused_logins import save
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.privacy.person import (
    Person,
    PersonUnknown,
    find_person,
)
from orchestration.lib.tenancy.privacy.traces import remove_traces, traces
from orchestration.lib.warehouse.warehouse import Warehouse

AT = datetime(2026, 11, 1, 10, 4, 3, tzinfo=UTC)
STATUS = {"id": "wamid.A", "timestamp": "1793527443", "recipient_user_id": "CL.1"}
PRIVATE = "meet me at six"


def _whatsapp(**value: Any) -> dict[str, Any]:
    change = {"field": "messages", "value": value}
    return {"entry": [{"id": "WABA", "changes": [change]}]}


DELIVERED = _whatsapp(statuses=[STATUS | {"status": "delivered"}])
READ = _whatsapp(statuses=[STATUS | {"status": "read", "timestamp": "1793527444"}])
HUBSPOT = {
    "eventId": 1,
    "subscriptionId": 2,
    "portalId": 3,
    "occurredAt": 1793527443123,
    "subscriptionType": "contact.propertyChange",
    "attemptNumber": 0,
    "objectId": 101,
    "propertyName": "lifecyclestage",
    "propertyValue": "customer",
}
CHAT = {
    "event": "webinar.chat_message_sent",
    "event_ts": 1793527443123,
    "payload": {
        "object": {"chat_message": {"message_id": "m", "message_content": "hi"}}
    },
}


def _deliver(
    url: str, sender: str, *told: object, company: str = "acme", at: datetime = AT
) -> None:
    with psycopg.connect(url) as database:
        for each in told:
            body = each if isinstance(each, bytes) else json.dumps(each).encode()
            database.execute(
                """insert into raw_webhooks.deliveries (company_id, connection_id,
                    sender, delivery_key, headers, body, received_at)
                values (%s, 'chat', %s, %s, '{}', %b, %s)""",
                (company, sender, hashlib.sha256(body).hexdigest(), body, at),
            )


def _events(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(
            """select company_id, event_type, event_id, occurred_at
            from raw_webhooks.events order by 1, 2, 3"""
        ).fetchall()


@pytest.fixture
def url(database_url: str) -> str:
    for company in ("acme", "bolt"):
        add_company(database_url, Company(company, company, "EUR", "UTC"))
    return database_url


def test_statuses_that_come_late_and_twice_are_an_event_each(url: str) -> None:
    both = _whatsapp(
        statuses=[STATUS | {"status": "delivered"}, STATUS | {"status": "sent"}]
    )
    _deliver(url, "whatsapp", READ, both, DELIVERED)
    _deliver(url, "whatsapp", READ, company="bolt")

    read = [read_deliveries(url, company) for company in ("acme", "acme", "bolt")]

    assert read == [DeliveriesRead(3, 4), DeliveriesRead(), DeliveriesRead(1, 1)]
    assert [(row[0], row[1]) for row in _events(url)] == [
        ("acme", "status.delivered"),
        ("acme", "status.read"),
        ("acme", "status.sent"),
        ("bolt", "status.read"),
    ]
    assert _events(url)[1][3] == datetime(2026, 11, 1, 10, 4, 4, tzinfo=UTC)


def test_what_was_read_is_read_again_and_is_not_twice(url: str) -> None:
    # Deliveries are kept for thirty days.
    today = datetime.now(UTC)
    _deliver(url, "hubspot", [HUBSPOT], [HUBSPOT | {"attemptNumber": 1}], at=today)
    _deliver(url, "hubspot", [HUBSPOT], company="bolt", at=today)
    for company in ("acme", "bolt"):
        read_deliveries(url, company)
    before = _events(url)

    assert unread_again(url, "acme", "chat", today + timedelta(days=1)) == 0
    assert unread_again(url, "acme", "other", AT) == 0
    assert unread_again(url, "acme", None, AT) == 2
    assert read_deliveries(url, "acme") == DeliveriesRead(2, 2)
    assert read_deliveries(url, "bolt") == DeliveriesRead()
    assert _events(url) == before
    assert len(before) == 2


def test_what_cannot_be_understood_is_in_quarantine_and_stops_nothing(url: str) -> None:
    bad = (b"\xff", b'{"entry":1}', b'{"entry":[{"id":"\\u0000","changes":[]}]}')
    nul = _whatsapp(statuses=[STATUS | {"status": "\u0000"}])
    half = _whatsapp(statuses=[STATUS | {"status": "sent"}, {}])
    # A day after tomorrow, beside what happened.
    ahead = STATUS | {"status": "failed", "timestamp": "1793700000"}
    both = _whatsapp(statuses=[STATUS | {"status": "delivered"}, ahead])
    _deliver(url, "whatsapp", *bad, nul, half, both)

    read = read_deliveries(url, "acme")

    # The third says nothing, which is no mistake.
    assert read == DeliveriesRead(6, 1, 5)
    assert [row[1] for row in _events(url)] == ["status.delivered"]
    with psycopg.connect(url) as database:
        reasons = database.execute(
            """select reason from ops.quarantined_records
            where company_id = 'acme' and source = 'webhooks' order by 1"""
        ).fetchall()
    assert [reason for (reason,) in reasons] == [
        "It happened more than a day after it was received, by its sender's clock.",
        "It has no 'status'.",
        "It holds a character or number that cannot be stored.",
        "It is not JSON, and does not say it is a form.",
        "It is not what whatsapp documents.",
    ]


def test_deliveries_go_after_thirty_days_and_their_events_stay(url: str) -> None:
    old = STATUS | {"status": "delivered", "timestamp": "1790000000"}
    _deliver(url, "whatsapp", _whatsapp(statuses=[old]))
    with psycopg.connect(url) as database:
        database.execute(
            """update raw_webhooks.deliveries
            set received_at = now() - interval '31 days'"""
        )

    read_deliveries(url, "acme")

    assert len(_events(url)) == 1
    assert unread_again(url, "acme", None, AT.replace(year=2000)) == 0


def test_who_is_forgotten_is_in_no_delivery_and_no_event(url: str) -> None:
    ana = Person({"ana@example.com"})
    written = (
        b'{"type":"a","email":"Ana@example.com"}',
        b'{"type":"b","email":"ana\\u0040example.com"}',
        b"type=c&email=ana%40example.com",
        b'{"type":"d","email":"mariana@example.com"}',
    )
    for company in ("acme", "bolt"):
        _deliver(url, "shared", *written, company=company, at=datetime.now(UTC))
    read_deliveries(url, "acme")

    with psycopg.connect(url) as database:
        # Nothing else has heard of her.
        assert find_person(database, "acme", "ana@example.com").names == ana.names
        with pytest.raises(PersonUnknown):
            find_person(database, "bolt", "ana@example.com")
        before, _ = traces(database, "acme", ana)
        removed = remove_traces(database, "acme", ana)
        after, _ = traces(database, "acme", ana)
        left = database.execute(
            """select company_id, count(*) from raw_webhooks.deliveries
            group by 1 order by 1"""
        ).fetchall()

    assert before["raw_webhooks.deliveries"] == 3
    assert removed == {"raw_webhooks.deliveries": 3, "raw_webhooks.events": 2}
    assert after == {}
    assert left == [("acme", 1), ("bolt", 4)]


def test_the_sensor_reads_every_company_and_names_what_it_read(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Warehouse, "url", lambda _: url)
    for company in ("acme", "bolt"):
        _deliver(url, "whatsapp", DELIVERED, company=company)
    with dg.DagsterInstance.ephemeral() as instance:
        result = _evaluated(instance)

    assert [event.description for event in result.asset_events] == [
        "Deliveries of acme",
        "Deliveries of bolt",
    ]
    assert len(_events(url)) == 2
    # Neither is a partition yet, which a run needs.
    assert not result.run_requests


def test_marts_are_requested_once_for_what_is_new_and_not_all_the_time(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Warehouse, "url", lambda _: url)
    monkeypatch.setattr(webhooks, "_BETWEEN_RUNS", timedelta(0))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", ["acme", "bolt"])
        _deliver(url, "whatsapp", DELIVERED)
        first = _evaluated(instance)
        again = _evaluated(instance, first.cursor)
        _deliver(url, "whatsapp", DELIVERED, company="bolt")
        _deliver(url, "whatsapp", READ)
        monkeypatch.setattr(webhooks, "_BETWEEN_RUNS", timedelta(hours=1))
        soon = _evaluated(instance, again.cursor)
        monkeypatch.setattr(webhooks, "_BETWEEN_RUNS", timedelta(0))
        later = _evaluated(instance, soon.cursor)

    asked = [
        [
            str(request.partition_key).partition("|")[0]
            for request in each.run_requests or ()
        ]
        for each in (first, again, soon, later)
    ]
    # What came soon after a run waits; it is not forgotten.
    assert asked == [["acme"], [], ["bolt"], ["acme"]]


def test_a_refused_login_alone_has_marts_requested_in_time_for_its_card(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Warehouse, "url", lambda _: url)
    attempt = RefusedLogin(datetime.now(UTC), "bi_acme")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", ["acme", "bolt"])
        before = _evaluated(instance)
        save(url, {("postgres", "1:0"): [attempt]})
        after = _evaluated(instance, before.cursor)
        again = _evaluated(instance, after.cursor)

    assert not before.run_requests
    (asked,) = after.run_requests or ()
    assert str(asked.partition_key).startswith("acme|")
    assert not again.run_requests
    # The log is read, the marts are requested, at worst after another's run: with the
    # run itself within five minutes.
    waits = [
        timedelta(seconds=one.minimum_interval_seconds or 30)
        for one in (refused_logins.refused_logins, webhooks.webhook_deliveries)
    ]
    assert sum(waits, start=webhooks._BETWEEN_RUNS) < timedelta(minutes=5)


def test_an_event_that_comes_again_is_nothing_new(url: str) -> None:
    written = [last_told(url, "acme")]
    for delivered in (DELIVERED, DELIVERED | {"object": "again"}, READ):
        _deliver(url, "whatsapp", delivered)
        read_deliveries(url, "acme")
        written.append(last_told(url, "acme"))

    assert written[0] is None
    assert written[1] == written[2] != written[3]
    assert last_told(url, "bolt") is None


def _evaluated(
    instance: dg.DagsterInstance, cursor: str | None = None
) -> dg.SensorResult:
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"warehouse": Warehouse()}
    )
    result = webhooks.webhook_deliveries(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_what_people_wrote_is_not_kept_in_events() -> None:
    text = {
        "id": "wamid.B",
        "timestamp": "1793527443",
        "type": "text",
        "text": {"body": PRIVATE},
        "from_user_id": "CL.1",
    }
    chat = json.loads(json.dumps(CHAT).replace('"hi"', f'"{PRIVATE}"'))

    (message,) = unpack("whatsapp", {}, json.dumps(_whatsapp(messages=[text])).encode())
    (sent,) = unpack("zoom", {}, json.dumps(chat).encode())

    assert PRIVATE not in f"{message}{sent}"
    assert message.payload["message"]["length"] == len(PRIVATE)
    assert sent.payload["object"]["chat_message"]["message_length"] == len(PRIVATE)
    assert sent.event_id == "m"


def test_a_form_and_a_list_are_understood_of_senders_that_do_not_sign() -> None:
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}

    (click,) = unpack("shared", form, b"type=click&contact%5Bemail%5D=a%40b.c&x=")
    opened, bounced = unpack("shared", {}, b'[{"event":"open","id":1},{"event":"b"}]')

    assert (click.event_type, click.payload["contact[email]"]) == ("click", "a@b.c")
    assert (opened.event_id, bounced.event_id) == ("1", None)
    assert opened.event_key != bounced.event_key


def test_stripe_and_hubspot_say_when_it_happened() -> None:
    charge = {"id": "evt_1", "type": "charge.succeeded", "created": 1793527443}

    (paid,) = unpack("stripe", {}, json.dumps(charge).encode())
    (changed,) = unpack("hubspot", {}, json.dumps([HUBSPOT]).encode())

    assert (paid.event_type, paid.event_id) == ("charge.succeeded", "evt_1")
    assert paid.occurred_at == AT
    assert changed.occurred_at == AT.replace(microsecond=123000)


def _of_ses(name: str, part: dict[str, object], *to: str) -> dict[str, object]:
    mail = {
        "messageId": "s1",
        "timestamp": "2026-11-01T10:04:03.000Z",
        "destination": list(to),
        "tags": {"campaign_id": ["w1"]},
        "commonHeaders": {"subject": PRIVATE},
    }
    message = {"eventType": name, "mail": mail, name.lower(): part}
    return {"Type": "Notification", "Message": json.dumps(message)}


MAIL: list[tuple[Sender, object, list[tuple[str, str, object, object, bool]]]] = [
    (
        "sendgrid",
        [
            {
                "event": name,
                "email": "ana@x.test",
                "timestamp": 1793527443,
                "sg_event_id": f"e-{name}",
                "sg_message_id": "m1",
                "category": ["w1"],
                "url": PRIVATE,
                "sg_machine_open": name == "open",
            }
            for name in ("processed", "open", "group_unsubscribe", "deferred")
        ],
        [
            ("mail.sent", "m1", "ana@x.test", "w1", False),
            ("mail.opened", "m1", "ana@x.test", "w1", True),
            ("mail.unsubscribed", "m1", "ana@x.test", "w1", False),
            ("mail.deferred", "m1", "ana@x.test", "w1", False),
        ],
    ),
    (
        "mailgun",
        {
            "signature": {"token": "t"},
            "event-data": {
                "id": "e1",
                "event": "failed",
                "severity": "permanent",
                "timestamp": 1793527443.25,
                "recipient": "ana@x.test",
                "user-variables": {"campaign_id": "w1"},
                "message": {"headers": {"message-id": "m1", "subject": PRIVATE}},
            },
        },
        [("mail.bounced", "m1", "ana@x.test", "w1", False)],
    ),
    (
        "ses",
        _of_ses("Open", {"userAgent": "Mozilla/5.0"}, "ana@x.test"),
        [("mail.opened", "s1", "ana@x.test", "w1", True)],
    ),
    (
        "ses",
        # Nobody says which of them clicked.
        _of_ses("Click", {"link": PRIVATE}, "ana@x.test", "eva@x.test"),
        [("mail.clicked", "s1", None, "w1", False)],
    ),
    (
        "ses",
        _of_ses("Bounce", {"bouncedRecipients": [{"emailAddress": "eva@x.test"}]}),
        [("mail.bounced", "s1", "eva@x.test", "w1", False)],
    ),
]


@pytest.mark.parametrize(("sender", "told", "expected"), MAIL)
def test_what_became_of_a_mail_is_told_in_one_vocabulary(
    sender: Sender, told: object, expected: list[tuple[str, str, object, object, bool]]
) -> None:
    events = unpack(sender, {}, json.dumps(told).encode())

    found = [
        (
            each.event_type,
            each.event_id,
            each.payload["recipient"],
            each.payload["campaign_id"],
            each.payload["is_machine"],
        )
        for each in events
    ]
    assert found == expected
    assert PRIVATE not in str(events)
    assert len({each.event_key for each in events}) == len(events)
    assert {f"{each.occurred_at:%d %H:%M:%S}" for each in events} == {"01 10:04:03"}


def test_why_a_mail_failed_names_nobody() -> None:
    bounce = {
        "event": "bounce",
        "email": "ana@x.test",
        "timestamp": 1793527443,
        "sg_event_id": "e",
        "reason": "550 5.1.1 <ana@x.test>: user unknown",
    }

    (event,) = unpack("sendgrid", {}, json.dumps([bounce]).encode())

    assert event.payload["reason"] == "550 5.1.1 <…>: user unknown"


def test_events_of_a_product_keep_who_and_when_and_nothing_else_of_people() -> None:
    event = {
        "messageId": "m1",
        "type": "track",
        "event": "Exported",
        "userId": "u1",
        "timestamp": "2026-11-01T10:04:03Z",
        "context": {"groupId": "acc1", "ip": PRIVATE, "traits": {"email": PRIVATE}},
        "properties": {"feature": "export", "note": PRIVATE},
    }
    group = {"messageId": "m2", "type": "group", "groupId": "acc1", "sentAt": None}

    (one,) = unpack("segment", {}, json.dumps(event).encode())
    again, other = unpack("segment", {}, json.dumps({"batch": [event, group]}).encode())

    assert (one.event_type, one.event_id, one.occurred_at) == ("track", "m1", AT)
    assert one.payload["context"]["groupId"] == "acc1"
    assert one.payload["properties"]["feature"] == "export"
    assert PRIVATE not in json.dumps(one.payload)
    assert again.event_key == one.event_key != other.event_key
    assert other.occurred_at is None
    for bad in ({"sentAt": "yesterday"}, {"properties": {"duration_s": 1e300}}):
        with pytest.raises(Unreadable):
            unpack("segment", {}, json.dumps(event | bad).encode())


@pytest.mark.parametrize(
    "bad",
    [
        {"start_time": "soon"},
        {"duration": ""},
        {"duration": 10**12},
        {"type": 5.5},
        {"participant": {"join_time": "2026-13-01T00:00:00Z"}},
    ],
)
def test_what_no_table_could_hold_is_refused(bad: dict[str, object]) -> None:
    started = json.loads(json.dumps(CHAT))
    unpack("zoom", {}, json.dumps(started).encode())
    started["payload"]["object"] |= bad

    with pytest.raises(Unreadable, match="zoom documents"):
        unpack("zoom", {}, json.dumps(started).encode())


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("body", [b"", b"[[[", b"3", b'"x"', b"[3]", b"[null]", b"NaN"])
def test_anything_else_is_refused_in_words(sender: str, body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^It "):
        unpack(sender, {}, body)
