"""What the streams of the calendar have in common: slices of calendar x year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from taps.api_source.schemas import integer, text
from taps.api_source.slices import SlicedStream, Tally

if TYPE_CHECKING:
    from taps.tap_calendar.tap import TapCalendar

__all__ = ["SLICE_COLUMNS", "YearStream"]

SLICE_COLUMNS = (
    text("calendar_id", "Country and subdivision (ES-MD), or company."),
    integer("year", "Year of the date."),
)


class YearStream(SlicedStream):
    """A stream that writes years whole.

    There is no bookmark: a year is a few rows, and next year's holidays change by
    decree at any time.
    """

    _tap: TapCalendar

    def write_year(
        self, calendar_id: str, year: int, rows: Iterable[Mapping[str, Any]]
    ) -> None:
        """Write the rows of a calendar's year and close the slice."""
        slice_ = {"calendar_id": calendar_id, "year": year}
        read_at, tally = datetime.now(UTC), Tally()
        for row in rows:
            self.emit({**slice_, **row, "read_at": read_at})
            tally.add()
        self.close_slice(slice_, tally, read_at, is_final=year < self._tap.today.year)
