"""Records of a stream, column by column, each from its own place and of its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from taps.api_source import schemas
from taps.declared.declaration import Column, ColumnType

__all__ = ["Gone", "record_of", "schema_columns", "value_at"]


class Gone(Exception):
    """The source does not have a field any more; the text is its path."""


class _Missing:
    """Nothing is at that place; null is something."""


_MISSING = _Missing()


def value_at(answer: Any, path: str) -> Any:
    """What is at a place such as ``pages.next.cursor`` or ``tags.0``; None if nothing.

    The path "" is the whole answer.
    """
    found = _found(answer, path)
    return None if found is _MISSING else found


def schema_columns(columns: Mapping[str, Column]) -> list[schemas.Column]:
    """The columns as JSON schema properties, in their order."""
    return [_KINDS[each.type](name, each.description) for name, each in columns.items()]


def record_of(
    columns: Mapping[str, Column], raw: Any, known: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """One record, and its columns whose value is not of their type.

    Such a value stays as the source wrote it: the loader puts the record into
    quarantine. ``known`` is what columns from ``@name`` are filled with; its ``^`` is
    the answer around the record.

    Raises
    ------
    Gone
        A field that is not optional is not there.
    """
    record, wrong = {}, []
    for name, column in columns.items():
        found = _raw_value(name, column, raw, known)
        try:
            record[name] = (
                None if found is None else _READERS[column.type](found, column)
            )
        except (ValueError, TypeError, ArithmeticError, OSError):
            record[name] = found
            wrong.append(name)
    return record, wrong


def _raw_value(name: str, column: Column, raw: Any, known: Mapping[str, Any]) -> Any:
    path = column.path or name
    if path.startswith("@"):
        return known.get(path[1:])
    is_around = path.startswith("^")
    found = _found(known["^"], path[1:]) if is_around else _found(raw, path)
    if found is _MISSING:
        if not column.optional:
            raise Gone(path)
        return None
    return None if isinstance(found, str) and found in column.empty else found


def _found(answer: Any, path: str) -> Any:
    place = answer
    for part in path.split(".") if path else ():
        if place is None:
            return None
        if isinstance(place, Mapping):
            place = place.get(part, _MISSING)
        elif isinstance(place, Sequence) and part.isdigit() and int(part) < len(place):
            place = place[int(part)]
        else:
            return _MISSING
    return place


def _text(value: Any, _: Column) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError


def _integer(value: Any, _: Column) -> int | None:
    if value == "":
        return None
    if isinstance(value, bool) or (isinstance(value, float) and value % 1):
        raise ValueError
    return int(value)


def _number(value: Any, _: Column) -> Decimal | None:
    if value == "":
        return None
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError
    return number


def _boolean(value: Any, _: Column) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if (found := words.get(str(value).lower())) is None:
        raise ValueError
    return found


def _date(value: Any, column: Column) -> date | None:
    if value == "" or isinstance(value, date):
        return value or None
    if column.format:
        return datetime.strptime(str(value), column.format).date()
    return date.fromisoformat(str(value))


def _instant(value: Any, column: Column) -> datetime | None:
    """A moment that says its offset, or is of the zone that the column declares."""
    if value == "":
        return None
    if isinstance(value, datetime):
        moment = value
    elif column.format:
        moment = datetime.strptime(str(value), column.format)
    else:
        moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        if column.zone is None:
            raise ValueError
        moment = moment.replace(tzinfo=ZoneInfo(column.zone))
    return moment.astimezone(UTC)


def _epoch(value: Any, _: Column) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)


def _epoch_ms(value: Any, _: Column) -> datetime:
    return datetime.fromtimestamp(float(value) / 1000, UTC)


def _array(value: Any, _: Column) -> list[str]:
    if not isinstance(value, list):
        raise TypeError
    return [str(each) for each in value]


def _list(value: Any, _: Column) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _object(value: Any, _: Column) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


_READERS: dict[ColumnType, Callable[[Any, Column], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "instant": _instant,
    "epoch": _epoch,
    "epoch_ms": _epoch_ms,
    "array": _array,
    "list": _list,
    "object": _object,
}
_KINDS: dict[ColumnType, Callable[[str, str], schemas.Column]] = {
    "text": schemas.text,
    "integer": schemas.integer,
    "number": schemas.number,
    "boolean": schemas.boolean,
    "date": schemas.date,
    "instant": schemas.instant,
    "epoch": schemas.instant,
    "epoch_ms": schemas.instant,
    "array": schemas.array,
    "list": schemas.anything,
    "object": schemas.obj,
}
