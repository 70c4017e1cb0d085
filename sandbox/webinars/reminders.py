"""What registrants of simulated webinars are written to, read, and do on the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from sandbox.webinars.people import Part

__all__ = ["Reminders", "reminders"]

Row = Mapping[str, object]

CAMPAIGN: Final = "recordatorios"
#: Every so many have a program that opens each message before they could.
_MACHINES: Final = 6
#: Logits of opening a message, and of clicking in one that was opened, by interest.
_OPENS, _CLICKS, _BY_INTEREST = -0.7, -1.4, 0.9


@dataclass(frozen=True)
class _Event:
    """What became of a message; ``is_machine`` says who opened or clicked."""

    message: str
    contact: str
    kind: str
    at: datetime
    is_machine: str = ""

    def row(self) -> Row:
        """A row of the file of messages."""
        return {
            "message_id": self.message,
            "message_event": self.kind,
            "occurred_at": self.at,
            "campaign_id": CAMPAIGN,
            "channel": "email",
            "contact_id": self.contact,
            "is_machine": self.is_machine,
        }

    def visit(self) -> Row:
        """A click ends on the site."""
        return {
            "event_id": f"visita/{self.message}",
            "event_type": "page_view",
            "occurred_at": self.at + timedelta(seconds=5),
            "contact_id": self.contact,
            "source": "newsletter",
            "medium": "email",
            "campaign": CAMPAIGN,
        }


@dataclass
class Reminders:
    """Rows of files by kind, and what is true of them."""

    files: dict[str, list[Row]] = field(default_factory=dict)
    truth: dict[str, Any] = field(default_factory=dict)


def reminders(
    parts: Sequence[Part], last_day: date, rng: np.random.Generator
) -> Reminders:
    """Contacts, and reminders of the week before: of each person and webinar 0 to 5.

    How many are sent is not drawn, and nobody comes because of them. Whom webinars
    interest more reads more of them and comes to the site by them; they buy more too,
    but not because they read.
    """
    contacts: dict[int, Row] = {}
    events: list[_Event] = []
    for number, part in enumerate(parts):
        contacts.setdefault(
            part.face.number,
            {
                "contact_id": _contact(part),
                "email": part.email,
                "registered_at": part.registered_at,
            },
        )
        for days in range(1, number % 6 + 1):
            at = part.webinar.starts_at - timedelta(days=days)
            if part.registered_at < at and at.date() <= last_day:
                events += _events(part, f"r{number}/{days}", at, rng)
    clicked = [each for each in events if each.kind == "clicked"]
    read = {each.contact for each in events if each.is_machine == "no"}
    return Reminders(
        {
            "contacts": list(contacts.values()),
            "message_campaigns": [_campaign(parts)],
            "message_events": [each.row() for each in events],
            "community_events": [each.visit() for each in clicked],
        },
        {
            "reminder_reader_count": len(read),
            "reminder_clicker_count": len({each.contact for each in clicked}),
        },
    )


def _campaign(parts: Sequence[Part]) -> Row:
    first = min(part.webinar.starts_at for part in parts)
    return {
        "campaign_id": CAMPAIGN,
        "campaign_name": "Recordatorios",
        "channel": "email",
        "started_at": first - timedelta(days=5),
    }


def _events(
    part: Part, message: str, at: datetime, rng: np.random.Generator
) -> Iterator[_Event]:
    """Sent, opened by a program at once, opened and clicked by them hours later."""
    contact = _contact(part)
    lean = _BY_INTEREST * part.face.interest
    has_opened, has_clicked = (
        _happens(_OPENS + lean, rng),
        _happens(_CLICKS + lean, rng),
    )
    yield _Event(message, contact, "sent", at)
    if part.face.number % _MACHINES == 0:
        yield _Event(message, contact, "opened", at + timedelta(seconds=20), "yes")
    # The day they are sent, so that a world that ends on a day ends there.
    read = at + timedelta(hours=1 + part.face.number % 4)
    if has_opened:
        yield _Event(message, contact, "opened", read, "no")
    if has_opened and has_clicked:
        yield _Event(message, contact, "clicked", read + timedelta(minutes=2), "no")


def _contact(part: Part) -> str:
    return f"contacto-{part.face.number}"


def _happens(logit: float, rng: np.random.Generator) -> bool:
    return bool(rng.random() < 1 / (1 + np.exp(-logit)))
