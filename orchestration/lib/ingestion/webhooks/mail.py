"""What became of an e-mail: SendGrid, Mailgun and Amazon SES in one vocabulary.

The shapes are those of the senders' pages: Twilio SendGrid *Event Webhook Reference*,
Mailgun *Webhooks* and Amazon SES *Event data that Amazon SES publishes to Amazon SNS*.
Kept of an event: whom it is of, which campaign, whether a machine did it, and why it
failed; neither the subject, nor links, nor addresses of the network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from orchestration.lib.ingestion.webhooks.events import Event, event_key, instant

__all__ = ["mailgun", "sendgrid", "ses"]

_PROXY = "Mozilla/5.0"
"""What Apple's mail proxy calls itself, and no browser of a person does."""
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_OF_SENDGRID = {
    "processed": "sent",
    "dropped": "failed",
    "delivered": "delivered",
    "bounce": "bounced",
    "open": "opened",
    "click": "clicked",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
}
_OF_MAILGUN = {
    "accepted": "sent",
    "rejected": "failed",
    "delivered": "delivered",
    "opened": "opened",
    "clicked": "clicked",
    "complained": "complained",
    "unsubscribed": "unsubscribed",
}
_OF_SES = {
    "Send": "sent",
    "Reject": "failed",
    "Rendering Failure": "failed",
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Open": "opened",
    "Click": "clicked",
    "Complaint": "complained",
    "Subscription": "unsubscribed",
}


def sendgrid(told: Any) -> Iterator[Event]:
    """Events of one delivery; what is no end of a message, such as `deferred`, too."""
    for each in [told] if isinstance(told, dict) else told:
        name = each["event"]
        categories = each.get("category") or ()
        if isinstance(categories, str):
            categories = (categories,)
        names = ("campaign_id", "singlesend_id", "marketing_campaign_id")
        campaigns = [each.get(key) for key in names] + [*categories]
        yield Event(
            event_key(each["sg_event_id"]),
            f"mail.{_OF_SENDGRID.get(name, name)}",
            str(each.get("sg_message_id") or each["sg_event_id"]),
            datetime.fromtimestamp(int(each["timestamp"]), UTC),
            _kept(
                each.get("email"),
                campaigns,
                each.get("useragent"),
                is_machine=bool(each.get("sg_machine_open")),
                reason=each.get("reason") or each.get("type"),
            ),
        )


def mailgun(told: Any) -> Iterator[Event]:
    """The event of a delivery; its webhook tells one at a time."""
    each = told["event-data"]
    name = each["event"]
    if name == "failed":
        name = "bounced" if each.get("severity") == "permanent" else "deferred"
    client = each.get("client-info") or {}
    listed = [one.get("id") for one in each.get("campaigns") or ()]
    own = (each.get("user-variables") or {}).get("campaign_id")
    message = ((each.get("message") or {}).get("headers") or {}).get("message-id")
    status = each.get("delivery-status") or {}
    yield Event(
        event_key(each.get("id") or told["signature"]["token"]),
        f"mail.{_OF_MAILGUN.get(name, name)}",
        str(message or each.get("id") or told["signature"]["token"]),
        datetime.fromtimestamp(float(each["timestamp"]), UTC),
        _kept(
            each.get("recipient"),
            [own, *listed, *(each.get("tags") or ())],
            client.get("user-agent"),
            is_machine=bool(client.get("bot")),
            reason=each.get("reason") or status.get("code"),
        ),
    )


def ses(told: Any) -> Iterator[Event]:
    """Events of a notification of SNS: one for each who is concerned."""
    if told["Type"] != "Notification":
        return
    message = json.loads(told["Message"])
    name = message.get("eventType") or message["notificationType"]
    mail = message["mail"]
    part = message.get(name[0].lower() + name[1:]) or {}
    tags = mail.get("tags") or {}
    campaigns = [
        one for key in ("campaign_id", "campaign") for one in tags.get(key, ())
    ]
    at = str(part.get("timestamp") or mail["timestamp"])
    for recipient in _concerned(name, part, mail):
        yield Event(
            event_key(mail["messageId"], name, at, recipient, part.get("link")),
            f"mail.{_OF_SES.get(name, name.lower())}",
            mail["messageId"],
            instant(at),
            _kept(
                recipient,
                campaigns,
                part.get("userAgent"),
                is_machine=False,
                reason=part.get("bounceType") or part.get("reason"),
            ),
        )


def _concerned(
    name: str, part: Mapping[str, Any], mail: Mapping[str, Any]
) -> list[str | None]:
    """Whom an event is of; nobody known where several were written to at once."""
    lists = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients"}
    if name in lists:
        return [one["emailAddress"] for one in part[lists[name]]]
    if name == "Delivery":
        return list(part["recipients"])
    everybody = list(mail.get("destination") or ())
    if name in ("Send", "Reject", "Rendering Failure") or len(everybody) == 1:
        return everybody or [None]
    return [None]


def _kept(
    recipient: object,
    campaigns: list[Any],
    client: object,
    *,
    is_machine: bool,
    reason: object,
) -> dict[str, object]:
    return {
        "recipient": recipient,
        "campaign_id": next((str(one) for one in campaigns if one), None),
        "is_machine": is_machine or client == _PROXY,
        # A sender's sentence may name the person, whose address is kept hashed.
        "reason": None if reason is None else _ADDRESS.sub("…", str(reason))[:200],
    }
