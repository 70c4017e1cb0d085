"""Deliveries of the sandbox's senders, signed as each signs, to whom they are told to.

What a world has to deliver stands beside the files of its companies, a body a line.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.export import deliver

__all__ = ["NotDelivered", "keep_bodies", "send", "webhooks_of"]

_HERE: Final = "127.0.0.1"
_TIMEOUT_SECONDS: Final = 30
_BEFORE_NOW: Final = re.compile(rb'"now-(\d+)"')
_SENDERS: Final = ("whatsapp", "sendgrid")


class NotDelivered(ValueError):
    """Nothing, or not all, was delivered; the message says why."""


def keep_bodies(world: Path, slug: str, sender: str, bodies: Iterable[str]) -> None:
    """Keep what a company's sender will deliver."""
    deliver(_path(world, slug, sender), "".join(f"{body}\n" for body in bodies))


def webhooks_of(world: Path, slug: str) -> dict[str, dict[str, str]]:
    """By its sender, with what secret each webhook of a company is checked."""
    return {
        sender: {"secret": _checked_with(slug, sender)}
        for sender in _SENDERS
        if _path(world, slug, sender).exists()
    }


def send(world: Path, asked: Mapping[str, Any]) -> dict[str, int]:
    """Deliver all that a company's senders have to tell, and count by sender.

    Raises
    ------
    NotDelivered
        There is no such sender, its address is another machine's, or who receives
        refused.
    """
    slug, addresses = str(asked["company"]), dict(asked["addresses"])
    for sender, address in addresses.items():
        if sender not in webhooks_of(world, slug):
            raise NotDelivered(f"{slug} has no webhook of {sender}")
        if urlsplit(address).hostname != _HERE:
            raise NotDelivered(f"{sender} delivers to {_HERE} only")
    sent = {
        sender: _send_all(
            [
                *_path(world, slug, sender).read_bytes().splitlines(),
                *_live(world, slug, sender),
            ],
            *(address, slug, sender),
        )
        for sender, address in addresses.items()
    }
    for sender in addresses:
        _path(world, slug, f"{sender}.live.sent").touch()
    return sent


def _live(world: Path, slug: str, sender: str) -> list[bytes]:
    """What happens while it is delivered, told once in the life of a world."""
    path = _path(world, slug, f"{sender}.live")
    if not path.exists() or _path(world, slug, f"{sender}.live.sent").exists():
        return []
    now = int(time.time())
    return [
        _BEFORE_NOW.sub(lambda told: b'"%d"' % (now - int(told[1])), body)
        for body in path.read_bytes().splitlines()
    ]


def _send_all(lines: Sequence[bytes], address: str, slug: str, sender: str) -> int:
    for body in lines:
        headers = {
            "content-type": "application/json",
            **_signed(slug, sender, body, str(int(time.time()))),
        }
        request = urllib.request.Request(address, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                pass
        except OSError as failure:
            raise NotDelivered(f"{sender}: {_why(failure)}") from None
    return len(lines)


def _why(failure: OSError) -> str:
    if isinstance(failure, urllib.error.HTTPError):
        return f"{failure.code} {failure.read(200).decode(errors='replace').strip()}"
    return str(failure)


def _signed(slug: str, sender: str, body: bytes, now: str) -> dict[str, str]:
    """The headers that show whose a body is."""
    if sender == "whatsapp":
        key = _secret(slug, sender).encode()
        digest = hmac.new(key, body, hashlib.sha256).hexdigest()
        return {"x-hub-signature-256": f"sha256={digest}"}
    signature = _key(slug).sign(now.encode() + body, ec.ECDSA(hashes.SHA256()))
    told = base64.b64encode(signature).decode()
    return {
        "x-twilio-email-event-webhook-signature": told,
        "x-twilio-email-event-webhook-timestamp": now,
    }


def _checked_with(slug: str, sender: str) -> str:
    if sender == "whatsapp":
        return _secret(slug, sender)
    public = _key(slug).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(
        public.public_bytes(serialization.Encoding.DER, form)
    ).decode()


def _key(slug: str) -> ec.EllipticCurvePrivateKey:
    number = int(_secret(slug, "sendgrid"), 16) >> 8
    return ec.derive_private_key(number, ec.SECP256R1())


def _secret(slug: str, sender: str) -> str:
    """The same in every world, as all of the sandbox: it guards nothing real."""
    return hashlib.sha256(json.dumps(["sandbox", slug, sender]).encode()).hexdigest()


def _path(world: Path, slug: str, sender: str) -> Path:
    return world.with_suffix("") / "webhooks" / slug / f"{sender}.jsonl"
