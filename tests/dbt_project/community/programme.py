"""A community of hand-made people, whose every number can be counted on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tests.dbt_project.raw_files import RawFile, Row

__all__ = ["at", "contact", "event", "everything", "file", "login", "message"]


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


def everything() -> list[RawFile]:
    """A row of every kind, so that every view of a community has one."""
    day = at("2026-01-05")
    play = {"play_id": "1", "content_id": "p", "contact_id": "a", "started_at": day}
    referral = {"referral_id": "r", "referrer_contact_id": "a", "referred_at": day}
    run = {"run_id": "1", "flow_name": "f", "status": "succeeded", "started_at": day}
    attempt = {"attempt_id": "1", "attempted_at": day, "system_name": "metabase"}
    sponsor = {"sponsorship_id": "s", "sponsor_name": "B", "currency_code": "EUR"}
    days = {"starts_on": "2026-01-05", "ends_on": "2026-01-06", "amount": 10}
    return [
        file("contacts", [contact("a", day), contact("b", day)]),
        file("community_events", [event("1", "visit", day, "a"), login("a", day)]),
        file("content_plays", [{**play, "minutes": 5}]),
        file("referrals", [{**referral, "referred_contact_id": "b"}]),
        file(
            "message_events",
            [message("m", "sent", day, "a"), message("n", "bounced", day, "b")],
        ),
        file("automation_runs", [run]),
        file("access_log", [{**attempt, "outcome": "refused"}]),
        file("sponsorships", [{**sponsor, **days}]),
    ]
