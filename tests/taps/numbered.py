"""Answers in which every value has a number of its own, and records read back by it."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["Numbered", "Origins", "origins_in_both"]

#: Column, and the places in the source's answer where its value can have stood.
Origins = dict[str, frozenset[str]]

_FIRST = 1_001
_EPOCH = datetime(2026, 11, 1, tzinfo=UTC)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Numbered:
    """Numbers the values of answers by where they stand.

    A value that must stay what it is, because a tap reads on by it, is known by itself.
    Of yes and no there are two only: flags differ in one of several readings.
    """

    def __init__(self, reading: int) -> None:
        self.reading = reading
        self._numbers = itertools.count(_FIRST)
        self._number_of: dict[str, int] = {}
        self._flags: dict[str, bool] = {}
        self._places: dict[str, set[str]] = defaultdict(set)

    def number(self, place: str) -> int:
        """The number of a place, the same each time."""
        if place not in self._number_of:
            self._number_of[place] = next(self._numbers)
            self._places[str(self._number_of[place])].add(place)
        return self._number_of[place]

    def flag(self, place: str) -> bool:
        """The yes or no of a place, the same each time."""
        number = len(self._flags) + 1
        return self._flags.setdefault(place, bool(number >> self.reading & 1))

    def keep(self, place: str, value: Any) -> Any:
        """The value itself, which says of a column that it stood there."""
        self._places[_plain(value)].add(place)
        return value

    def fill(self, template: Any, kept: Iterable[str] = (), place: str = "") -> Any:
        """A document like the template, with numbers for all that is not kept."""
        if isinstance(template, Mapping):
            return {
                name: self.fill(value, kept, f"{place}.{name}" if place else name)
                for name, value in template.items()
            }
        if template is None:
            return None
        if isinstance(template, list):
            return [self.fill(one, kept, place) for one in template]
        if place.rpartition(".")[2] in {*kept, "__typename"}:
            return self.keep(place, template)
        return self._told(template, place)

    def origins(self, record: Mapping[str, Any]) -> Origins:
        """Where the values of a record can have stood; nowhere, if they are null."""
        return {name: self._origin(value) for name, value in record.items()}

    def _told(self, like: Any, place: str) -> Any:
        if isinstance(like, bool):
            return self.flag(place)
        number = self.number(place)
        if isinstance(like, int | float):
            return number
        text = str(like)
        if text.startswith("gid://"):
            return f"{text.rpartition('/')[0]}/{number}"
        if _INSTANT.match(text):
            return f"{_EPOCH + timedelta(seconds=number):%Y-%m-%dT%H:%M:%S+00:00}"
        return str(number) if _NUMBER.fullmatch(text) else f"TEXT {number}"

    def _origin(self, value: Any) -> frozenset[str]:
        if value is None:
            return frozenset()
        if isinstance(value, list):
            return frozenset().union(*map(self._origin, value))
        known = self._places.get(_plain(value), set())
        if isinstance(value, bool):
            known = known | {p for p, flag in self._flags.items() if flag is value}
        return frozenset(known)


def origins_in_both(first: Origins, second: Origins) -> Origins:
    """What two readings leave possible; a null says nothing."""
    return {
        name: first[name] & second[name]
        if first[name] and second[name]
        else first[name] | second[name]
        for name in first
    }


def _plain(value: Any) -> str:
    """A value without the form it has on its way: 1001.0, TEXT 1001, a moment."""
    text = str(value)
    if isinstance(value, bool):
        return text
    if _INSTANT.match(text):
        seconds = (datetime.fromisoformat(text) - _EPOCH).total_seconds()
        return str(int(seconds)) if 0 < seconds < 86_400 else text
    text = text.lower().removeprefix("text ")
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text
