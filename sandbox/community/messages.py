"""What a simulated community is sent: a letter and a WhatsApp message a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np

from sandbox.community.people import Person

__all__ = ["campaigns", "message_events"]

_RATES: Final = {
    # Delivered, opened by a machine, by its reader, clicked, converted of the clicks.
    "email": (0.96, 0.45, 0.3, 0.06, 0.1),
    "whatsapp": (0.92, 0.0, 0.7, 0.12, 0.12),
}
_REASONS: Final = {
    # No such mailbox (most), a full one, refused; no WhatsApp there, told too much.
    "email": ("550", "550", "552", "554"),
    "whatsapp": ("131026", "131026", "131049"),
}
Row = dict[str, Any]


def campaigns(first_day: date, last_day: date) -> list[Row]:
    """Both channels in every month."""
    told: list[Row] = []
    day = first_day.replace(day=1)
    while day <= last_day:
        for channel, of_month in (("email", 5), ("whatsapp", 18)):
            at = datetime(day.year, day.month, of_month, 9, tzinfo=UTC)
            if first_day < at.date() <= last_day - timedelta(days=1):
                told.append(
                    {
                        "campaign_id": f"{channel}-{day:%Y-%m}",
                        "campaign_name": f"{channel.title()} de {day:%m/%Y}",
                        "channel": channel,
                        "started_at": at,
                        "cost": "45.00" if channel == "email" else "120.00",
                        "currency_code": "EUR",
                    }
                )
        day = (day + timedelta(days=32)).replace(day=1)
    return told


def message_events(
    told: Sequence[Row], people: Sequence[Person], rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    """What became of each message, and the conversions it brought."""
    events: list[Row] = []
    conversions: list[Row] = []
    for campaign in told:
        started_at: datetime = campaign["started_at"]
        for person in people:
            if person.registered_at < started_at:
                steps = list(_steps(campaign, person, rng))
                events += steps
                if steps[-1]["message_event"] == "clicked":
                    rate = _RATES[str(campaign["channel"])][-1]
                    if rng.random() < rate:
                        conversions.append(_conversion(campaign, person, started_at))
    return events, conversions


def _steps(campaign: Row, person: Person, rng: np.random.Generator) -> Iterator[Row]:
    channel = str(campaign["channel"])
    delivered, machine, human, clicked, _ = _RATES[channel]
    at: datetime = campaign["started_at"]

    def told(what: str, minutes: int, *, is_machine: bool = False) -> Row:
        return {
            "message_id": f"{campaign['campaign_id']}/{person.contact_id}",
            "message_event": what,
            "occurred_at": at + timedelta(minutes=minutes),
            "campaign_id": campaign["campaign_id"],
            "channel": channel,
            "contact_id": person.contact_id,
            "is_machine": "yes" if is_machine else "no",
            "reason": _reason(channel, person) if what == "bounced" else "",
        }

    yield told("sent", 0)
    if rng.random() >= delivered:
        yield told("bounced", 1)
        return
    yield told("delivered", 1)
    if rng.random() < machine:
        yield told("opened", 2, is_machine=True)
    if rng.random() < human:
        yield told("opened", 90)
        if rng.random() < clicked / human:
            yield told("clicked", 92)


def _reason(channel: str, person: Person) -> str:
    """What the sender says of one it does not reach, each time the same."""
    said = _REASONS[channel]
    return said[int(person.contact_id.strip("p")) % len(said)]


def _conversion(campaign: Row, person: Person, started_at: datetime) -> Row:
    return {
        "event_id": f"conversion/{campaign['campaign_id']}/{person.contact_id}",
        "event_type": "conversion",
        "occurred_at": started_at + timedelta(hours=20),
        "contact_id": person.contact_id,
    }
