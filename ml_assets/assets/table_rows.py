"""Few rows into the room `predictions`, and out of the rooms as data frames.

Many go by `many_rows`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

__all__ = [
    "append",
    "as_row",
    "insert",
    "names",
    "read_frame",
    "replace_frame",
    "upsert",
]

Row = dict[str, Any]


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
