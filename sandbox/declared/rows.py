"""Rows that a declared stream would hold: the same every time for the same moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.declared.source import Stream

__all__ = ["rows_of"]

_DAYS: Final = 45
_BETWEEN: Final = timedelta(hours=7)


def rows_of(
    stream: Stream, part: str, now: datetime
) -> list[tuple[datetime, dict[str, Any]]]:
    """The rows of a part of a stream, oldest first: their moment, value by column.

    Parameters
    ----------
    part
        What the stream is asked for one by one: "" for a stream without parts.
    now
        No row is younger.
    """
    now = now.replace(microsecond=0)
    made = _by_day(stream, now) if stream.is_by_day else _by_moment(stream, now)
    columns = stream.told["columns"].items()
    return [
        (
            moment,
            {
                name: _value(stream, _Place(name, column, number, moment, part))
                for name, column in columns
            },
        )
        for number, moment in made
    ]


def _by_day(stream: Stream, now: datetime) -> Iterator[tuple[int, datetime]]:
    listed = stream.told.get("examples", {}).values()
    per_day = max((len(values) for values in listed), default=2)
    for back in range(_DAYS, 0, -1):
        for number in range(per_day):
            yield number, now - timedelta(days=back)


def _by_moment(stream: Stream, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Most of them older than what is read again."""
    minutes = stream.told.get("changes", {}).get("lookback_minutes", 0)
    between = max(_BETWEEN, 3 * timedelta(minutes=minutes) / stream.row_count)
    for number in range(stream.row_count):
        yield number, now - (stream.row_count - number) * between


@dataclass(frozen=True)
class _Place:
    """What a value may depend on."""

    name: str
    column: dict[str, Any]
    number: int
    moment: datetime
    part: str

    @property
    def bounds(self) -> tuple[float, float]:
        """What the value lies between."""
        low, high = self.column.get("between", (0, 1000))
        return low, high


def _value(stream: Stream, place: _Place) -> Any:
    examples = stream.told.get("examples", {})
    if listed := examples.get(place.name) or place.column.get("one_of"):
        return listed[place.number % len(listed)]
    return _MADE[place.column["type"]](place)


def _text(place: _Place) -> str:
    parts = (place.name, place.part, str(place.number))
    return "-".join(part for part in parts if part)


def _integer(place: _Place) -> int:
    low, high = place.bounds
    return int(low) + place.number % max(int(high - low), 1)


def _number(place: _Place) -> float:
    low, high = place.bounds
    share = (place.number + place.moment.day) % 40 / 41
    return round(low + (high - low) * share, 4)


def _date(place: _Place) -> str:
    return _written(place, place.moment.date().isoformat())


def _instant(place: _Place) -> str:
    return _written(place, place.moment.isoformat(timespec="seconds"))


def _written(place: _Place, iso: str) -> str:
    how = place.column.get("format")
    return place.moment.strftime(how) if how else iso


_MADE: Final[dict[str, Callable[[_Place], Any]]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": lambda place: place.number % 2 == 0,
    "date": _date,
    "instant": _instant,
    "epoch": lambda place: int(place.moment.timestamp()),
    "epoch_ms": lambda place: int(place.moment.timestamp() * 1000),
    "array": lambda place: [_text(place)],
    "list": lambda place: [{"number": place.number}],
    "object": lambda place: {"number": place.number},
}
