"""Whether a delivery is its sender's: signatures over the bytes as they came.

Sources are the senders' own pages: Meta *Validating payloads*, Zoom *Using webhooks*,
HubSpot *Validating requests* (v3), Stripe *Verify webhook signatures manually*, Segment
*Webhooks (Actions)*; RudderStack sends a header that people choose. Those of e-mail are
in `mail_signatures`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from typing import Literal

from orchestration.lib.ingestion.webhooks import mail_signatures
from orchestration.lib.ingestion.webhooks.delivered import (
    Delivered,
    Refusal,
    expired,
    hex_digest,
    is_same,
)

__all__ = [
    "SENDERS",
    "Delivered",
    "Refusal",
    "Sender",
    "is_same",
    "refusal",
    "zoom_answer",
]

Sender = Literal[
    "whatsapp",
    "zoom",
    "hubspot",
    "stripe",
    "segment",
    "sendgrid",
    "mailgun",
    "ses",
    "shared",
]


def refusal(sender: Sender, delivered: Delivered, secret: str) -> Refusal | None:
    """Why a delivery is not believed; None if it is its sender's.

    An empty secret is only for ``shared``: there the address itself is the secret.
    Of ``ses`` a certificate may have to be fetched, which takes seconds.

    Raises
    ------
    Unverifiable
        Nobody can tell now: the sender has to come again.
    """
    if not secret:
        return None if sender == "shared" else "unsigned"
    return SENDERS[sender](delivered, secret)


def zoom_answer(body: bytes, secret: str) -> dict[str, str] | None:
    """What Zoom wants to hear when it asks whether this address is ours; else None.

    Only ever for a signed request: who could have any text of theirs signed could sign
    deliveries.
    """
    try:
        told = json.loads(body)
        plain = told["payload"]["plainToken"]
        is_asking = told["event"] == "endpoint.url_validation"
    except (ValueError, TypeError, LookupError):
        return None
    if not is_asking or not isinstance(plain, str) or plain.startswith("v0:"):
        return None
    return {"plainToken": plain, "encryptedToken": hex_digest(secret, plain.encode())}


def _whatsapp(delivered: Delivered, secret: str) -> Refusal | None:
    given = delivered.headers.get("x-hub-signature-256")
    if given is None:
        return "unsigned"
    expected = f"sha256={hex_digest(secret, delivered.body)}"
    return None if is_same(given, expected) else "signature"


def _zoom(delivered: Delivered, secret: str) -> Refusal | None:
    given = delivered.headers.get("x-zm-signature")
    at = delivered.headers.get("x-zm-request-timestamp")
    if given is None or at is None:
        return "unsigned"
    expected = f"v0={hex_digest(secret, f'v0:{at}:'.encode() + delivered.body)}"
    if not is_same(given, expected):
        return "signature"
    # Zoom's pages say milliseconds, its examples send seconds.
    moment = _number(at)
    return expired(moment / 1000 if moment > 1e11 else moment, delivered.now)


def _hubspot(delivered: Delivered, secret: str) -> Refusal | None:
    given = delivered.headers.get("x-hubspot-signature-v3")
    at = delivered.headers.get("x-hubspot-request-timestamp")
    if given is None or at is None:
        return "unsigned"
    signed = f"{delivered.method}{delivered.address}".encode()
    digest = hmac.digest(
        secret.encode(), signed + delivered.body + at.encode(), "sha256"
    )
    if not is_same(given, base64.b64encode(digest).decode()):
        return "signature"
    return expired(_number(at) / 1000, delivered.now)


def _stripe(delivered: Delivered, secret: str) -> Refusal | None:
    given = delivered.headers.get("stripe-signature")
    if given is None:
        return "unsigned"
    parts = [part.strip().partition("=") for part in given.split(",")]
    at = next((value for name, _, value in parts if name == "t"), "")
    expected = hex_digest(secret, f"{at}.".encode() + delivered.body)
    # While a secret is rolled there is one for each; v0 is of test events only.
    signatures = [value for name, _, value in parts if name == "v1"]
    if not any(is_same(value, expected) for value in signatures):
        return "signature"
    return expired(_number(at), delivered.now)


def _segment(delivered: Delivered, secret: str) -> Refusal | None:
    given = delivered.headers.get("x-signature")
    if given is None:
        return _shared(delivered, secret)
    expected = hmac.digest(secret.encode(), delivered.body, "sha1").hex()
    return None if is_same(given, expected) else "signature"


def _shared(delivered: Delivered, secret: str) -> Refusal | None:
    scheme, _, credential = delivered.headers.get("authorization", "").partition(" ")
    given = delivered.headers.get("x-webhook-secret")
    if given is None and scheme.lower() == "bearer":
        given = credential
    if given is None and scheme.lower() == "basic":
        given = _password(credential)
    if given is None:
        return "unsigned"
    return None if is_same(given, secret) else "signature"


def _password(credential: str) -> str:
    try:
        told = base64.b64decode(credential, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""
    return told.partition(":")[2]


def _number(text: str) -> float:
    is_whole = text.isascii() and text.isdecimal() and len(text) < 16
    return float(text) if is_whole else 0.0


SENDERS: dict[Sender, Callable[[Delivered, str], Refusal | None]] = {
    "whatsapp": _whatsapp,
    "zoom": _zoom,
    "hubspot": _hubspot,
    "stripe": _stripe,
    "segment": _segment,
    "sendgrid": mail_signatures.sendgrid,
    "mailgun": mail_signatures.mailgun,
    "ses": mail_signatures.ses,
    "shared": _shared,
}
"""How each sender shows that a delivery is its own."""
