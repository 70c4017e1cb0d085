"""Retail events and the company's own."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from taps.api_source.schemas import date, instant, schema, text
from taps.tap_calendar.company_events import company_events
from taps.tap_calendar.retail_events import retail_events
from taps.tap_calendar.streams.years import SLICE_COLUMNS, YearStream

__all__ = ["COMPANY", "EventsStream"]

#: The calendar of the company's own events, whatever country it sells in.
COMPANY = "company"

_RETAIL = "retail"
_KEY = ("calendar_id", "year", "date", "event_id")


class EventsStream(YearStream):
    """One row per calendar, day and event; an event of three days is three rows."""

    name = "events"
    primary_keys = _KEY
    record_schema = schema(
        (
            *SLICE_COLUMNS,
            date("date", "A day of the event."),
            text("event_id", "What the event is called in every year: black_friday."),
            text("name", "Name for people."),
            text("kind", "retail: everybody's; company: the company's own."),
            text("event_type", "Kind, as the company's file calls it; else retail."),
            text("source", "Rule or announcement behind the date, or the file."),
            instant("read_at", "When it was worked out."),
        ),
        _KEY,
    )

    def read(self) -> None:
        """Write the retail events of every calendar, and the company's own."""
        for calendar_id in self._tap.calendars:
            for year in self._tap.years:
                self.write_year(calendar_id, year, _retail(calendar_id[:2], year))
            for event, missing in self._tap.unannounced(calendar_id).items():
                self.logger.warning(
                    "%s: the dates of %s in %s are not known here; put them into "
                    "events_file",
                    calendar_id,
                    event,
                    ", ".join(map(str, missing)),
                )
        own = self._company()
        for year in sorted({*own, *self._tap.years}):
            self.write_year(COMPANY, year, own.get(year, []))

    def _company(self) -> dict[int, list[dict[str, Any]]]:
        by_year: dict[int, list[dict[str, Any]]] = defaultdict(list)
        if file := self.config.get("events_file"):
            for event in company_events(Path(file)):
                by_year[event.day.year].append(
                    {
                        "date": event.day,
                        "event_id": event.event_id,
                        "name": event.name,
                        "kind": COMPANY,
                        "event_type": event.event_type,
                        "source": Path(file).name,
                    }
                )
        return by_year


def _retail(country: str, year: int) -> list[dict[str, Any]]:
    return [
        {
            "date": event.day,
            "event_id": event.event_id,
            "name": event.name,
            "kind": _RETAIL,
            "event_type": _RETAIL,
            "source": event.source,
        }
        for event in retail_events(country, year)
    ]
