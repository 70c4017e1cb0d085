"""Questions in GAQL, the query language of Google Ads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["DAY", "Query", "daily"]

DAY = "segments.date"


@dataclass(frozen=True)
class Query:
    """What to select of a resource, by day if there are days (both included).

    Days are given as dates: a named range such as LAST_30_DAYS depends on when it is
    asked and leaves today out.
    """

    fields: tuple[str, ...]
    resource: str
    first: date | None = None
    last: date | None = None

    @property
    def gaql(self) -> str:
        """The query as it is sent."""
        parts = ["SELECT", ", ".join(self.fields), "FROM", self.resource]
        if self.first is not None:
            parts.append(f"WHERE {DAY} BETWEEN '{self.first}' AND '{self.last}'")
        if DAY in self.fields:
            parts.append(f"ORDER BY {DAY}")
        return " ".join(parts)

    @property
    def call(self) -> str:
        """The question in words."""
        if self.first is None:
            return self.resource
        return f"{self.resource}, {self.first} to {self.last},"

    def halves(self) -> list[Query]:
        """The first and the second half of the days; nothing if there is one."""
        if self.first is None or self.last is None or self.first == self.last:
            return []
        middle = self.first + (self.last - self.first) // 2
        after = middle + timedelta(days=1)
        return [
            Query(self.fields, self.resource, self.first, middle),
            Query(self.fields, self.resource, after, self.last),
        ]


def daily(resource: str, fields: Sequence[str], first: date, last: date) -> Query:
    """The query for a row per day."""
    return Query((DAY, *fields), resource, first, last)
