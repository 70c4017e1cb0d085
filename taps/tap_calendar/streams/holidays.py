"""Holidays of countries and regions."""

from __future__ import annotations

from taps.api_source.schemas import boolean, date, instant, schema, text
from taps.tap_calendar.streams.years import SLICE_COLUMNS, YearStream

__all__ = ["HolidaysStream"]

_KEY = ("calendar_id", "year", "date", "name")


class HolidaysStream(YearStream):
    """One row per calendar, day and holiday; two on one day are two rows."""

    name = "holidays"
    primary_keys = _KEY
    record_schema = schema(
        (
            *SLICE_COLUMNS,
            date("date", "The day."),
            text("name", "Name, in the country's own language unless set otherwise."),
            text("name_en", "Name in English, where the library knows it."),
            text("category", "Kind of holiday: public, bank, unofficial ..."),
            boolean("is_observed", "Whether it stands for a holiday on another day."),
            instant("read_at", "When it was worked out."),
        ),
        _KEY,
    )

    def read(self) -> None:
        """Write the holidays of every calendar and year."""
        for calendar_id, calendar in self._tap.calendars.items():
            for year in self._tap.years:
                self.write_year(
                    calendar_id,
                    year,
                    (
                        {
                            "date": holiday.day,
                            "name": holiday.name,
                            "name_en": holiday.name_en,
                            "category": holiday.category,
                            "is_observed": holiday.is_observed,
                        }
                        for holiday in calendar.of(year)
                    ),
                )
