"""Half-open spans of time, small enough to be read at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

__all__ = ["Count", "TimeField", "Window", "instant_text", "parse_instant", "split"]

TimeField: TypeAlias = Literal["updated_at", "created_at"]


@dataclass(frozen=True)
class Window:
    """Everything whose ``field`` is at or after ``since`` and before ``until``."""

    field: TimeField
    since: datetime
    until: datetime

    @property
    def search(self) -> str:
        """The window in Shopify's search syntax."""
        since, until = instant_text(self.since), instant_text(self.until)
        return f"{self.field}:>='{since}' AND {self.field}:<'{until}'"

    def halves(self) -> tuple[Window, ...]:
        """Two windows that touch; the window itself when it is a second long."""
        seconds = int((self.until - self.since).total_seconds())
        if seconds < 2:
            return (self,)
        middle = self.since + timedelta(seconds=seconds // 2)
        return replace(self, until=middle), replace(self, since=middle)

    def __str__(self) -> str:
        return f"{instant_text(self.since)} to {instant_text(self.until)}"


@dataclass(frozen=True)
class Count:
    """How many there are; at least as many if it is not exact."""

    number: int
    is_exact: bool = True

    def agrees_with(self, read: int, before: Count) -> bool:
        """Whether so many may have been read between an earlier count and this one."""
        least = min(before.number, self.number)
        most = max(before.number, self.number)
        return least <= read and (
            read <= most or not (before.is_exact and self.is_exact)
        )


def split(
    window: Window, count: Callable[[Window], Count], limit: int
) -> Iterator[tuple[Window, Count]]:
    """Windows with at most ``limit`` things in each, oldest first, and their counts.

    A count that is not exact means that there are too many, too.
    """
    pending = [window]
    while pending:
        part = pending.pop()
        told = count(part)
        halves = part.halves()
        if (told.is_exact and told.number <= limit) or len(halves) == 1:
            yield part, told
        else:
            pending.extend(reversed(halves))


def instant_text(moment: datetime) -> str:
    """A moment as Shopify writes it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """A moment as Shopify writes it."""
    return datetime.fromisoformat(text)
