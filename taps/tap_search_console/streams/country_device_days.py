"""Clicks and impressions by country and device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from taps.api_source.schemas import text
from taps.tap_search_console.reading import CONTROL
from taps.tap_search_console.streams.days import DayStream, day_schema

if TYPE_CHECKING:
    from taps.tap_search_console.reading import Day, Property

__all__ = ["CountryDeviceDaysStream"]

_ALL = "ALL"


class CountryDeviceDaysStream(DayStream):
    """One row per country and device; nothing is left out of them."""

    name = "country_device_days"
    dimensions = CONTROL
    record_schema = day_schema(
        dimensions=(
            text("country", "Country of the searcher, three letters (ISO 3166-1)."),
            text("device", "DESKTOP, MOBILE or TABLET; ALL in Discover."),
        )
    )

    def records(self, day: Day, slice_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The countries and devices of the day."""
        for row in day.control_rows:
            yield {
                **slice_,
                "country": row.keys["country"],
                "device": row.keys.get("device", _ALL),
                "clicks": row.clicks,
                "impressions": row.impressions,
                "position": row.position,
                "read_at": day.read_at,
            }

    def control_total(self, day: Day, of: Property) -> int | None:  # noqa: ARG002
        """The clicks of the property."""
        return day.clicks
