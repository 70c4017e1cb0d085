"""The visits of a simulated community, as Google Analytics 4 counts them by day.

A view of a page by a browser is a session; one that ends in a registration is engaged.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

__all__ = ["PROPERTY_ID", "TIME_ZONE", "Day", "property_days", "source_days"]

PROPERTY_ID: Final = "401234567"
TIME_ZONE: Final = "Europe/Madrid"
_ENGAGED_SECONDS: Final = 95
Day = tuple[datetime, dict[str, Any]]


def source_days(events: str, contacts: str) -> Iterator[Day]:
    """Sessions by day and source, of the files of events and of contacts."""
    counts = _counted(events, contacts)
    for day, source in sorted(counts):
        named = {
            "session_source": source,
            "session_medium": "(not set)",
            "session_campaign": "(not set)",
            "has_other_row": False,
        }
        yield _moment(day), {**_day(day, counts[day, source]), **named}


def property_days(events: str, contacts: str) -> Iterator[Day]:
    """Sessions by day in all."""
    totals: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for (day, _), counted in _counted(events, contacts).items():
        totals[day].update(counted)
    for day in sorted(totals):
        yield _moment(day), _day(day, totals[day])


def _counted(events: str, contacts: str) -> dict[tuple[date, str], Counter[str]]:
    """What happened, by day of the property and source."""
    registered = {row["client_id"] for row in _rows(contacts)}
    counts: defaultdict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for row in _rows(events):
        if row["event_type"] != "page_view":
            continue
        moment = datetime.fromisoformat(row["occurred_at"].replace("Z", "+00:00"))
        day = moment.astimezone(ZoneInfo(TIME_ZONE)).date()
        counted = counts[day, row["source"]]
        counted["sessions"] += 1
        counted["engaged"] += row["client_id"] in registered
    return counts


def _rows(text: str) -> Iterator[Mapping[str, str]]:
    return csv.DictReader(io.StringIO(text))


def _day(day: date, counted: Counter[str]) -> dict[str, Any]:
    sessions, engaged = counted["sessions"], counted["engaged"]
    return {
        "date": f"{day:%Y%m%d}",
        "property_id": PROPERTY_ID,
        "sessions": sessions,
        "engaged_sessions": engaged,
        "users": sessions,
        "new_users": sessions,
        "key_events": engaged,
        "page_views": sessions,
        "engaged_seconds": engaged * _ENGAGED_SECONDS,
        "is_thresholded": False,
        "samplings": [],
        "time_zone": TIME_ZONE,
    }


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
