"""Clicks and impressions by what people searched for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from taps.api_source.schemas import boolean, text
from taps.tap_search_console.brand import BrandTerms
from taps.tap_search_console.streams.days import DayStream, day_schema

if TYPE_CHECKING:
    from taps.tap_search_console.reading import Day, Property

__all__ = ["QueryDaysStream"]


class QueryDaysStream(DayStream):
    """One row per query; rare queries are left out by Google, with their clicks."""

    name = "query_days"
    dimensions = ("query",)
    record_schema = day_schema(
        dimensions=(text("query", "What people searched for."),),
        extra=(boolean("is_brand", "Whether it names the brand; null without terms."),),
    )

    @cached_property
    def _brand(self) -> BrandTerms:
        return BrandTerms(self.config.get("brand_terms") or ())

    def records(self, day: Day, slice_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The queries of the day."""
        for row in day.rows.get(self.dimensions, ()):
            yield {
                **slice_,
                "query": row.keys["query"],
                "clicks": row.clicks,
                "impressions": row.impressions,
                "position": row.position,
                "is_brand": self._brand.in_query(row.keys["query"]),
                "read_at": day.read_at,
            }

    def control_total(self, day: Day, of: Property) -> int | None:  # noqa: ARG002
        """The clicks of the property: the queries' are at most these."""
        return day.clicks
