"""The properties that were read, with what is known of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from taps.api_source.schemas import array, instant, schema, text
from taps.api_source.streams import SourceStream

if TYPE_CHECKING:
    from taps.tap_search_console.tap import TapSearchConsole

__all__ = ["SitesStream", "property_kind"]

_KEY = ("site_url",)


class SitesStream(SourceStream):
    """One row per property."""

    name = "sites"
    primary_keys = _KEY
    replication_key = "read_at"
    record_schema = schema(
        (
            text("site_url", "The property, as Search Console writes it."),
            text(
                "property_kind",
                "domain or url_prefix. A domain contains its URL prefixes: their "
                "clicks are in both and must not be added.",
            ),
            text("permission_level", "What the connected account may do."),
            array("brand_terms", "Terms that make a query a brand query; null: unset."),
            text("time_zone", "Zone of the days: Pacific time, wherever the site is."),
            instant("read_at", "When the property was read."),
        ),
        _KEY,
    )

    _tap: TapSearchConsole

    def read(self) -> None:
        """Write the properties of this run."""
        now = datetime.now(UTC)
        for site_url, level in self._tap.permission_levels.items():
            self.emit(
                {
                    "site_url": site_url,
                    "property_kind": property_kind(site_url),
                    "permission_level": level,
                    "brand_terms": self.config.get("brand_terms") or None,
                    "time_zone": "America/Los_Angeles",
                    "read_at": now,
                }
            )


def property_kind(site_url: str) -> str:
    """Whether a property is a whole domain or what begins with a URL."""
    return "domain" if site_url.startswith("sc-domain:") else "url_prefix"
