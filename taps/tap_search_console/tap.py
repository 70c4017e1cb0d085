"""The tap: its settings, its streams, and the order in which days are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from typing import Any

from singer_sdk import Stream

from taps.api_source.errors import AccessDenied
from taps.api_source.part_failures import PartsTap
from taps.api_source.slices import SlicesStream, days_to_read
from taps.tap_search_console.client import API_VERSION, SCOPE, SearchConsole
from taps.tap_search_console.concurrency import in_order
from taps.tap_search_console.dates import (
    TIME_ZONE,
    first_day_kept,
)
from taps.tap_search_console.freshness import Freshness, freshness_of
from taps.tap_search_console.progress import Progress
from taps.tap_search_console.reading import Property, read_day
from taps.tap_search_console.settings import SETTINGS
from taps.tap_search_console.streams.country_device_days import CountryDeviceDaysStream
from taps.tap_search_console.streams.days import SLICE_COLUMNS, DayStream
from taps.tap_search_console.streams.page_days import PageDaysStream
from taps.tap_search_console.streams.query_days import QueryDaysStream
from taps.tap_search_console.streams.site_days import SiteDaysStream
from taps.tap_search_console.streams.sites import SitesStream, property_kind

__all__ = ["TapSearchConsole"]

#: A property that the account has not proven to own gives no data.
_UNVERIFIED = "siteUnverifiedUser"


class TapSearchConsole(PartsTap):
    """Reads clicks and impressions from Google Search Console, day by day."""

    name = "tap-search-console"
    config_jsonschema = SETTINGS
    part_kind = "property"

    def __init__(self, **options: Any) -> None:
        self._days_are_read = False
        super().__init__(**options)

    @cached_property
    def console(self) -> SearchConsole:
        """The API."""
        return SearchConsole(self.config)

    @cached_property
    def permission_levels(self) -> dict[str, str]:
        """Permission level by property to read.

        Raises
        ------
        AccessDenied
            A property of the settings, or any property at all, cannot be read.
        """
        known = self.console.permission_levels()
        readable = {url: level for url, level in known.items() if level != _UNVERIFIED}
        asked = self.config.get("site_urls") or sorted(readable)
        if missing := [url for url in asked if url not in readable] or (
            [] if asked else ["any property"]
        ):
            raise AccessDenied(
                f"the connected account may not read {', '.join(missing)}",
                call="list of properties",
                remedy=(
                    f"It may read: {', '.join(sorted(readable)) or 'none'}. Correct "
                    "site_urls, or add the account to the property's users."
                ),
            )
        return {url: readable[url] for url in dict.fromkeys(asked)}

    def discover_streams(self) -> Sequence[Stream]:
        """Properties, four tables of days, and their slices."""
        return [
            SitesStream(self),
            SiteDaysStream(self),
            QueryDaysStream(self),
            PageDaysStream(self),
            CountryDeviceDaysStream(self),
            SlicesStream(self, SLICE_COLUMNS),
        ]

    def check(self) -> dict[str, Any]:
        """What the connection can see."""
        sites = self.permission_levels
        return {
            "account": ", ".join(sites),
            "currency_code": None,
            "time_zone": TIME_ZONE,
            "scopes": [SCOPE],
            "history_from": first_day_kept(self.console.today()).isoformat(),
            "api_version": API_VERSION,
            "warnings": list(self._warnings(sites)),
        }

    def _warnings(self, sites: dict[str, str]) -> Iterator[str]:
        kinds = {property_kind(site_url) for site_url in sites}
        if len(kinds) > 1:
            yield (
                "A domain property contains its URL-prefix properties: their clicks "
                "must not be added."
            )
        if not self.config.get("brand_terms"):
            yield "Without brand_terms, brand and other queries are not told apart."
        wall = first_day_kept(self.console.today())
        if self.start_date and self.start_date < wall:
            yield f"Google keeps 16 months: there is nothing before {wall}."

    def read_days(self) -> None:
        """Read all days of all properties, once per run.

        A property that fails does not keep the others from being read.
        """
        if self._days_are_read:
            return
        self._days_are_read = True
        for site_url in self.permission_levels:
            for search_type in self.config["search_types"]:
                of = Property(site_url, search_type, self.config["data_state"])
                with self.failures.of(f"{site_url} ({search_type})"):
                    self._read_property(of)

    @cached_property
    def _day_streams(self) -> list[DayStream]:
        streams = self.streams.values()
        return [s for s in streams if isinstance(s, DayStream) and s.selected]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(int(self.config["parallel_days"]))

    def _read_property(self, of: Property) -> None:
        freshness = freshness_of(self.console, of)
        days = self._days(of, freshness)
        wanted = [stream.dimensions for stream in self._day_streams]
        progress = Progress(self.logger, f"{of.site_url} ({of.search_type})", len(days))
        answers = in_order(
            self._pool,
            lambda day: read_day(self.console, of, day, wanted),
            days,
            at_once=int(self.config["parallel_days"]),
        )
        for answer in answers:
            is_final = freshness.is_final(answer.date)
            if answer.is_empty and not is_final:
                # Not counted yet: a zero would be a guess, and so would later days.
                answers.close()
                break
            is_certain = not answer.is_empty or freshness.is_long_over(answer.date)
            answer.is_final = is_final and is_certain
            for stream in self._day_streams:
                stream.write(answer, of, is_final=answer.is_final)
                if is_certain:
                    # It is also certain of the empty days before it.
                    stream.remember(answer.date, of)
            progress.step()

    def _days(self, of: Property, freshness: Freshness) -> list[date]:
        wall = first_day_kept(freshness.today)
        first = max(self.start_date or wall, wall)
        last = freshness.today if of.data_state == "all" else freshness.last_final
        if self.end_date is not None:
            last = min(last, self.end_date)
        if self.start_date and self.start_date < wall:
            self.logger.warning(
                "%s: Google keeps 16 months; reading from %s", of.site_url, wall
            )
        bookmarks = [stream.last_read(of) for stream in self._day_streams]
        known = [bookmark for bookmark in bookmarks if bookmark is not None]
        oldest = min(known) if len(known) == len(bookmarks) else None
        lookback = int(self.config["lookback_days"])
        return list(
            days_to_read(oldest, first=first, last=last, lookback_days=lookback)
        )
