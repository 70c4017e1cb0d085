"""`/v1/archive` and `/v1/forecast`, in the shapes of open-meteo.com/en/docs."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.page_faults import Change, change_of, path_with_query
from sandbox.weather.climate import (
    VARIABLES,
    Place,
    daily_value,
    forecast_value,
)

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["routes"]

_FIRST_ARCHIVE_DAY: Final = date(1940, 1, 1)
_ARCHIVE_DELAY_DAYS: Final = 5
_LONGEST_PAST_DAYS: Final = 92
_LONGEST_FORECAST_DAYS: Final = 16
_DEFAULT_FORECAST_DAYS: Final = 7


class _Refused(Exception):
    """The request cannot be answered; the text is the `reason` the client reads."""


@dataclass(frozen=True)
class _Question:
    """What was asked: where, which variables, which days (both ends included)."""

    places: list[Place]
    variables: list[str]
    zone: ZoneInfo
    days: list[date]


_Reader = Callable[[Mapping[str, str], datetime], list[dict[str, Any]]]


def routes(world: "World") -> list[Route]:
    """The archive and the forecast, free and on the paths of paying customers."""

    def serve(path: str, read: _Reader) -> list[Route]:
        async def free(request: Request) -> Response:
            change = change_of(world.faults, path_with_query(request))
            return _answer(read, request.query_params, world.clock.now(), change)

        async def paid(request: Request) -> Response:
            if not request.query_params.get("apikey"):
                return _refusal("The supplied API key is invalid.")
            return await free(request)

        return [
            Route(f"/weather/v1/{path}", free),
            Route(f"/weather/customer/v1/{path}", paid),
        ]

    return serve("archive", _archive) + serve("forecast", _forecast)


def _answer(
    read: _Reader, query: Mapping[str, str], now: datetime, change: Change
) -> Response:
    try:
        documents = read(query, now)
    except _Refused as refused:
        return _refusal(str(refused))
    documents = [one | {"daily": change.applied(one["daily"])} for one in documents]
    return JSONResponse(documents[0] if len(documents) == 1 else documents)


def _refusal(reason: str) -> Response:
    return JSONResponse({"error": True, "reason": reason}, status_code=400)


def _archive(query: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    """Settled values; the last five days are still null."""
    today = now.date()
    first, last = _date_range(query, _FIRST_ARCHIVE_DAY, today)
    settled_until = today - timedelta(days=_ARCHIVE_DELAY_DAYS)
    question = _question(query, _days(first, last))

    def value(place: Place, day: date, variable: str) -> float | None:
        return daily_value(place, day, variable) if day <= settled_until else None

    return [_document(question, place, value, now) for place in question.places]


def _forecast(query: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    """First values, from `past_days` ago until the end of the forecast."""
    today = now.astimezone(_zone(query)).date()
    earliest = today - timedelta(days=_LONGEST_PAST_DAYS)
    latest = today + timedelta(days=_LONGEST_FORECAST_DAYS - 1)
    if "start_date" in query or "end_date" in query:
        first, last = _date_range(query, earliest, latest)
    else:
        past = _whole_number(query, "past_days", 0, _LONGEST_PAST_DAYS)
        ahead = _whole_number(
            query, "forecast_days", _DEFAULT_FORECAST_DAYS, _LONGEST_FORECAST_DAYS
        )
        first = today - timedelta(days=past)
        last = today + timedelta(days=ahead - 1)
    question = _question(query, _days(first, last))
    return [
        _document(question, place, forecast_value, now) for place in question.places
    ]


def _document(
    question: _Question,
    place: Place,
    value: Callable[[Place, date, str], float | None],
    now: datetime,
) -> dict[str, Any]:
    """One place's answer: one array per variable, as long as `time`."""
    columns = {
        variable: [value(place, day, variable) for day in question.days]
        for variable in question.variables
    }
    local = now.astimezone(question.zone)
    offset = local.utcoffset() or timedelta()
    units = {variable: VARIABLES[variable].unit for variable in question.variables}
    return {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "generationtime_ms": 0.1,
        "utc_offset_seconds": int(offset.total_seconds()),
        "timezone": str(question.zone),
        "timezone_abbreviation": local.tzname(),
        "elevation": 38.0,
        "daily_units": {"time": "iso8601", **units},
        "daily": {"time": [day.isoformat() for day in question.days], **columns},
    }


def _question(query: Mapping[str, str], days: list[date]) -> _Question:
    return _Question(_places(query), _variables(query), _zone(query), days)


def _places(query: Mapping[str, str]) -> list[Place]:
    latitudes = _coordinates(query, "latitude", 90.0)
    longitudes = _coordinates(query, "longitude", 180.0)
    if len(latitudes) != len(longitudes):
        raise _Refused(
            "Parameter 'latitude' and 'longitude' must have the same number of elements"
        )
    return [Place(*pair) for pair in zip(latitudes, longitudes, strict=True)]


def _coordinates(query: Mapping[str, str], name: str, limit: float) -> list[float]:
    if not query.get(name):
        raise _Refused(f"Parameter '{name}' is required")
    try:
        degrees = [float(text) for text in query[name].split(",")]
    except ValueError:
        raise _Refused(f"Data corrupted at path '{name}'.") from None
    for found in degrees:
        if math.isnan(found) or abs(found) > limit:
            raise _Refused(
                f"{name.capitalize()} must be in range of -{limit:.0f} to {limit:.0f}°."
                f" Given: {found}."
            )
    return degrees


def _variables(query: Mapping[str, str]) -> list[str]:
    asked = [name for name in query.get("daily", "").split(",") if name]
    for name in asked:
        if name not in VARIABLES:
            raise _Refused(
                "Data corrupted at path ''. Cannot initialize "
                f"VariableDaily from invalid String value {name}."
            )
    return asked


def _zone(query: Mapping[str, str]) -> ZoneInfo:
    name = query.get("timezone", "GMT")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise _Refused("Invalid timezone") from None


def _date_range(
    query: Mapping[str, str], earliest: date, latest: date
) -> tuple[date, date]:
    first, last = _date(query, "start_date"), _date(query, "end_date")
    for name, day in (("start_date", first), ("end_date", last)):
        if not earliest <= day <= latest:
            raise _Refused(
                f"Parameter '{name}' is out of allowed range from {earliest} to "
                f"{latest}"
            )
    if first > last:
        raise _Refused("End-date must be larger or equals than start-date")
    return first, last


def _date(query: Mapping[str, str], name: str) -> date:
    text = query.get(name)
    if not text:
        raise _Refused(f"Parameter '{name}' is required")
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise _Refused("Invalid date format. Make sure to use 'YYYY-MM-DD'") from None


def _whole_number(
    query: Mapping[str, str], name: str, default: int, largest: int
) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isdigit() or int(text) > largest:
        raise _Refused(
            f"Parameter '{name}' is out of allowed range from 0 to {largest}"
        )
    return int(text)


def _days(first: date, last: date) -> list[date]:
    count = (last - first).days + 1
    return [first + timedelta(days=offset) for offset in range(count)]
