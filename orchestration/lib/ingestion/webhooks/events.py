"""One thing that happened, as a sender tells it, and how its parts are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

__all__ = ["Event", "Unreadable", "event_key", "from_unix_seconds", "instant"]


class Unreadable(ValueError):
    """A delivery cannot be understood; the message says why, and quotes nothing."""


@dataclass(frozen=True)
class Event:
    """One thing that happened, as its sender tells it.

    ``event_key`` is unique within a connection; ``occurred_at`` is the sender's clock.
    """

    event_key: str
    event_type: str
    event_id: str | None
    occurred_at: datetime | None
    payload: Mapping[str, Any]


def event_key(*parts: object) -> str:
    """The same text whenever the parts are."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def instant(told: object) -> datetime:
    """A moment of ISO 8601, in UTC where it names no zone.

    Raises
    ------
    ValueError
    """
    moment = datetime.fromisoformat(str(told))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def from_unix_seconds(told: object) -> datetime | None:
    """A moment told in seconds since 1970; None where none is told.

    Raises
    ------
    ValueError, OverflowError, OSError
    """
    return None if told is None else datetime.fromtimestamp(int(str(told)), UTC)
