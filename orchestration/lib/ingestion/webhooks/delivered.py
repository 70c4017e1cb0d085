"""A request as it came, and what signatures of all senders are compared with.

Every comparison takes the same time wherever two texts begin to differ.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Delivered", "Refusal", "Unverifiable", "expired", "hex_digest", "is_same"]

Refusal = Literal["unsigned", "signature", "expired"]

TOLERANCE_SECONDS = 300
"""How far a signed time may be from ours, either way: what all recommend."""


@dataclass(frozen=True)
class Delivered:
    """A request as it came.

    ``address`` is the public one with its query, as the sender knows it; names of
    ``headers`` are in lower case; ``now`` are seconds since 1970.
    """

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    now: float


class Unverifiable(RuntimeError):
    """Whether a delivery is its sender's cannot be told now: it has to come again."""


def is_same(given: str, expected: str) -> bool:
    """Whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def hex_digest(secret: str, signed: bytes) -> str:
    """HMAC-SHA256 in hexadecimal digits."""
    return hmac.digest(secret.encode(), signed, "sha256").hex()


def expired(
    moment: float, now: float, tolerance: float = TOLERANCE_SECONDS
) -> Refusal | None:
    """Whether a signed time (seconds since 1970) is too far from ours."""
    return "expired" if abs(now - moment) > tolerance else None
