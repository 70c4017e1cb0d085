"""What the streams of days have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from taps.api_source.schemas import (
    Column,
    date,
    instant,
    integer,
    number,
    schema,
    text,
)
from taps.api_source.slices import SlicedStream, Tally

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 - the schema's date is the other

    from taps.tap_search_console.reading import Day, Property
    from taps.tap_search_console.tap import TapSearchConsole

__all__ = ["SLICE_COLUMNS", "DayStream", "day_schema"]

SLICE_COLUMNS = (
    text("site_url", "The property; domain and URL-prefix properties overlap."),
    text("search_type", "Kind of search: web, image, video, news, discover ..."),
    date("date", "Day in Pacific time."),
)
_METRICS = (
    integer("clicks", "Clicks to the property."),
    integer("impressions", "How often a result was shown."),
    number(
        "position",
        "Mean position of the topmost result; weight it by impressions when adding. "
        "Null in Discover and news, which have none.",
    ),
)
_READ_AT = instant("read_at", "When the read of the day began.")


def day_schema(
    dimensions: tuple[Column, ...] = (), extra: tuple[Column, ...] = ()
) -> dict[str, Any]:
    """The schema of a stream of days by some dimensions."""
    columns = (*SLICE_COLUMNS, *dimensions, *_METRICS, *extra, _READ_AT)
    return schema(columns, [c.name for c in (*SLICE_COLUMNS, *dimensions)])


class DayStream(SlicedStream):
    """A stream of rows per property, kind of search and day.

    The days are read for all streams together, so that they can be compared; the
    first stream that is asked to read does it for all.
    """

    total_name = "clicks"
    dimensions: ClassVar[tuple[str, ...]]

    _tap: TapSearchConsole

    def __init__(self, tap: TapSearchConsole) -> None:
        super().__init__(tap)
        self.primary_keys = tuple(self.record_schema["required"])

    def read(self) -> None:
        """Read the days, for all streams of days at once."""
        self._tap.read_days()

    @abstractmethod
    def records(self, day: Day, slice_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The rows of a day."""

    def control_total(self, day: Day, of: Property) -> int | None:  # noqa: ARG002
        """What another answer says of the whole, if the two can be compared."""
        return None

    def write(self, day: Day, of: Property, *, is_final: bool) -> None:
        """Write a day that was read whole, and close its slice."""
        slice_ = {
            "site_url": of.site_url,
            "search_type": of.search_type,
            "date": day.date,
        }
        tally = Tally()
        for record in self.records(day, slice_):
            self.emit(record)
            tally.add(record["clicks"])
        self.close_slice(
            slice_,
            tally,
            day.read_at,
            control_total=self.control_total(day, of),
            is_final=is_final,
        )

    def last_read(self, of: Property) -> str | None:
        """The last day that was read completely."""
        found = self.bookmark(site_url=of.site_url, search_type=of.search_type)
        return str(found) if found else None

    def remember(self, day: Date, of: Property) -> None:
        """Move the bookmark: everything up to the day is written."""
        self.advance(day.isoformat(), site_url=of.site_url, search_type=of.search_type)
