"""How SendGrid, Mailgun and Amazon SES show that a delivery is their own.

Sources: Twilio SendGrid *Event Webhook Security Features* (ECDSA over P-256), Mailgun
*Securing Webhooks*, Amazon SNS *Verifying the signatures of Amazon SNS messages*. All
three deliver again for hours what was not taken, so that a signed time may be old; a
delivery that comes twice is kept once.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from orchestration.lib.ingestion.webhooks.delivered import (
    Delivered,
    Refusal,
    Unverifiable,
    expired,
    hex_digest,
    is_same,
)

__all__ = ["confirm_ses", "mailgun", "sendgrid", "sendgrid_key", "ses"]

_RETRIED_SECONDS = 2 * 24 * 3600
_FETCH_SECONDS = 3
_SNS = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/[^?#\\@]*")
_SUBSCRIBE = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/\?[^#\\@]+")
_HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - Amazon chooses
_OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_OF_CONFIRMATION = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn"),
    "Type",
)


def sendgrid_key(secret: str) -> ec.EllipticCurvePublicKey:
    """The verification key that SendGrid shows: base64 of its DER form.

    Raises
    ------
    ValueError
        It is no such key.
    """
    key = serialization.load_der_public_key(base64.b64decode(secret, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("It is a key of another kind.")
    return key


def sendgrid(delivered: Delivered, secret: str) -> Refusal | None:
    """The time and the body are signed, in two headers."""
    given = delivered.headers.get("x-twilio-email-event-webhook-signature")
    at = delivered.headers.get("x-twilio-email-event-webhook-timestamp")
    if given is None or at is None:
        return "unsigned"
    try:
        sendgrid_key(secret).verify(
            base64.b64decode(given, validate=True),
            at.encode() + delivered.body,
            ec.ECDSA(hashes.SHA256()),
        )
        moment = float(at)
    except (InvalidSignature, ValueError):
        return "signature"
    return expired(moment, delivered.now, _RETRIED_SECONDS)


def mailgun(delivered: Delivered, secret: str) -> Refusal | None:
    """A time and a token are signed, and nothing of what happened.

    So a token is good for one delivery (`inbox.delivery_key`).
    """
    try:
        told = json.loads(delivered.body)["signature"]
        at, token, given = (
            str(told[name]) for name in ("timestamp", "token", "signature")
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return "unsigned"
    if not is_same(given, hex_digest(secret, f"{at}{token}".encode())):
        return "signature"
    return expired(float(at), delivered.now, _RETRIED_SECONDS)


def ses(delivered: Delivered, secret: str) -> Refusal | None:
    """SNS signs with a certificate of Amazon's; the secret is the topic's ARN.

    Whoever has a topic of their own can have it signed: only this one is believed.

    Raises
    ------
    Unverifiable
        The certificate cannot be fetched.
    """
    told = _message(delivered.body)
    if told is None:
        return "unsigned"
    if not is_same(told["TopicArn"], secret):
        return "signature"
    names = _OF_NOTIFICATION if told["Type"] == "Notification" else _OF_CONFIRMATION
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
    digest = _HASHES.get(told["SignatureVersion"])
    if digest is None or not _SNS.fullmatch(told["SigningCertURL"]):
        return "signature"
    try:
        _certified(told["SigningCertURL"]).verify(
            base64.b64decode(told["Signature"], validate=True),
            signed.encode(),
            padding.PKCS1v15(),
            digest,
        )
        moment = datetime.fromisoformat(told["Timestamp"]).timestamp()
    except (InvalidSignature, ValueError):
        return "signature"
    return expired(moment, delivered.now, _RETRIED_SECONDS)


def confirm_ses(body: bytes) -> bool:
    """Tell SNS that the address is ours, if a believed delivery asks for it.

    Raises
    ------
    Unverifiable
        SNS cannot be reached; it asks again.
    """
    told = _message(body) or {}
    if told.get("Type") != "SubscriptionConfirmation":
        return False
    if _SUBSCRIBE.fullmatch(told.get("SubscribeURL", "")):
        _fetched(told["SubscribeURL"])
    return True


def _message(body: bytes) -> Mapping[str, str] | None:
    """The texts of a message of SNS, or None if it is none."""
    names = ("TopicArn", "Type", "SignatureVersion", "SigningCertURL", "Signature")
    try:
        told: Any = json.loads(body)
        texts = {name: part for name, part in told.items() if isinstance(part, str)}
    except (ValueError, AttributeError, RecursionError):
        return None
    is_whole = all(name in texts for name in (*names, "Timestamp"))
    return texts if is_whole else None


@lru_cache(maxsize=16)
def _certified(address: str) -> rsa.RSAPublicKey:
    key = x509.load_pem_x509_certificate(_fetched(address)).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("Amazon signs with RSA.")
    return key


def _fetched(address: str) -> bytes:
    try:
        answer = requests.get(address, timeout=_FETCH_SECONDS, allow_redirects=False)
        answer.raise_for_status()
    except requests.RequestException as failure:
        raise Unverifiable(type(failure).__name__) from None
    return answer.content
