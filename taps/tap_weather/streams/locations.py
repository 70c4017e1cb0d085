"""The places whose weather is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from taps.api_source.schemas import instant, number, schema, text
from taps.api_source.streams import SourceStream

if TYPE_CHECKING:
    from taps.tap_weather.tap import TapWeather

__all__ = ["LocationsStream"]

_KEY = ("location_id",)


class LocationsStream(SourceStream):
    """One row per place."""

    name = "locations"
    primary_keys = _KEY
    replication_key = "read_at"
    record_schema = schema(
        (
            text("location_id", "The place, as the settings call it."),
            text("name", "Name for people."),
            number("latitude", "Degrees, south negative."),
            number("longitude", "Degrees, west negative."),
            text("time_zone", "IANA zone that cuts the days."),
            instant("read_at", "When the settings were read."),
        ),
        _KEY,
    )

    _tap: TapWeather

    def read(self) -> None:
        """Write the places of the settings."""
        now = datetime.now(UTC)
        for place in self._tap.locations:
            self.emit(
                {
                    "location_id": place.location_id,
                    "name": place.name,
                    "latitude": place.latitude,
                    "longitude": place.longitude,
                    "time_zone": place.time_zone,
                    "read_at": now,
                }
            )
