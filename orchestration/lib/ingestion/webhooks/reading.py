"""Deliveries become events: what was not read yet, or what is read once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from orchestration.lib.ingestion.webhooks.events import Event, Unreadable
from orchestration.lib.ingestion.webhooks.unpacking import unpack
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import connect

__all__ = [
    "KEPT_DAYS",
    "DeliveriesRead",
    "last_told",
    "read_deliveries",
    "unread_again",
]

KEPT_DAYS = 30
"""How long a delivery is kept after it came; its events stay."""

_MOST_AT_ONCE = 500
_AHEAD = timedelta(days=1)
_TOO_EARLY = "It happened more than a day after it was received, by its sender's clock."


@dataclass(frozen=True)
class DeliveriesRead:
    """How many deliveries were read, the events in them, and those that are none."""

    delivery_count: int = 0
    event_count: int = 0
    quarantined_count: int = 0


def read_deliveries(url: str, company_id: str) -> DeliveriesRead:
    """Read what a company has not read yet, some hundred in a transaction.

    An event that is there already is told anew, not twice. What cannot be understood
    is in quarantine, and its delivery stays as it came.

    Raises
    ------
    CompanyRemoved
    """
    total = DeliveriesRead()
    with company_held(url, company_id), connect(url, "loader") as database:
        while True:
            with database.transaction():
                read = _read_some(database, company_id)
            total = DeliveriesRead(
                total.delivery_count + read.delivery_count,
                total.event_count + read.event_count,
                total.quarantined_count + read.quarantined_count,
            )
            if read.delivery_count < _MOST_AT_ONCE:
                break
        database.execute(_FORGET, (company_id, KEPT_DAYS))
    return total


def last_told(url: str, company_id: str) -> datetime | None:
    """When an event was written last, or a delivery or login refused: marts follow.

    None without any, and while all events are older than this was kept.
    """
    with connect(url, "transformer") as database:
        row = database.execute(_LAST_TOLD, {"company": company_id}).fetchone()
    return row[0] if row else None


def unread_again(
    url: str, company_id: str, connection_id: str | None, since: datetime
) -> int:
    """Have deliveries read once more that came since a moment; how many there are."""
    with connect(url, "loader") as database:
        return database.execute(
            """update raw_webhooks.deliveries set read_at = null
            where company_id = %s and connection_id = coalesce(%s, connection_id)
                and received_at >= %s""",
            (company_id, connection_id, since),
        ).rowcount


def _read_some(database: psycopg.Connection, company_id: str) -> DeliveriesRead:
    deliveries = database.execute(_UNREAD, (company_id, _MOST_AT_ONCE)).fetchall()
    event_count = quarantined_count = 0
    for delivery in deliveries:
        delivery_id, connection_id, sender, key, headers, body, received_at = delivery
        about = (company_id, connection_id, sender, received_at, delivery_id)
        reason = None
        try:
            told = unpack(sender, headers, bytes(body))
            events = [each for each in told if not _is_ahead(sender, each, received_at)]
            # A text that JSON has and Postgres has not (\\u0000) is found here.
            with database.transaction(), database.cursor() as cursor:
                cursor.executemany(_INSERT, [_values(about, each) for each in events])
            event_count += len(events)
            reason = _TOO_EARLY if len(events) < len(told) else None
        except Unreadable as failure:
            reason = str(failure)
        except (UnicodeEncodeError, psycopg.DataError):
            reason = "It holds a character or number that cannot be stored."
        if reason is not None:
            quarantined_count += 1
            location = f"raw_webhooks.deliveries {delivery_id}"
            database.execute(
                _QUARANTINE, (company_id, connection_id, key, location, reason)
            )
    database.execute(_READ, (company_id, [row[0] for row in deliveries]))
    return DeliveriesRead(len(deliveries), event_count, quarantined_count)


def _is_ahead(sender: str, event: Event, received_at: datetime) -> bool:
    """Whether an event would count on a day to come; of products' clocks marts tell."""
    if sender == "segment" or event.occurred_at is None:
        return False
    return event.occurred_at > received_at + _AHEAD


def _values(about: tuple[Any, ...], event: Event) -> tuple[object, ...]:
    return (
        *about,
        event.event_key,
        event.event_type,
        event.event_id,
        event.occurred_at,
        Jsonb(event.payload),
    )


_UNREAD = """
select delivery_id, connection_id, sender, delivery_key, headers, body, received_at
from raw_webhooks.deliveries
where company_id = %s and read_at is null
order by delivery_id limit %s for update skip locked
"""
_INSERT = """
insert into raw_webhooks.events as kept (company_id, connection_id, sender, received_at,
    delivery_id, event_key, event_type, event_id, occurred_at, payload)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (company_id, connection_id, event_key) do update set
    event_type = excluded.event_type,
    event_id = excluded.event_id,
    occurred_at = excluded.occurred_at,
    payload = excluded.payload,
    received_at = least(kept.received_at, excluded.received_at),
    written_at = now()
where (kept.event_type, kept.event_id, kept.occurred_at, kept.payload)
    is distinct from (excluded.event_type, excluded.event_id, excluded.occurred_at,
        excluded.payload)
"""
_QUARANTINE = """
insert into ops.quarantined_records (company_id, source, stream, record_hash, location,
    reason)
values (%s, 'webhooks', %s, %s, %s, %s)
on conflict (company_id, source, stream, record_hash) do update set
    reason = excluded.reason
"""
_LAST_TOLD = """
select greatest(
    (select max(written_at) from raw_webhooks.events where company_id = %(company)s),
    (select max(last_refused_at) from ops.webhook_refusals
        where company_id = %(company)s),
    (select max(written_at) from ops.refused_logins where company_id = %(company)s)
)
"""
_READ = """
update raw_webhooks.deliveries set read_at = now()
where company_id = %s and delivery_id = any(%s)
"""
_FORGET = """
delete from raw_webhooks.deliveries
where company_id = %s and read_at is not null
    and received_at < now() - make_interval(days => %s)
"""
