"""A community of hand-made people, whose every number can be counted on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tests.dbt_project.raw_files import RawFile, Row

__all__ = ["at", "contact", "event", "file", "login", "message"]


def file(contract: str, rows: Sequence[Row], version: int = 1) -> RawFile:
    """A file of one kind, named after it."""
    return RawFile(f"{contract}.csv", rows, version=version, contract=contract)


def at(day: date | str, hour: int = 12, *, days: int = 0) -> datetime:
    """An hour (UTC) of a day, or of so many days later."""
    start = date.fromisoformat(day) if isinstance(day, str) else day
    midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
    return midnight + timedelta(days=days, hours=hour)


def contact(contact_id: str, registered_at: datetime, **others: object) -> Row:
    """A contact."""
    return {"contact_id": contact_id, "registered_at": registered_at, **others}


def event(
    event_id: str, kind: str, occurred_at: datetime, who: str | None, **others: object
) -> Row:
    """Something a contact did, or a browser."""
    return {
        "event_id": event_id,
        "event_type": kind,
        "occurred_at": occurred_at,
        "contact_id": who,
        **others,
    }


def login(who: str, occurred_at: datetime) -> Row:
    """A log-in, which makes its day an active one."""
    return event(f"{who}/{occurred_at:%Y%m%d%H}", "login", occurred_at, who)


def message(
    message_id: str, what: str, occurred_at: datetime, who: str, **others: object
) -> Row:
    """What became of a message of campaign `c`, by e-mail unless told otherwise."""
    return {
        "message_id": message_id,
        "message_event": what,
        "occurred_at": occurred_at,
        "contact_id": who,
        "campaign_id": "c",
        "channel": "email",
        **others,
    }
