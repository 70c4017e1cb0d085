"""One thing that was looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Outcome"]

Outcome = Literal["fine", "warning", "broken"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    `remedy` says what to do, and is empty where all is fine.
    """

    subject: str
    outcome: Outcome
    seen: str
    remedy: str = ""
