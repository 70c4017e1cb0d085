"""Rows into the room `predictions`: few by statement, many by COPY from Arrow.

And out of the rooms, as data frames of one company.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import ClientCursor, sql
from psycopg.rows import dict_row
from pyarrow.csv import (
    ConvertOptions,
    ParseOptions,
    WriteOptions,
    read_csv,
    write_csv,
)

__all__ = [
    "append",
    "as_row",
    "copy_rows",
    "insert",
    "names",
    "read_frame",
    "read_many",
    "replace_frame",
    "upsert",
]

Row = dict[str, Any]

_ARROWS: Final = {each: pd.ArrowDtype(each) for each in (pa.string(), pa.date32())}


def copy_rows(
    database: psycopg.Connection, table: str, rows: pa.Table, of_all: Row | None = None
) -> None:
    """Add rows, many, to a table of the room.

    By way of a table of the session: COPY enters none with row-level security.

    Parameters
    ----------
    of_all
        Columns that all rows share, with their value: it is sent once.
    """
    of_all = of_all or {}
    target, staged = sql.Identifier("predictions", table), sql.Identifier("new_rows")
    columns = names(rows.column_names)
    database.execute(
        sql.SQL("create temporary table {} as select {} from {} limit 0").format(
            staged, columns, target
        )
    )
    copy = sql.SQL("copy {} ({}) from stdin (format csv)").format(staged, columns)
    with database.cursor().copy(copy) as stream:
        write_csv(rows, _Lines(stream), WriteOptions(include_header=False))
    database.execute(
        sql.SQL("insert into {} ({}) select {} from {}").format(
            target,
            names((*rows.column_names, *of_all)),
            sql.SQL(", ").join([columns, *map(sql.Placeholder, of_all)]),
            staged,
        ),
        of_all,
    )
    database.execute(sql.SQL("drop table {}").format(staged))


def insert(database: psycopg.Connection, table: str, rows: list[Row]) -> None:
    """Insert rows into a table of the room.

    NaN becomes null, and so does a column that other rows have and this one lacks.
    """
    _insert(database, table, rows, sql.SQL(""))


def append(database: psycopg.Connection, table: str, rows: list[Row]) -> None:
    """As `insert`; a row that is there already stays as it was."""
    _insert(database, table, rows, sql.SQL(" on conflict do nothing"))


def upsert(
    database: psycopg.Connection, table: str, key: tuple[str, ...], rows: list[Row]
) -> None:
    """As `insert`; a row with the same key is replaced."""
    if not rows:
        return
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column))
        for column in _columns(rows)
        if column not in key
    )
    conflict = sql.SQL(" on conflict ({}) do update set {}").format(names(key), updates)
    _insert(database, table, rows, conflict)


def read_frame(
    database: psycopg.Connection, query: str, company_id: str, **values: object
) -> pd.DataFrame:
    """What a query tells of ``%(company)s``; its columns also where it has no row.

    Parameters
    ----------
    values
        What else the query asks for by name.
    """
    cursor = database.cursor(row_factory=dict_row)
    cursor.execute(query.encode(), {"company": company_id, **values})
    columns = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=columns)


def read_many(
    database: psycopg.Connection,
    query: str,
    values: tuple[object, ...],
    types: Mapping[str, pa.DataType],
) -> pd.DataFrame:
    """What a query tells of many rows, by COPY: no row is an object of Python.

    Parameters
    ----------
    types
        Of every column. Numbers come as those of numpy, NaN where there is none;
        texts and days stay Arrow's.
    """
    told = ClientCursor(database).mogrify(query.encode(), values)
    copy = sql.SQL("copy ({}) to stdout (format csv, header)").format(
        sql.SQL(told)  # its values were quoted above
    )
    text = pa.BufferOutputStream()
    with database.cursor().copy(copy) as stream:
        for block in stream:
            text.write(block)
    # Postgres puts quotes round a text of nothing, and none where there is null.
    options = ConvertOptions(
        column_types=dict(types),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    parsing = ParseOptions(newlines_in_values=True)
    rows = read_csv(text.getvalue(), parse_options=parsing, convert_options=options)
    frame: pd.DataFrame = rows.to_pandas(types_mapper=_ARROWS.get, split_blocks=True)
    return frame


def replace_frame(
    database: psycopg.Connection, table: str, company_id: str, frame: pd.DataFrame
) -> None:
    """Put a frame in place of the company's rows of a table; the caller commits."""
    database.execute(
        sql.SQL("delete from {} where company_id = %s").format(
            sql.Identifier("predictions", table)
        ),
        (company_id,),
    )
    rows = [
        {"company_id": company_id, **as_row(record)}
        for record in frame.to_dict("records")
    ]
    insert(database, table, rows)


def names(columns: Iterable[str]) -> sql.Composable:
    """Quoted, with commas between them."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def as_row(record: dict[Hashable, Any]) -> Row:
    """A record of a data frame, its columns as text."""
    return {str(column): value for column, value in record.items()}


def _insert(
    database: psycopg.Connection,
    table: str,
    rows: list[Row],
    conflict: sql.Composable,
) -> None:
    if not rows:
        return
    columns = _columns(rows)
    statement = sql.SQL("insert into {} ({}) values ({}){}").format(
        sql.Identifier("predictions", table),
        names(columns),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
        conflict,
    )
    with database.cursor() as cursor:
        cursor.executemany(
            statement, [{k: _null(row.get(k)) for k in columns} for row in rows]
        )


def _columns(rows: list[Row]) -> list[str]:
    """Every column that some row has, in the order in which they appear."""
    return list(dict.fromkeys(column for row in rows for column in row))


def _null(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value


class _Lines:
    """What writes CSV wants of a file, and COPY gives."""

    closed = False

    def __init__(self, stream: psycopg.Copy) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        self._stream.write(bytes(data))

    def flush(self) -> None:
        """COPY sends what it has at its end."""
