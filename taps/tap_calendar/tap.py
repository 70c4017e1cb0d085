"""The tap: settings and streams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from singer_sdk import Stream

from taps.api_source.slices import SlicesStream
from taps.api_source.tap import SourceTap
from taps.tap_calendar.company_events import company_events
from taps.tap_calendar.country_holidays import Calendar
from taps.tap_calendar.retail_events import unannounced
from taps.tap_calendar.settings import SETTINGS
from taps.tap_calendar.streams.events import EventsStream
from taps.tap_calendar.streams.holidays import HolidaysStream
from taps.tap_calendar.streams.years import SLICE_COLUMNS

__all__ = ["TapCalendar"]

_DEFAULT_HISTORY_YEARS = 3


class TapCalendar(SourceTap):
    """Works out holidays and retail events, and reads the company's own."""

    name = "tap-calendar"
    config_jsonschema = SETTINGS

    @cached_property
    def today(self) -> date:
        """The date, in UTC."""
        return datetime.now(UTC).date()

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        """Calendar by name, in the order of the settings.

        Raises
        ------
        SourceError
            One does not exist.
        """
        language = self.config.get("language")
        categories = self.config["categories"]
        return {
            name: Calendar(name, language, categories)
            for name in dict.fromkeys(self.config["calendars"])
        }

    def unannounced(self, calendar_id: str) -> dict[str, list[int]]:
        """Years up to this one whose dates an organiser told, and we do not know."""
        years = [year for year in self.years if year <= self.today.year]
        return unannounced(calendar_id[:2], years)

    @cached_property
    def years(self) -> range:
        """The years to write."""
        this_year = self.today.year
        start, end = self.start_date, self.end_date
        first = start.year if start else this_year - _DEFAULT_HISTORY_YEARS
        last = end.year if end else this_year + int(self.config["years_ahead"])
        return range(first, last + 1)

    def discover_streams(self) -> Sequence[Stream]:
        """Holidays, events, and their slices."""
        return [
            HolidaysStream(self),
            EventsStream(self),
            SlicesStream(self, SLICE_COLUMNS),
        ]

    def check(self) -> dict[str, Any]:
        """Look whether the calendars exist and the file can be read."""
        warnings = [
            f"{name}: the dates of {event} in {', '.join(map(str, years))} are not "
            "known here; put them into events_file."
            for name in self.calendars
            for event, years in self.unannounced(name).items()
        ]
        if file := self.config.get("events_file"):
            company_events(Path(file))
        return {
            "account": ", ".join(self.calendars),
            "currency_code": None,
            "time_zone": None,
            "scopes": [],
            "history_from": None,
            "api_version": f"holidays {version('holidays')}",
            "warnings": warnings,
        }
