"""The tap: settings and streams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from singer_sdk import Stream

from taps.api_source.slices import SlicesStream
from taps.api_source.tap import SourceTap
from taps.tap_weather.client import API_VERSION, OpenMeteo
from taps.tap_weather.settings import SETTINGS, Location, locations_of
from taps.tap_weather.streams.days import SLICE_COLUMNS, DaysStream
from taps.tap_weather.streams.locations import LocationsStream

__all__ = ["TapWeather"]


class TapWeather(SourceTap):
    """Reads the weather of places, day by day, from Open-Meteo."""

    name = "tap-weather"
    config_jsonschema = SETTINGS

    @cached_property
    def weather(self) -> OpenMeteo:
        """The API."""
        return OpenMeteo(self.config)

    @cached_property
    def locations(self) -> list[Location]:
        """The places of the settings.

        Raises
        ------
        SourceError
        """
        return locations_of(self.config)

    def discover_streams(self) -> Sequence[Stream]:
        """Places, days, and their slices."""
        return [
            LocationsStream(self),
            DaysStream(self),
            SlicesStream(self, SLICE_COLUMNS),
        ]

    def check(self) -> dict[str, Any]:
        """Ask both services for one day of the first place."""
        place = self.locations[0]
        today = self.weather.recent(place, 1)[-1].day
        month_ago = today - timedelta(days=30)
        self.weather.archive(place, month_ago, month_ago)
        warnings = []
        if not self.config.get("api_key") and not self.config.get("api_url"):
            warnings.append(
                "Without api_key Open-Meteo is free for non-commercial use only."
            )
        return {
            "account": ", ".join(place.location_id for place in self.locations),
            "currency_code": None,
            "time_zone": place.time_zone,
            "scopes": [],
            "history_from": "1940-01-01",
            "api_version": API_VERSION,
            "warnings": warnings,
        }
