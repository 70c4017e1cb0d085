"""The years of the calendar, worked out here: a declaration has nobody to ask.

There is no bookmark: a year is a few rows, and next year's holidays change by decree at
any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taps.declared.asking import AskingStream, Part
from taps.sources.calendar.company_events import company_events
from taps.sources.calendar.country_holidays import Calendar
from taps.sources.calendar.retail_events import retail_events, unannounced

if TYPE_CHECKING:
    from taps.declared.tap import DeclaredTap

__all__ = ["check", "check_settings", "events", "holidays", "today"]

#: The calendar of the company's own events, whatever country it sells in.
_COMPANY = "company"
_RETAIL = "retail"
_DEFAULT_HISTORY_YEARS = 3


def today() -> date:
    """The date, in UTC."""
    return datetime.now(UTC).date()


def holidays(stream: AskingStream, _: Part) -> None:
    """Write the holidays of every calendar and year; two on one day are two rows."""
    for calendar_id, calendar in _calendars(stream.config).items():
        for year in _years(stream.source):
            rows = (
                {
                    "date": holiday.day,
                    "name": holiday.name,
                    "name_en": holiday.name_en,
                    "category": holiday.category,
                    "is_observed": holiday.is_observed,
                }
                for holiday in calendar.of(year)
            )
            _write_year(stream, calendar_id, year, rows)


def events(stream: AskingStream, _: Part) -> None:
    """Write retail events and the company's own; one of three days is three rows."""
    years = _years(stream.source)
    for calendar_id in _calendars(stream.config):
        for year in years:
            _write_year(stream, calendar_id, year, _retail(calendar_id[:2], year))
        for event, missing in _unannounced(stream.source, calendar_id).items():
            stream.logger.warning(
                "%s: the dates of %s in %s are not known here; put them into "
                "events_file",
                calendar_id,
                event,
                ", ".join(map(str, missing)),
            )
    own = _own(stream.config)
    for year in sorted({*own, *years}):
        _write_year(stream, _COMPANY, year, own.get(year, []))


def check_settings(config: Mapping[str, Any]) -> None:
    """Refuse calendars that do not exist, and a file that holds no events."""
    _calendars(config)
    _own(config)


def check(tap: DeclaredTap) -> dict[str, Any]:
    """Say which calendars are read, and which dates are not known."""
    warnings = [
        f"{name}: the dates of {event} in {', '.join(map(str, years))} are not "
        "known here; put them into events_file."
        for name in _calendars(tap.config)
        for event, years in _unannounced(tap, name).items()
    ]
    return {
        "account": ", ".join(_calendars(tap.config)),
        "api_version": f"holidays {version('holidays')}",
        "warnings": warnings,
    }


def _calendars(config: Mapping[str, Any]) -> dict[str, Calendar]:
    """Calendar by name, in the order of the settings."""
    language, categories = config.get("language"), config["categories"]
    return {
        name: Calendar(name, language, categories)
        for name in dict.fromkeys(config["calendars"])
    }


def _years(tap: DeclaredTap) -> range:
    start, end, this_year = tap.start_date, tap.end_date, today().year
    first = start.year if start else this_year - _DEFAULT_HISTORY_YEARS
    last = end.year if end else this_year + int(tap.config["years_ahead"])
    return range(first, last + 1)


def _unannounced(tap: DeclaredTap, calendar_id: str) -> dict[str, list[int]]:
    """Years up to this one whose dates an organiser told, and we do not know."""
    years = [year for year in _years(tap) if year <= today().year]
    return unannounced(calendar_id[:2], years)


def _retail(country: str, year: int) -> list[dict[str, Any]]:
    return [
        {
            "date": event.day,
            "event_id": event.event_id,
            "name": event.name,
            "kind": _RETAIL,
            "event_type": _RETAIL,
            "source": event.source,
        }
        for event in retail_events(country, year)
    ]


def _own(config: Mapping[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """The company's own events by year."""
    by_year: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if file := config.get("events_file"):
        for event in company_events(Path(file)):
            by_year[event.day.year].append(
                {
                    "date": event.day,
                    "event_id": event.event_id,
                    "name": event.name,
                    "kind": _COMPANY,
                    "event_type": event.event_type,
                    "source": Path(file).name,
                }
            )
    return by_year


def _write_year(
    stream: AskingStream, calendar_id: str, year: int, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write the rows of a calendar's year and close the slice."""
    slice_ = {"calendar_id": calendar_id, "year": year}
    read_at = datetime.now(UTC)
    records = [{**slice_, **row, "read_at": read_at} for row in rows]
    stream.emit_all(records, read_at)
    stream.close(slice_, records, read_at, is_final=year < today().year)
