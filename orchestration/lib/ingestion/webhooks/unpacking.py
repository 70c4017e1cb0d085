"""What a delivery says: its events, by sender, each with a key of its own.

The shapes are those of the senders' pages: WhatsApp Cloud API *Webhooks*, Zoom
*Webhooks*, HubSpot *Webhooks*, Stripe *Event object*, Segment *Spec: Common Fields*
(RudderStack's is the same). A delivery may come twice, late
and out of order: the key is the same whenever the event is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from orchestration.lib.ingestion.webhooks import mail
from orchestration.lib.ingestion.webhooks.events import (
    Event,
    Unreadable,
    event_key,
    from_unix_seconds,
    instant,
)

__all__ = ["unpack"]

_FORM = "application/x-www-form-urlencoded"
_TYPES = ("event", "type", "event_type", "RecordType")
_NAMES = ("event", "name", "userId", "anonymousId", "groupId")
_TIMES = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")
_ZOOM_TIMES = (
    ("start_time", "end_time"),
    ("join_time", "leave_time"),
    ("date_time",),
)
_MOST_SECONDS = 1e9
_OF_CONTEXT = ("groupId", "sessionId", "platform")
_OF_PROPERTIES = ("feature", "account_id", "session_id", "duration_s")
_IDS = ("event_id", "sg_event_id", "id", "ID")


def unpack(sender: str, headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The events of a delivery.

    Raises
    ------
    Unreadable
        Then nothing of it is taken.
    """
    try:
        if headers.get("content-type", "").partition(";")[0].strip() == _FORM:
            told: Any = dict(parse_qsl(body.decode(), keep_blank_values=True))
        else:
            told = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("It is not JSON, and does not say it is a form.") from None
    try:
        return list(_UNPACKED[sender](told))
    except LookupError as failure:
        raise Unreadable(f"It has no {failure.args[0]!r:.40}.") from None
    except (TypeError, AttributeError, ValueError, OverflowError, OSError):
        raise Unreadable(f"It is not what {sender} documents.") from None


def _whatsapp(told: Any) -> Iterator[Event]:
    for entry in told["entry"]:
        account = str(entry["id"])
        for change in entry["changes"]:
            field, value = change["field"], change["value"]
            if field == "messages":
                yield from _whatsapp_messages(account, value)
                continue
            about = {"waba_id": account, "field": field, "value": value}
            key = event_key(entry.get("time"), about)
            yield Event(key, field, None, from_unix_seconds(entry.get("time")), about)


def _whatsapp_messages(account: str, value: Any) -> Iterator[Event]:
    about = {"waba_id": account, "metadata": value.get("metadata", {})}
    for status in value.get("statuses", ()):
        name = status["status"]
        yield Event(
            event_key(account, status["id"], name),
            f"status.{name}",
            status["id"],
            from_unix_seconds(status["timestamp"]),
            about | {"status": status},
        )
    for message in value.get("messages", ()):
        kind = message["type"]
        # How long it is, and not what it says.
        content = message.get(kind)
        kept = {name: part for name, part in message.items() if name != kind}
        length = len(content["body"]) if kind == "text" else None
        yield Event(
            event_key(account, message["id"]),
            f"message.{kind}",
            message["id"],
            from_unix_seconds(message["timestamp"]),
            about | {"message": kept | {"length": length}},
        )


def _zoom(told: Any) -> Iterator[Event]:
    moment = datetime.fromtimestamp(int(told["event_ts"]) / 1000, UTC)
    key = event_key(told["event"], told["event_ts"], told["payload"])
    _check_zoom(told["payload"].get("object", {}))
    chat = told["payload"].get("object", {}).get("chat_message")
    event_id = None
    if chat is not None:
        event_id = chat.get("message_id")
        # How long it is, and not what it says.
        chat["message_length"] = len(chat.pop("message_content", None) or "")
    yield Event(key, told["event"], event_id, moment, told["payload"])


def _check_zoom(webinar: Mapping[str, Any]) -> None:
    """Refuse what no table could hold: one such row would stop its company's builds."""
    parts = (webinar, webinar.get("participant"), webinar.get("chat_message"))
    for part, names in zip(parts, _ZOOM_TIMES, strict=True):
        for name in names:
            if part and part.get(name):
                instant(part[name])
    for name in ("type", "duration"):
        if webinar.get(name) is not None and abs(int(str(webinar[name]))) >= 2**31:
            raise ValueError(name)


def _hubspot(told: Any) -> Iterator[Event]:
    for each in [told] if isinstance(told, dict) else told:
        # HubSpot does not promise that `eventId` is unique; attempts are counted.
        names = ("portalId", "subscriptionId", "objectId", "propertyName", "occurredAt")
        key = event_key(
            each["subscriptionType"],
            *(each.get(name) for name in (*names, "propertyValue")),
        )
        yield Event(
            key,
            each["subscriptionType"],
            str(each["eventId"]),
            datetime.fromtimestamp(int(each["occurredAt"]) / 1000, UTC),
            {name: part for name, part in each.items() if name != "attemptNumber"},
        )


def _stripe(told: Any) -> Iterator[Event]:
    yield Event(
        event_key(told["id"]),
        told["type"],
        told["id"],
        from_unix_seconds(told["created"]),
        told,
    )


def _segment(told: Any) -> Iterator[Event]:
    """Ids, times and the feature; neither traits nor what else is told of people."""
    if isinstance(told, dict):
        told = told.get("batch", [told])
    for each in told:
        context, properties = each.get("context") or {}, each.get("properties") or {}
        times = {
            name: instant(each[name]).isoformat() for name in _TIMES if each.get(name)
        }
        kept = {name: each.get(name) for name in _NAMES} | times
        kept["context"] = {name: context.get(name) for name in _OF_CONTEXT}
        kept["properties"] = {name: properties.get(name) for name in _OF_PROPERTIES}
        seconds = properties.get("duration_s")
        if isinstance(seconds, int | float) and not 0 <= seconds < _MOST_SECONDS:
            raise ValueError("duration_s")
        yield Event(
            event_key(each["messageId"]),
            str(each["type"]).lower(),
            str(each["messageId"]),
            instant(times["timestamp"]) if "timestamp" in times else None,
            kept,
        )


def _shared(told: Any) -> Iterator[Event]:
    for each in [told] if isinstance(told, dict) else told:
        kind = next((each[name] for name in _TYPES if each.get(name)), "unknown")
        event_id = next((str(each[name]) for name in _IDS if each.get(name)), None)
        # An id may be of the person or the message: only the whole tells events apart.
        yield Event(event_key(each), str(kind), event_id, None, dict(each))


_UNPACKED: dict[str, Callable[[Any], Iterator[Event]]] = {
    "whatsapp": _whatsapp,
    "zoom": _zoom,
    "hubspot": _hubspot,
    "stripe": _stripe,
    "segment": _segment,
    "sendgrid": mail.sendgrid,
    "mailgun": mail.mailgun,
    "ses": mail.ses,
    "shared": _shared,
}
