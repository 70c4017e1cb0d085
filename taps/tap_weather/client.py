"""Open-Meteo's two services: the archive, and the forecast for the days before it.

Source: open-meteo.com/en/docs and /en/docs/historical-weather-api.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import requests

from taps.api_source.errors import AccessDenied, RateLimited, SourceError
from taps.api_source.http import HttpClient, NoAuthorization
from taps.api_source.verdicts import Fail, Verdict
from taps.tap_weather.settings import Location

__all__ = ["API_VERSION", "LONGEST_PAST_DAYS", "DayOfWeather", "OpenMeteo"]

API_VERSION = "v1"

#: As far back as the forecast service remembers.
LONGEST_PAST_DAYS = 92

_HOSTS = {
    False: ("https://archive-api.open-meteo.com", "https://api.open-meteo.com"),
    True: (
        "https://customer-archive-api.open-meteo.com",
        "https://customer-api.open-meteo.com",
    ),
}
_UNITS = {
    "temperature_2m_mean": "°C",
    "precipitation_sum": "mm",
    "sunshine_duration": "s",
}
_SECONDS_PER_HOUR = 3600
_CONNECT_SECONDS = 10.0
_DIGITS_OF_HOURS = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class DayOfWeather:
    """The weather of one day: degrees Celsius, millimetres, hours; None: not known."""

    day: date
    temperature_mean_c: Decimal | None
    precipitation_mm: Decimal | None
    sunshine_hours: Decimal | None

    @property
    def _values(self) -> tuple[Decimal | None, ...]:
        return (self.temperature_mean_c, self.precipitation_mm, self.sunshine_hours)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is known."""
        return None not in self._values

    @property
    def is_known(self) -> bool:
        """Whether any of it is known."""
        return any(value is not None for value in self._values)


class OpenMeteo:
    """The API, free or with a customer's key."""

    def __init__(
        self, config: Mapping[str, Any], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._key = config.get("api_key") or None
        if base := config.get("api_url"):
            self._archive = self._forecast = str(base).rstrip("/")
        else:
            self._archive, self._forecast = _HOSTS[self._key is not None]
        self._http = HttpClient(
            NoAuthorization(),
            _classify,
            timeout=(_CONNECT_SECONDS, float(config["request_timeout_seconds"])),
            sleep=sleep,
        )

    def archive(
        self, place: Location, first: date, last: date
    ) -> Sequence[DayOfWeather]:
        """What was measured and modelled afterwards; null in the last days.

        Raises
        ------
        SourceError
        """
        span = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        call = f"archive of {place.location_id}, {first} to {last}"
        count = (last - first).days + 1
        days = self._ask(self._archive, "archive", place, span, call, count)
        if days[0].day != first:
            raise SourceError(f"the answer begins on {days[0].day}", call=call)
        return days

    def recent(self, place: Location, past_days: int) -> Sequence[DayOfWeather]:
        """What the forecast says of past days, which the archive revises later.

        The last one is today, as the service sees it from the place.

        Raises
        ------
        SourceError
        """
        span = {"past_days": past_days, "forecast_days": 1}
        call = f"forecast of {place.location_id}, {past_days} past days"
        return self._ask(self._forecast, "forecast", place, span, call, past_days + 1)

    def _ask(  # noqa: PLR0913, PLR0917 - what is asked, and where
        self,
        host: str,
        service: str,
        place: Location,
        span: Mapping[str, Any],
        call: str,
        count: int,
    ) -> Sequence[DayOfWeather]:
        answer = self._http.json(
            "GET",
            f"{host}/{API_VERSION}/{service}",
            call=call,
            params={
                "latitude": place.latitude,
                "longitude": place.longitude,
                "daily": ",".join(_UNITS),
                "timezone": place.time_zone,
                **span,
                **({"apikey": self._key} if self._key else {}),
            },
        )
        return _days(answer, call, count)


class _Daily(msgspec.Struct):
    time: list[str]
    temperature_2m_mean: list[float | None]
    precipitation_sum: list[float | None]
    sunshine_duration: list[float | None]


class _Answer(msgspec.Struct):
    daily_units: dict[str, str]
    daily: _Daily


def _days(answer: Any, call: str, count: int) -> Sequence[DayOfWeather]:
    try:
        parsed = msgspec.convert(answer, _Answer)
        columns = zip(
            map(date.fromisoformat, parsed.daily.time),
            parsed.daily.temperature_2m_mean,
            parsed.daily.precipitation_sum,
            parsed.daily.sunshine_duration,
            strict=True,
        )
        days = [
            DayOfWeather(
                day=day,
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
    first = days[0].day if days else date.min
    if [day.day for day in days] != [first + timedelta(days=n) for n in range(count)]:
        raise SourceError(
            f"asked for {count} days in a row, got {len(days)} others", call=call
        )
    return days


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _hours(seconds: float | None) -> Decimal | None:
    if seconds is None:
        return None
    return (Decimal(str(seconds)) / _SECONDS_PER_HOUR).quantize(_DIGITS_OF_HOURS)


def _classify(response: requests.Response, call: str) -> Verdict | None:
    """Errors are ``{"error": true, "reason": "..."}``, mostly with status 400."""
    if response.status_code not in {400, 401, 403, 429}:
        return None
    reason = _reason(response)
    if response.status_code == 429:
        # A minute is worth waiting for; an hour or a day is another run's business.
        if "minutely" in reason.lower() or not reason:
            return None
        return Fail(
            RateLimited(
                f"Open-Meteo's limit is used up ({reason})",
                call=call,
                remedy="What was read is kept; run it again later, or use a key.",
            )
        )
    if "api key" in reason.lower() or response.status_code != 400:
        return Fail(
            AccessDenied(
                f"Open-Meteo does not accept the key ({reason})",
                call=call,
                remedy="Correct api_key.",
            )
        )
    return Fail(
        SourceError(
            f"Open-Meteo refuses the request ({reason})",
            call=call,
            remedy="Check latitude, longitude, time zone and dates.",
        )
    )


def _reason(response: requests.Response) -> str:
    try:
        return str(msgspec.json.decode(response.content)["reason"])[:300]
    except (msgspec.DecodeError, KeyError, TypeError):
        return ""
