"""Weather that depends on nothing but the place and the day."""

import hashlib
import math
from dataclasses import dataclass
from datetime import date
from typing import Final

__all__ = ["VARIABLES", "Place", "Variable", "daily_value", "forecast_value"]

_WARMEST_DAY: Final = 205  # late July, in the north
_DAYS_PER_YEAR: Final = 365.25
_DRY_SHARE: Final = 0.68
_REVISION_CELSIUS: Final = 0.6


@dataclass(frozen=True)
class Place:
    """A point in degrees; south and west are negative."""

    latitude: float
    longitude: float

    @property
    def key(self) -> str:
        """The grid cell the real archive would answer for, about 10 km wide."""
        return f"{self.latitude:.1f},{self.longitude:.1f}"


@dataclass(frozen=True)
class Variable:
    """A daily variable: its unit, and the digits the real service prints."""

    unit: str
    digits: int


VARIABLES: Final = {
    "temperature_2m_mean": Variable("°C", 1),
    "temperature_2m_max": Variable("°C", 1),
    "temperature_2m_min": Variable("°C", 1),
    "precipitation_sum": Variable("mm", 2),
    "sunshine_duration": Variable("s", 2),
}


def daily_value(place: Place, day: date, variable: str) -> float:
    """The settled (reanalysis) value of one of `VARIABLES`, in its unit."""
    return _rounded(variable, _DRAWN[variable](place, day))


def forecast_value(place: Place, day: date, variable: str) -> float:
    """What the forecast service says first; the archive revises it later."""
    settled = _DRAWN[variable](place, day)
    if variable.startswith("temperature"):
        settled += _REVISION_CELSIUS * (2 * _chance(place, day, "revision") - 1)
    else:
        settled *= 0.9 + 0.2 * _chance(place, day, "revision")
    return _rounded(variable, settled)


def _mean(place: Place, day: date) -> float:
    yearly = 27.0 - 0.35 * abs(place.latitude)
    swing = 2.0 + 0.2 * abs(place.latitude)
    noise = 7.0 * (_chance(place, day, "warmth") - 0.5)
    return yearly + swing * _summer(place, day) + noise


def _highest(place: Place, day: date) -> float:
    return _mean(place, day) + 2.0 + 5.0 * _chance(place, day, "spread")


def _lowest(place: Place, day: date) -> float:
    return _mean(place, day) - 2.0 - 5.0 * _chance(place, day, "spread")


def _rain(place: Place, day: date) -> float:
    """Millimetres; two days in three are dry."""
    wet = _chance(place, day, "rain")
    if wet < _DRY_SHARE:
        return 0.0
    return -5.0 * math.log(1.0 - 0.999 * (wet - _DRY_SHARE) / (1.0 - _DRY_SHARE))


def _sunshine(place: Place, day: date) -> float:
    """Seconds; never longer than the day, less when it rains."""
    daylight = 12.0 + 4.5 * _summer(place, day) * abs(place.latitude) / 50.0
    clear = 0.25 + 0.7 * _chance(place, day, "clouds")
    if _rain(place, day) > 0:
        clear *= 0.4
    return 3600.0 * max(daylight, 1.0) * clear


_DRAWN: Final = {
    "temperature_2m_mean": _mean,
    "temperature_2m_max": _highest,
    "temperature_2m_min": _lowest,
    "precipitation_sum": _rain,
    "sunshine_duration": _sunshine,
}


def _summer(place: Place, day: date) -> float:
    """1 at the height of the place's summer, -1 in the depth of its winter."""
    angle = 2 * math.pi * (day.timetuple().tm_yday - _WARMEST_DAY) / _DAYS_PER_YEAR
    return math.cos(angle) * (1.0 if place.latitude >= 0 else -1.0)


def _chance(place: Place, day: date, purpose: str) -> float:
    """A number in [0, 1) that is always the same for the same arguments."""
    drawn = hashlib.blake2b(
        f"{place.key}|{day.isoformat()}|{purpose}".encode(), digest_size=8
    ).digest()
    return int.from_bytes(drawn, "big") / 2**64


def _rounded(variable: str, value: float) -> float:
    return round(value, VARIABLES[variable].digits)
