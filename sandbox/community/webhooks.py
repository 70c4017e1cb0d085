"""What the senders of a simulated community deliver: WhatsApp and SendGrid.

The shapes are those of the senders' pages: WhatsApp Cloud API *Webhooks, statuses* and
Twilio SendGrid *Event Webhook Reference*. Statuses of WhatsApp tell of no click, and
nobody tells what was before somebody listened: that is exported as files.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sandbox.community.people import Person

__all__ = ["bodies", "is_delivered", "listened_to", "live_body"]

_LISTENED_DAYS: Final = 90
# All is told at once; what is told within a week of its day would count as live.
_SETTLED_DAYS: Final = 8
_IN_ONE: Final = 200
_NOTICE: Final = "aviso"
_NOTIFIED: Final = 60
_SPREAD_SECONDS: Final = 20
_STATUSES: Final = {
    "sent": "sent",
    "delivered": "delivered",
    "opened": "read",
    "bounced": "failed",
}
_EVENTS: Final = {
    "sent": "processed",
    "delivered": "delivered",
    "opened": "open",
    "clicked": "click",
    "bounced": "bounce",
}
_METADATA: Final = {
    "display_phone_number": "34910000000",
    "phone_number_id": "106540352242922",
}
Row = Mapping[str, Any]


def listened_to(campaigns: Iterable[Row], last_day: date) -> frozenset[str]:
    """The campaigns of whose messages webhooks tell."""
    first = last_day - timedelta(days=_LISTENED_DAYS)
    last = last_day - timedelta(days=_SETTLED_DAYS)
    return frozenset(
        str(one["campaign_id"])
        for one in campaigns
        if first <= one["started_at"].date() <= last
    )


def is_delivered(row: Row, listened: frozenset[str]) -> bool:
    """Whether an event of a message comes by webhook, and so in no file."""
    is_told = row["channel"] == "email" or row["message_event"] in _STATUSES
    return is_told and row["campaign_id"] in listened


def bodies(rows: Iterable[Row], people: Sequence[Person]) -> dict[str, list[str]]:
    """Bodies of the deliveries by their sender, in the order in which it happened."""
    known = {one.contact_id: one for one in people}
    told = sorted(rows, key=lambda row: (row["occurred_at"], row["message_id"]))
    chats = [row for row in told if row["channel"] == "whatsapp"]
    mails = [row for row in told if row["channel"] == "email"]
    return {
        "whatsapp": [
            _whatsapp([_status(row, known[row["contact_id"]]) for row in some])
            for some in _in_parts(chats)
        ],
        "sendgrid": [
            json.dumps([_mail(row, known[row["contact_id"]]) for row in some])
            for some in _in_parts(mails)
        ],
    }


def live_body(contacts: str) -> str:
    """A notice that is being sent while somebody listens, to some of the contacts.

    Its times are written ``now-SECONDS``: who delivers it says when that is.
    """
    phones = [row["phone"] for row in csv.DictReader(io.StringIO(contacts))]
    return _whatsapp(
        [
            {
                "id": f"{_NOTICE}/{number}",
                "status": status,
                "timestamp": f"now-{wait + number % _SPREAD_SECONDS}",
                "recipient_id": phone.removeprefix("+"),
                "biz_opaque_callback_data": f"camp={_NOTICE}",
            }
            for number, phone in enumerate([one for one in phones if one][:_NOTIFIED])
            for status, wait in (("sent", 3), ("delivered", 1))
        ]
    )


def _in_parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _IN_ONE):
        yield rows[start : start + _IN_ONE]


def _whatsapp(statuses: list[Row]) -> str:
    value = {
        "messaging_product": "whatsapp",
        "metadata": _METADATA,
        "statuses": statuses,
    }
    entry = {
        "id": "102290129340398",
        "changes": [{"field": "messages", "value": value}],
    }
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]})


def _status(row: Row, person: Person) -> Row:
    name = _STATUSES[row["message_event"]]
    told = {
        "id": row["message_id"],
        "status": name,
        "timestamp": str(int(row["occurred_at"].timestamp())),
        "recipient_id": person.phone.removeprefix("+"),
        "biz_opaque_callback_data": f"camp={row['campaign_id']}",
    }
    if name == "failed":
        return {**told, "errors": [{"code": int(row["reason"]), "title": "Failed"}]}
    return told


def _mail(row: Row, person: Person) -> Row:
    name = _EVENTS[row["message_event"]]
    told = {
        "event": name,
        "email": person.email,
        "timestamp": int(row["occurred_at"].timestamp()),
        "sg_event_id": f"{row['message_id']}/{name}/{row['occurred_at']:%M}",
        "sg_message_id": row["message_id"],
        "category": [row["campaign_id"]],
    }
    if name == "open":
        return {**told, "sg_machine_open": row["is_machine"] == "yes"}
    if name == "bounce":
        return {**told, "type": "bounce", "reason": row["reason"]}
    return told
