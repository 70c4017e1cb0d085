"""Many rows into and out of Postgres by column, as its binary format writes numbers.

No row is an object of Python, and no number is ever text: a million rows of thirty
columns cost the server half of what CSV costs it, and this process a tenth.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import ClientCursor, sql
from psycopg.adapt import Dumper
from psycopg.pq import Format

__all__ = ["add_many", "read_many"]

Row = dict[str, Any]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

_EPOCH: Final = "'1970-01-01'::date"
_NO_DAY: Final = np.iinfo("i4").min
_FROM_1970_TO_2000: Final = 10_957
#: Rows of one statement: what it is told of them stays below 30 MB.
_AT_ONCE: Final = 50_000
#: Of Postgres' numeric: digits of 10,000 before the point, and one after it.
_WHOLE_DIGITS, _BASE = 5, 10_000
_NEGATIVE: Final = 0x4000
# What is asked of a column as bytes, and the name of its type as `Postgres` has it.
_TOLD: Final = {
    "number": "coalesce(float8send({0}::float8), float8send('NaN'))",
    "day": "coalesce(int4send({0}::date - {1}), int4send({2}))",
    "text": "int4send(coalesce(octet_length({0}), -1))",
}
_OIDS: Final = {"text": 25, "int8": 20, "float8": 701, "date": 1082, "numeric": 1700}


class _Binary(bytes):
    """A value as Postgres' binary format writes it; the statement says its type."""


class _BinaryDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return obj


def add_many(
    database: psycopg.Connection, table: str, rows: pa.Table, of_all: Row
) -> None:
    """Insert rows, many, into a table of the room `predictions`.

    Parameters
    ----------
    rows
        Texts, whole numbers, float64, dates and decimals of at most 18 digits and 4
        decimals; null is null.
    of_all
        Columns that all rows share, with their value: it is sent once.
    """
    cursor = database.cursor()
    cursor.adapters.register_dumper(_Binary, _BinaryDumper)
    kinds = [_kind(column.type) for column in rows.schema]
    columns = [*rows.column_names, *of_all]
    statement = sql.SQL("insert into {} ({}) select {}").format(
        sql.Identifier("predictions", table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(
            [
                *(sql.SQL(f"unnest(%s::{kind}[])") for kind in kinds),
                *(sql.Placeholder() for _ in of_all),
            ]
        ),
    )
    for some in _parts(rows):
        told = [
            _array_of(column, kind) for column, kind in zip(some, kinds, strict=True)
        ]
        cursor.execute(statement, [*told, *of_all.values()])


def read_many(
    database: psycopg.Connection,
    query: str,
    values: tuple[object, ...],
    types: Mapping[str, pa.DataType],
) -> pd.DataFrame:
    """What a query tells of many rows: each column as one value of bytes.

    All of them travel as one row, of which Postgres tells a gigabyte at the most, and
    refuses more with an error: some 20 million purchase days whose customers have
    names of 36 letters.

    Parameters
    ----------
    types
        Of every column. Numbers come as those of numpy, NaN where there is none;
        texts and days stay Arrow's, timestamps are whole days, as numpy has them.
    """
    told = ClientCursor(database).mogrify(query.encode(), values)
    asked = [column for name, kind in types.items() for column in _asked(name, kind)]
    statement = sql.SQL("select count(*), {} from ({}) as told").format(
        sql.SQL(", ").join(
            sql.SQL("string_agg({}, ''::bytea)").format(each) for each in asked
        ),
        sql.SQL(told),  # its values were quoted above
    )
    found = database.cursor(binary=True).execute(statement).fetchone()
    assert found is not None  # noqa: S101 - an aggregate always has a row
    columns = iter([each or b"" for each in found[1:]])
    frame = {
        name: _series(kind, [next(columns) for _ in _asked(name, kind)])
        for name, kind in types.items()
    }
    if any(len(column) != found[0] for column in frame.values()):
        raise ValueError(f"of {found[0]} rows not every column came whole")
    return pd.DataFrame(frame, copy=False)


def _asked(name: str, kind: pa.DataType) -> list[sql.Composable]:
    column = sql.Identifier(name)
    if pa.types.is_string(kind):
        return [
            sql.SQL(_TOLD["text"]).format(column),
            sql.SQL("textsend({})").format(column),
        ]
    which = "day" if pa.types.is_temporal(kind) else "number"
    return [sql.SQL(_TOLD[which]).format(column, sql.SQL(_EPOCH), sql.Literal(_NO_DAY))]


def _series(kind: pa.DataType, told: list[bytes]) -> pd.Series[Any]:
    """A column of what was told of it, as `read_many` promises."""
    if pa.types.is_string(kind):
        return pd.Series(_texts(*told), dtype=pd.ArrowDtype(kind))
    if pa.types.is_temporal(kind):
        days = np.frombuffer(told[0], ">i4").astype("i4")
        if pa.types.is_timestamp(kind):
            return pd.Series(_moments(days))
        dates = pa.array(days, mask=days == _NO_DAY).cast(kind)
        return pd.Series(dates, dtype=pd.ArrowDtype(kind))
    numbers = np.frombuffer(told[0], ">f8").astype("f8")
    if pa.types.is_integer(kind) and not np.isnan(numbers).any():
        return pd.Series(numbers.astype("i8"), copy=False)
    return pd.Series(numbers, copy=False)


def _moments(days: npt.NDArray[np.int32]) -> npt.NDArray[np.datetime64]:
    moments = days.astype("M8[D]").astype("M8[s]")
    moments[days == _NO_DAY] = np.datetime64("NaT")
    return moments


def _texts(sizes: bytes, text: bytes) -> pa.StringArray:
    size = np.frombuffer(sizes, ">i4")
    missing = size < 0
    ends = np.zeros(size.size + 1, "i4")
    np.cumsum(np.where(missing, 0, size), out=ends[1:])
    if ends[-1] != len(text):
        raise ValueError("texts came in another encoding than their lengths")
    known = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    return pa.StringArray.from_buffers(
        size.size, pa.py_buffer(ends.tobytes()), pa.py_buffer(text), known
    )


def _kind(of: pa.DataType) -> str:
    """The type of Postgres that says the same."""
    if pa.types.is_decimal(of):
        return "numeric"
    if pa.types.is_integer(of):
        return "int8"
    if pa.types.is_floating(of):
        return "float8"
    return "date" if pa.types.is_date(of) else "text"


def _parts(rows: pa.Table) -> Iterator[list[pa.Array]]:
    for start in range(0, rows.num_rows, _AT_ONCE):
        some = rows.slice(start, _AT_ONCE)
        yield [column.combine_chunks() for column in some.columns]


def _array_of(column: pa.Array, kind: str) -> _Binary:
    """An array of Postgres: a head, and each value after its length; -1 is null."""
    missing: Bools = column.is_null().to_numpy(zero_copy_only=False)
    flags, one_dimension, from_one = int(missing.any()), 1, 1
    head = struct.pack(
        ">iiIii", one_dimension, flags, _OIDS[kind], len(column), from_one
    )
    if kind == "text":
        return _Binary(head + _text_cells(column, missing).tobytes())
    cells = _cells(column, kind)
    width = cells.dtype.itemsize
    framed = np.empty(len(column), dtype=[("size", ">i4"), ("value", cells.dtype)])
    framed["size"], framed["value"] = np.where(missing, -1, width), cells
    raw = framed.view(np.uint8).reshape(len(column), 4 + width)
    if not flags:
        return _Binary(head + raw.tobytes())
    kept = np.ones(raw.shape, dtype=bool)
    kept[missing, 4:] = False
    return _Binary(head + raw[kept].tobytes())


def _cells(column: pa.Array, kind: str) -> npt.NDArray[Any]:
    """Each value in as many bytes; anything where there is none."""
    if kind == "numeric":
        return _decimal_cells(column)
    if kind == "date":
        days = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), 0)
        return np.asarray(days.to_numpy() - _FROM_1970_TO_2000).astype(">i4")
    whole = kind == "int8"
    numbers = pc.fill_null(column.cast(pa.int64() if whole else pa.float64()), 0)
    return np.asarray(numbers.to_numpy()).astype(">i8" if whole else ">f8")


