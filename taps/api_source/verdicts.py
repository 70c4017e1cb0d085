"""What an answer of a source means for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

import requests

from taps.api_source.errors import SourceError

__all__ = ["Fail", "Ok", "RenewToken", "Retry", "Verdict", "retry_after"]


@dataclass(frozen=True)
class Ok:
    """The answer is what was asked for."""


@dataclass(frozen=True)
class Retry:
    """Ask again, after ``wait_seconds`` if the source says how long."""

    reason: str
    wait_seconds: float | None = None


@dataclass(frozen=True)
class RenewToken:
    """The access token is not accepted (any more)."""

    reason: str


@dataclass(frozen=True)
class Fail:
    """Asking again would not help."""

    error: SourceError


Verdict: TypeAlias = Ok | Retry | RenewToken | Fail


def retry_after(response: requests.Response) -> float | None:
    """Seconds to wait by the Retry-After header, if there is one.

    It holds seconds or a date (RFC 9110, section 10.2.3).
    """
    value = response.headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
