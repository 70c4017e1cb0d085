"""Clicks and impressions of whole properties: the numbers that are true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from taps.api_source.schemas import boolean
from taps.tap_search_console.dates import has_too_many_impressions
from taps.tap_search_console.streams.days import DayStream, day_schema

if TYPE_CHECKING:
    from taps.tap_search_console.reading import Day, Property

__all__ = ["SiteDaysStream"]


class SiteDaysStream(DayStream):
    """One row per property, kind of search and day on which somebody saw it.

    Nothing is left out of these totals; the sum of ``query_days`` is smaller by the
    queries that Google keeps to itself.
    """

    name = "site_days"
    dimensions = ()
    record_schema = day_schema(
        extra=(
            boolean(
                "impressions_are_over_reported",
                "Whether the day is in 2025-05-13 to 2026-04-27, when Google logged "
                "too many impressions; clicks are right, CTR and position are not.",
            ),
            boolean("is_final", "Whether Google has finished counting the day."),
        )
    )

    def records(self, day: Day, slice_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The day's total, if there is one."""
        if day.total is not None:
            yield {
                **slice_,
                "clicks": day.total.clicks,
                "impressions": day.total.impressions,
                "position": day.total.position,
                "impressions_are_over_reported": has_too_many_impressions(day.date),
                "is_final": day.is_final,
                "read_at": day.read_at,
            }

    def control_total(self, day: Day, of: Property) -> int | None:
        """The clicks by country and device, of which none are left out."""
        return day.sum_of(of.control)
