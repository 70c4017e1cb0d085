"""Open-Meteo's two services: the archive, and the forecast for the days before it.

Answers hold a list per variable, the archive comes five days late, and what it does not
know yet the forecast service does: a declaration says none of this.
Source: open-meteo.com/en/docs and /en/docs/historical-weather-api.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from taps.api_source.errors import SourceError
from taps.declared.api_declaration import Request
from taps.declared.asking import AskingStream, Part
from taps.declared.days import days_due, move

if TYPE_CHECKING:
    from taps.declared.tap import DeclaredTap

__all__ = ["check", "check_places", "days", "days_in"]

#: As far back as the forecast service remembers.
_LONGEST_PAST_DAYS = 92
# A request of up to two weeks counts as one.
_RECENT_DAYS = 14
_UNITS = {
    "temperature_2m_mean": "°C",
    "precipitation_sum": "mm",
    "sunshine_duration": "s",
}
_SECONDS_PER_HOUR = 3600
_DIGITS_OF_HOURS = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Day:
    """The weather of one day: degrees Celsius, millimetres, hours; None: not known."""

    date: date
    temperature_mean_c: Decimal | None
    precipitation_mm: Decimal | None
    sunshine_hours: Decimal | None

    @property
    def values(self) -> dict[str, Decimal | None]:
        """By column."""
        return {
            "temperature_mean_c": self.temperature_mean_c,
            "precipitation_mm": self.precipitation_mm,
            "sunshine_hours": self.sunshine_hours,
        }

    @property
    def is_complete(self) -> bool:
        """Whether all of it is known."""
        return None not in self.values.values()

    @property
    def is_known(self) -> bool:
        """Whether any of it is known."""
        return any(value is not None for value in self.values.values())


def days(stream: AskingStream, place: Part) -> None:
    """Read the days of a place, oldest first; what is not known yet is no row."""
    recent = _recent(stream.source, place, _RECENT_DAYS)
    told = stream.told.days
    assert told  # noqa: S101 - declared
    due = days_due(stream, place, told, today=recent[-1].date)
    for start in range(0, len(due), told.window_days):
        _read(stream, place, due[start : start + told.window_days], recent)


def check_places(config: Mapping[str, Any]) -> None:
    """Refuse places that are not on earth, have no time zone, or are there twice."""
    names = [place["location_id"] for place in config["locations"]]
    for place in config["locations"]:
        call = f"setting 'locations', '{place['location_id']}'"
        latitude, longitude = place["latitude"], place["longitude"]
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise SourceError(
                f"{latitude}, {longitude} is no place on earth",
                call=call,
                remedy="Give latitude (-90 to 90) and longitude (-180 to 180).",
            )
        try:
            ZoneInfo(place["time_zone"])
        except (ZoneInfoNotFoundError, ValueError):
            raise SourceError(
                f"there is no time zone '{place['time_zone']}'",
                call=call,
                remedy="Write it as in Europe/Madrid.",
            ) from None
        if names.count(place["location_id"]) > 1:
            raise SourceError(
                f"location_id '{place['location_id']}' is there twice",
                call="setting 'locations'",
                remedy="Give each place a name of its own.",
            )


def check(tap: DeclaredTap) -> dict[str, Any]:
    """Ask both services for one day of the first place."""
    places = tap.config["locations"]
    place = Part(places[0])
    month_ago = _recent(tap, place, 1)[-1].date - timedelta(days=30)
    _archive(tap, place, month_ago, month_ago)
    warnings = []
    if not tap.config.get("api_key") and not tap.config.get("api_url"):
        warnings = ["Without api_key Open-Meteo is free for non-commercial use only."]
    return {
        "account": ", ".join(each["location_id"] for each in places),
        "time_zone": places[0]["time_zone"],
        "history_from": "1940-01-01",
        "warnings": warnings,
    }


def _read(
    stream: AskingStream, place: Part, due: Sequence[date], recent: Sequence[Day]
) -> None:
    read_at = datetime.now(UTC)
    known = []
    for weather, is_final in _weather(stream.source, place, due, recent):
        # What has not arrived is no row, and no zero. A later run finds it.
        if weather.is_known:
            slice_ = {"location_id": place.name, "date": weather.date}
            record = {"is_final": is_final, "read_at": read_at}
            stream.emit({**slice_, **weather.values, **record})
            stream.close(slice_, [record], read_at, is_final=is_final)
            known.append(weather.date)
    if missing := [day for day in due if day not in set(known)]:
        stream.logger.warning(
            "%s: %s days from %s on are not known yet",
            place.name,
            f"{len(missing):,}",
            missing[0],
        )
    # Days that are too old to be known ever are not waited for.
    oldest = recent[-1].date - timedelta(days=_LONGEST_PAST_DAYS)
    late = next((day for day in missing if day >= oldest), date.max)
    if done := [day for day in known if day < late]:
        move(stream, place, done[-1])
    stream.logger.info("%s: %s days to %s read", place.name, len(known), due[-1])


def _weather(
    tap: DeclaredTap, place: Part, due: Sequence[date], recent: Sequence[Day]
) -> Iterator[tuple[Day, bool]]:
    """Each day, with whether it is from the archive."""
    archive = _archive(tap, place, due[0], due[-1])
    late = [weather.date for weather in archive if not weather.is_complete]
    oldest = recent[-1].date - timedelta(days=_LONGEST_PAST_DAYS)
    if late and oldest <= late[0] < recent[0].date:
        recent = _recent(tap, place, (recent[-1].date - late[0]).days)
    substitutes = {weather.date: weather for weather in recent if weather.is_known}
    for weather in archive:
        if weather.is_complete or weather.date not in substitutes:
            yield weather, weather.is_complete
        else:
            yield substitutes[weather.date], False


def _archive(tap: DeclaredTap, place: Part, first: date, last: date) -> Sequence[Day]:
    """What was measured and modelled afterwards; null in the last days."""
    span = {"start_date": first.isoformat(), "end_date": last.isoformat()}
    call = f"archive of {place.known['location_id']}, {first} to {last}"
    found = _ask(tap, "archive", place, span, call, (last - first).days + 1)
    if found[0].date != first:
        raise SourceError(f"the answer begins on {found[0].date}", call=call)
    return found


def _recent(tap: DeclaredTap, place: Part, past_days: int) -> Sequence[Day]:
    """What the forecast says of past days; the last is today, seen from the place."""
    span = {"past_days": past_days, "forecast_days": 1}
    call = f"forecast of {place.known['location_id']}, {past_days} past days"
    return _ask(tap, "forecast", place, span, call, past_days + 1)


def _ask(  # noqa: PLR0913, PLR0917 - what is asked, and where
    tap: DeclaredTap,
    service: str,
    place: Part,
    span: Mapping[str, Any],
    call: str,
    count: int,
) -> Sequence[Day]:
    names = ("latitude", "longitude")
    params = {name: place.known[name] for name in names}
    params |= {"daily": ",".join(_UNITS), "timezone": place.known["time_zone"], **span}
    path = f"/v1/{service}"
    if not tap.config.get("api_url"):
        # Each service has a host of its own, and paying customers have theirs.
        host = "archive-api" if service == "archive" else "api"
        paid = "customer-" if tap.config.get("api_key") else ""
        path = f"https://{paid}{host}.open-meteo.com{path}"
    return days_in(
        tap.api.ask(Request(path=path, params=params), {}, call), call, count
    )


class _Daily(msgspec.Struct):
    time: list[str]
    temperature_2m_mean: list[float | None]
    precipitation_sum: list[float | None]
    sunshine_duration: list[float | None]


class _Answer(msgspec.Struct):
    daily_units: dict[str, str]
    daily: _Daily


def days_in(answer: Any, call: str, count: int) -> Sequence[Day]:
    """The days of an answer, in a row.

    Raises
    ------
    SourceError
        The answer has another shape, another unit or other days.
    """
    try:
        parsed = msgspec.convert(answer, _Answer)
        columns = zip(
            map(date.fromisoformat, parsed.daily.time),
            parsed.daily.temperature_2m_mean,
            parsed.daily.precipitation_sum,
            parsed.daily.sunshine_duration,
            strict=True,
        )
        found = [
            Day(
                date=day,
                temperature_mean_c=_exact(mean),
                precipitation_mm=_exact(rain),
                sunshine_hours=_hours(sunshine),
            )
            for day, mean, rain, sunshine in columns
        ]
    except (msgspec.ValidationError, ValueError) as error:
        raise SourceError(
            f"the answer does not have the documented shape ({error})",
            call=call,
            remedy="Look for a new version of the tap.",
        ) from None
    for name, unit in _UNITS.items():
        if parsed.daily_units.get(name) != unit:
            raise SourceError(
                f"{name} is in '{parsed.daily_units.get(name)}', not in '{unit}'",
                call=call,
            )
    first = found[0].date if found else date.min
    if [day.date for day in found] != [first + timedelta(days=n) for n in range(count)]:
        raise SourceError(
            f"asked for {count} days in a row, got {len(found)} others", call=call
        )
    return found


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _hours(seconds: float | None) -> Decimal | None:
    if seconds is None:
        return None
    return (Decimal(str(seconds)) / _SECONDS_PER_HOUR).quantize(_DIGITS_OF_HOURS)
