"""Retail events by rule or by announcement, from ``retail_events.yml``."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec
from dateutil.easter import easter  # type: ignore[import-untyped]

from taps.yaml_files import parsed_text

__all__ = ["RetailEvent", "retail_events", "unannounced"]

_PENTECOST = timedelta(days=49)
_WEEKDAYS = [name.lower() for name in calendar.day_name]


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    month: int = 0
    day: int = 0
    weekday: str = ""
    nth: int = 0
    easter: int | None = None
    avoid_pentecost: bool = False
    plus: int = 0
    days: int = 1

    def first_day(self, year: int) -> date:
        """The day the event begins on."""
        if self.easter is not None:
            found = _easter(year) + timedelta(days=self.easter)
        elif self.weekday:
            found = _nth_weekday(year, self.month, self.weekday, self.nth)
        else:
            found = date(year, self.month, self.day)
        if self.avoid_pentecost and found == _easter(year) + _PENTECOST:
            found += timedelta(days=7)
        return found + timedelta(days=self.plus)


class _Event(msgspec.Struct, forbid_unknown_fields=True, rename={"but_not": "except"}):
    event_id: str
    name: str
    source: str
    all: bool = False
    but_not: list[str] = []
    countries: list[str] = []
    rule: _Rule | None = None
    dates: dict[int, tuple[date, date]] = {}

    def is_in(self, country: str) -> bool:
        """Whether people of the country know it."""
        return country in self.countries or (self.all and country not in self.but_not)

    def span(self, year: int) -> tuple[date, date] | None:
        """First and last day in a year, if they are known."""
        if self.rule is None:
            return self.dates.get(year)
        first = self.rule.first_day(year)
        return first, first + timedelta(days=self.rule.days - 1)


@dataclass(frozen=True, kw_only=True)
class RetailEvent:
    """One day of an event."""

    day: date
    event_id: str
    name: str
    source: str


def retail_events(country: str, year: int) -> list[RetailEvent]:
    """The days of all events of a country in a year, in order.

    An event that begins in December may end in the year after; each day is in the
    year it is in.
    """
    return sorted(_days_of(country, year), key=lambda each: (each.day, each.event_id))


def unannounced(country: str, years: Sequence[int]) -> dict[str, list[int]]:
    """Years for which an organiser's dates are not known here, by event."""
    missing = {
        event.name: [year for year in years if event.span(year) is None]
        for event in _events()
        if event.is_in(country)
    }
    return {name: found for name, found in missing.items() if found}


def _days_of(country: str, year: int) -> Iterator[RetailEvent]:
    for event in _events():
        spans = [event.span(near) for near in (year - 1, year)]
        for first, last in (span for span in spans if event.is_in(country) and span):
            for offset in range((last - first).days + 1):
                day = first + timedelta(days=offset)
                if day.year == year:
                    source = " ".join(event.source.split())
                    yield RetailEvent(
                        day=day, event_id=event.event_id, name=event.name, source=source
                    )


@cache
def _events() -> list[_Event]:
    file = resources.files("taps.sources.calendar").joinpath("retail_events.yml")
    return msgspec.convert(parsed_text(file.read_text("utf-8")), list[_Event])


def _easter(year: int) -> date:
    found: date = easter(year)
    return found


def _nth_weekday(year: int, month: int, weekday: str, nth: int) -> date:
    """The nth such day of the month; -1 is the last one."""
    wanted = _WEEKDAYS.index(weekday)
    days = [
        day
        for day in calendar.Calendar().itermonthdates(year, month)
        if day.month == month and day.weekday() == wanted
    ]
    return days[nth - 1 if nth > 0 else nth]
