"""Clicks and impressions by the page that was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from taps.api_source.schemas import text
from taps.tap_search_console.streams.days import DayStream, day_schema

if TYPE_CHECKING:
    from taps.tap_search_console.reading import Day

__all__ = ["PageDaysStream"]


class PageDaysStream(DayStream):
    """One row per page.

    Two pages of the property in one list of results are two impressions here and one
    in ``site_days``: the impressions of the two tables are different series.
    """

    name = "page_days"
    dimensions = ("page",)
    record_schema = day_schema(
        dimensions=(text("page", "Address of the page that was shown."),)
    )

    def records(self, day: Day, slice_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The pages of the day."""
        for row in day.rows.get(self.dimensions, ()):
            yield {
                **slice_,
                "page": row.keys["page"],
                "clicks": row.clicks,
                "impressions": row.impressions,
                "position": row.position,
                "read_at": day.read_at,
            }
