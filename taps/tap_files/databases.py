"""A shop's own database, read as if each of its tables were an exported file.

Each table, or query, is written to a file of JSON lines in one read-only transaction,
and then read under the same contracts as files. Only what changed is loaded.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchTableError, SQLAlchemyError

from taps.tap_files.contract import load_contracts
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings

__all__ = ["database_files"]

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_ROWS_AT_ONCE = 5_000
_MYSQL_TIMESTAMP = 7
"""Its type of a moment; DATETIME, which is of no zone, has another."""
_REMEDY = (
    "Check the address (postgresql://USER:PASSWORD@HOST/DATABASE or mysql://...), that "
    "it is reached from here, and that the login may read the tables"
)


@contextmanager
def database_files(
    settings: Settings,
) -> Iterator[tuple[list[SourceFile], list[FileError]]]:
    """The tables of the settings as files, gone afterwards, and what cannot be read.

    Every table is of the same moment: they are read in one snapshot.
    """
    with tempfile.TemporaryDirectory(prefix="tables-") as folder:
        try:
            found = _written(settings.database_url or "", settings.tables, folder)
        except ArgumentError:
            found = [], [_failed("the address of the database is none that is known")]
        yield found


def _written(
    address: str, tables: Mapping[str, str], folder: str
) -> tuple[list[SourceFile], list[FileError]]:
    url = sa.make_url(address)
    kind = url.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        return [], [_failed(f"databases of the kind {kind!r} are not read")]
    engine = sa.create_engine(
        url.set(drivername=_DRIVERS[kind]), poolclass=sa.NullPool, hide_parameters=True
    )
    sources: list[SourceFile] = []
    errors: list[FileError] = []
    try:
        with engine.connect() as connection:
            _only_read(connection)
            for name, said in sorted(tables.items()):
                path = Path(folder) / f"{len(sources)}.jsonl"
                try:
                    with connection.begin_nested():
                        count = _write(connection, said, path)
                except SQLAlchemyError as error:
                    errors.append(_failed(_reason(error), name))
                    continue
                if not count:
                    errors.append(_empty(name))
                    continue
                contract = name if name in load_contracts() else None
                sources.append(SourceFile(path, name, "jsonl", contract))
    except SQLAlchemyError as error:
        return [], [_failed(_reason(error))]
    finally:
        engine.dispose()
    return sources, errors


def _only_read(connection: sa.Connection) -> None:
    """Begin a transaction that sees one moment and can write nothing."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "set transaction isolation level repeatable read, read only"
        )
        return
    connection.exec_driver_sql("set time_zone = '+00:00'")
    connection.exec_driver_sql("commit")
    connection.exec_driver_sql("start transaction with consistent snapshot, read only")


def _write(connection: sa.Connection, said: str, path: Path) -> int:
    """Write the rows of a table or query as JSON lines; return how many they are."""
    statement = (
        sa.text(said.replace(":", r"\:"))  # its colons are no parameters
        if _QUERY.match(said)
        else _of_table(connection, said)
    )
    encoder = msgspec.json.Encoder(enc_hook=_as_text, decimal_format="number")
    count = 0
    result = connection.execute(
        statement,
        execution_options={"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE},
    )
    in_utc = _moments_in_utc(result)
    with path.open("wb") as file:
        for row in result.mappings():
            told = dict(row)
            for column in in_utc:
                if isinstance(told[column], datetime):
                    told[column] = told[column].replace(tzinfo=UTC)
            file.write(encoder.encode(told) + b"\n")
            count += 1
    return count


def _of_table(connection: sa.Connection, said: str) -> sa.Select[Any]:
    """Everything in a table, in the order of its key: the same rows, the same file."""
    schema, _, name = said.strip().rpartition(".")
    # Another table that cannot be described is no reason not to read this one.
    table = sa.Table(name, sa.MetaData(), schema=schema or None)
    sa.inspect(connection).reflect_table(table, None, resolve_fks=False)
    return sa.select(table).order_by(*table.primary_key.columns)


def _moments_in_utc(result: sa.CursorResult[Any]) -> list[str]:
    """Columns whose naive times are in UTC, as the connection was told to give them."""
    if result.context.dialect.name != "mysql":
        return []
    described = result.cursor.description if result.cursor else ()
    return [each[0] for each in described if each[1] == _MYSQL_TIMESTAMP]


def _as_text(value: object) -> str:
    """What JSON has no type for: identifiers, intervals, bytes."""
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def _reason(error: SQLAlchemyError) -> str:
    """What the database said, on one line, without the statement and its address."""
    if isinstance(error, NoSuchTableError):
        return "there is no such table, or the login may not see it"
    said = str(getattr(error, "orig", None) or error)
    return " ".join(said.partition("\n")[0].split())


def _failed(problem: str, name: str = "database") -> FileError:
    return FileError(name, problem, remedy=_REMEDY)


def _empty(name: str) -> FileError:
    remedy = "Leave it out until it has some: connect the database again without it"
    return FileError(name, "the table has no rows", remedy=remedy)
