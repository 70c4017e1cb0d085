r"""Postgres' COPY text format, written and read by hand.

A row is its fields joined by tabs; ``\N`` is null; backslash, tab, newline and
carriage return are escaped (PostgreSQL documentation, COPY, "Text Format"). Building
the text here instead of handing Python values to psycopg row by row is most of what
makes the loader fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from taps.target_postgres.column_types import Column, ColumnType
from taps.target_postgres.errors import RejectedRecordError

__all__ = ["NULL", "Encode", "encoder_of", "escaped", "fields_of", "timestamp"]

NULL = r"\N"

Encode = Callable[[Any], str]

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_UNESCAPES = {r"\\": "\\", r"\t": "\t", r"\n": "\n", r"\r": "\r"}
_ESCAPED = re.compile(r"\\[\\tnr]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_JSON_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)

_SCALARS_BUT_STRINGS = {"integer", "number", "boolean"}
_BIGINT_LIMIT = 2**63
# What numeric holds (PostgreSQL documentation, "Arbitrary Precision Numbers").
_MOST_INTEGER_DIGITS = 131_072
_MOST_FRACTION_DIGITS = 16_383
_SURELY_SMALL = 1_000

_json = msgspec.json.Encoder(decimal_format="number").encode
_parse_datetime = datetime.fromisoformat
_parse_date = date.fromisoformat


def escaped(text: str) -> str:
    """The text as one field.

    Raises
    ------
    RejectedRecordError
        It holds a NUL or half of a surrogate pair: Postgres text has neither.
    """
    if text.isprintable() and "\\" not in text:
        return text
    if _UNSTORABLE.search(text):
        raise RejectedRecordError("holds a character Postgres cannot store (NUL)")
    return text.translate(_ESCAPES)


def fields_of(row: str) -> list[str | None]:
    """The field texts of a row: the inverse of the encoders and the joining tab."""
    return [
        None if field == NULL else _ESCAPED.sub(lambda m: _UNESCAPES[m[0]], field)
        for field in row.split("\t")
    ]


def encoder_of(column: Column) -> Encode:
    """The function that turns a value of this column, never null, into its field."""
    if column.kinds and column.kinds <= {"object", "array"}:
        return _structure
    if column.type is ColumnType.TEXT and column.kinds & _SCALARS_BUT_STRINGS:
        return _scalar
    return _ENCODERS[column.type]


def timestamp(value: Any) -> str:
    """A date-time with its offset; one without an offset is in UTC.

    The session's time zone is UTC, so Postgres reads a missing offset the same way.
    """
    try:
        moment = _parse_datetime(value)
    except (TypeError, ValueError):
        raise RejectedRecordError("is not a date-time") from None
    # In the usual shape, yyyy-mm-ddThh:mm, Postgres reads what Python reads, and
    # writing the moment anew would cost more than all the rest of its way.
    is_usual = value[4:11:3] == "--T" and value[13:14] == ":" and "," not in value
    return str(value) if is_usual else moment.isoformat()


def _date(value: Any) -> str:
    try:
        return _parse_date(value).isoformat()
    except (TypeError, ValueError):
        raise RejectedRecordError("is not a date") from None


def _bigint(value: Any) -> str:
    number = int(value) if _is_whole_decimal(value) else value
    # bool is an int to Python and a different type to JSON.
    if type(number) is not int:
        raise RejectedRecordError("is not an integer")
    if not -_BIGINT_LIMIT <= number < _BIGINT_LIMIT:
        raise RejectedRecordError("is an integer out of range")
    return str(number)


def _is_whole_decimal(value: Any) -> bool:
    return (
        type(value) is Decimal
        and value.is_finite()
        and value.adjusted() < _SURELY_SMALL
        and value == value.to_integral_value()
    )


def _numeric(value: Any) -> str:
    kind = type(value)
    if kind is Decimal or kind is int:
        digits = str(value)
    elif kind is str and _NUMBER.fullmatch(value):
        digits = value
    else:
        raise RejectedRecordError("is not a number")
    if len(digits) < _SURELY_SMALL and "E" not in digits and "e" not in digits:
        # Decimal writes infinities and not-a-number with letters that are not digits.
        if digits[-1] > "9":
            raise RejectedRecordError("is not a finite number")
        return digits
    return _wide_numeric(digits)


def _wide_numeric(digits: str) -> str:
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise RejectedRecordError("is a number out of range") from None
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or number.adjusted() >= _MOST_INTEGER_DIGITS
        or -exponent > _MOST_FRACTION_DIGITS
    ):
        raise RejectedRecordError("is a number out of range")
    return digits


def _boolean(value: Any) -> str:
    if value is True:
        return "t"
    if value is False:
        return "f"
    raise RejectedRecordError("is not true or false")


def _text(value: Any) -> str:
    if type(value) is str:
        return escaped(value)
    raise RejectedRecordError("is not a string")


def _scalar(value: Any) -> str:
    """Text of a property that may also be a number or a truth value."""
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int or type(value) is Decimal:
        return str(value)
    return _text(value)


def _structure(value: Any) -> str:
    if type(value) is dict or type(value) is list:
        return _jsonb(value)
    raise RejectedRecordError("is not an object or array")


def _jsonb(value: Any) -> str:
    if value is None:
        raise RejectedRecordError("is null")
    try:
        encoded = _json(value)
    except UnicodeEncodeError:
        raise RejectedRecordError("holds a character Postgres cannot store") from None
    if b"\\u0000" in encoded and _JSON_NUL.search(encoded):
        raise RejectedRecordError("holds a character Postgres cannot store (NUL)")
    return encoded.decode().translate(_ESCAPES)


_ENCODERS: dict[ColumnType, Encode] = {
    ColumnType.BIGINT: _bigint,
    ColumnType.NUMERIC: _numeric,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIMESTAMPTZ: timestamp,
    ColumnType.TEXT: _text,
    ColumnType.JSONB: _jsonb,
}