def _decimal_cells(column: pa.Array) -> npt.NDArray[Any]:
    """numeric: how many digits of base 10,000, the power of the first, sign, scale."""
    scale = column.type.scale
    units = pc.fill_null(column.cast(pa.decimal128(18, scale)), 0)
    # Of eighteen digits the lower half of the sixteen bytes holds all.
    whole = np.frombuffer(units.buffers()[1], "<i8")[::2]
    amount = np.abs(whole[units.offset : units.offset + len(units)])
    cells = np.zeros((len(units), 4 + _WHOLE_DIGITS + 1), ">i2")
    cells[:, :4] = _WHOLE_DIGITS + 1, _WHOLE_DIGITS - 1, 0, scale
    cells[:, 2] = np.where(whole[units.offset :][: len(units)] < 0, _NEGATIVE, 0)
    left, part = np.divmod(amount, 10**scale)
    cells[:, -1] = part * 10 ** (4 - scale)
    for place in range(_WHOLE_DIGITS):
        left, digit = np.divmod(left, _BASE)
        cells[:, -2 - place] = digit
    return cells.view(f"V{cells.shape[1] * 2}").reshape(-1)


def _text_cells(column: pa.Array, missing: Bools) -> Bytes:
    texts = pc.fill_null(column.cast(pa.large_string()), "")
    size = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    _, offsets, text = texts.buffers()
    ends = np.frombuffer(offsets, "<i8")[texts.offset :][: len(texts) + 1]
    places = ends - ends[0] + 4 * np.arange(len(texts) + 1)
    cells = np.empty(places[-1], np.uint8)
    lengths = np.where(missing, -1, size).astype(">i4").view(np.uint8).reshape(-1, 4)
    is_text = np.ones(cells.size, dtype=bool)
    for byte in range(4):
        cells[places[:-1] + byte] = lengths[:, byte]
        is_text[places[:-1] + byte] = False
    if text is not None:
        cells[is_text] = np.frombuffer(text, np.uint8)[ends[0] : ends[-1]]
    return cells
