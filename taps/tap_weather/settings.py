"""The settings of tap-weather: their schema, and the places they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from taps.api_source.errors import SourceError

__all__ = ["SETTINGS", "Location", "locations_of"]

SETTINGS: dict[str, Any] = {
    "type": "object",
    "required": ["locations"],
    "properties": {
        "locations": {
            "type": "array",
            "minItems": 1,
            "title": "Places",
            "description": "The places whose weather is read.",
            "items": {
                "type": "object",
                "required": ["location_id", "latitude", "longitude", "time_zone"],
                "additionalProperties": False,
                "properties": {
                    "location_id": {"type": "string", "description": "Your name."},
                    "name": {"type": ["string", "null"], "description": "For people."},
                    "latitude": {"type": "number", "description": "South is minus."},
                    "longitude": {"type": "number", "description": "West is minus."},
                    "time_zone": {
                        "type": "string",
                        "description": "IANA zone that cuts the days (Europe/Madrid).",
                    },
                },
            },
        },
        "api_key": {
            "type": ["string", "null"],
            "secret": True,
            "title": "API key",
            "description": (
                "Key of a paying customer, who has hosts of his own. Without a key "
                "Open-Meteo is free for non-commercial use only."
            ),
        },
        "api_url": {
            "type": ["string", "null"],
            "title": "API address",
            "description": (
                "Address of both the archive and the forecast, without /v1; default: "
                "Open-Meteo's own."
            ),
        },
        "request_timeout_seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 300,
            "title": "Longest answer",
            "description": (
                "Seconds within which an answer must have arrived whole; otherwise it "
                "is asked for again, six times in all."
            ),
        },
        "start_date": {
            "type": ["string", "null"],
            "title": "Start date",
            "description": (
                "First day read on the first run (YYYY-MM-DD), from 1940 on; default: "
                "three years ago."
            ),
        },
    },
}


@dataclass(frozen=True)
class Location:
    """A place and the zone that cuts its days; degrees, south and west negative."""

    location_id: str
    latitude: float
    longitude: float
    time_zone: str
    name: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


def locations_of(config: Mapping[str, Any]) -> list[Location]:
    """The places of the settings.

    Raises
    ------
    SourceError
        A place is not on earth, has no known time zone, or is there twice.
    """
    places = [Location(**place) for place in config["locations"]]
    for place in places:
        _check(place)
    names = [place.location_id for place in places]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(
            f"location_id '{repeated[0]}' is there twice",
            call="setting 'locations'",
            remedy="Give each place a name of its own.",
        )
    return places


def _check(place: Location) -> None:
    call = f"setting 'locations', '{place.location_id}'"
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise SourceError(
            f"{place.latitude}, {place.longitude} is no place on earth",
            call=call,
            remedy="Give latitude (-90 to 90) and longitude (-180 to 180) in degrees.",
        )
    try:
        place.zone  # noqa: B018 - is there such a zone?
    except (ZoneInfoNotFoundError, ValueError):
        raise SourceError(
            f"there is no time zone '{place.time_zone}'",
            call=call,
            remedy="Write it as in Europe/Madrid.",
        ) from None
