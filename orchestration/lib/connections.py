"""Connections: which source of which company is read, and with what settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.database import connect

__all__ = [
    "Connection",
    "ConnectionTaken",
    "add_connection",
    "check_is_free",
    "files_connection",
    "list_connections",
    "remove_connection",
]


@dataclass(frozen=True)
class Connection:
    """One source of one company. ``settings`` are those of the source's tap."""

    company_id: str
    connection_id: str
    source_slug: str
    settings: dict[str, Any]


class ConnectionTaken(ValueError):
    """Another source already has this name; the message says what to do."""


def files_connection(
    company_id: str, path: Path, *, name: str | None = None, **settings: object
) -> Connection:
    """A connection to exported files at ``path``, named after the file or folder.

    Files of different connections never pass for versions of each other: their
    names begin with that of their connection, unless it is one file of that name.
    """
    connection_id = name or path.stem
    is_its_name = path.is_file() and connection_id == path.stem
    return Connection(
        company_id,
        connection_id=connection_id,
        source_slug="files",
        settings={
            "paths": [str(path)],
            "name_prefix": "" if is_its_name else f"{connection_id}/",
            **settings,
        },
    )


def add_connection(url: str, connection: Connection) -> None:
    """Add a connection, or change the settings of the one with its id."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.connections
                (company_id, connection_id, source_slug, settings)
            values (%s, %s, %s, %s)
            on conflict (company_id, connection_id) do update
                set source_slug = excluded.source_slug, settings = excluded.settings
            """,
            (
                connection.company_id,
                connection.connection_id,
                connection.source_slug,
                Jsonb(connection.settings),
            ),
        )


def check_is_free(url: str, connection: Connection) -> None:
    """Refuse a name that already stands for files elsewhere.

    Raises
    ------
    ConnectionTaken
    """
    known = list_connections(url, connection.company_id, connection.source_slug)
    for other in known:
        is_same_name = other.connection_id == connection.connection_id
        if is_same_name and other.settings["paths"] != connection.settings["paths"]:
            raise ConnectionTaken(
                f"'{other.connection_id}' is already connected to "
                f"{', '.join(other.settings['paths'])}. Choose another --name."
            )


def remove_connection(url: str, company_id: str, connection_id: str) -> bool:
    """Forget a connection; what it loaded stays. False if there was none."""
    with connect(url, "orchestrator") as database:
        removed = database.execute(
            """delete from ops.connections
            where company_id = %s and connection_id = %s""",
            (company_id, connection_id),
        )
        return bool(removed.rowcount)


def list_connections(url: str, company_id: str, source_slug: str) -> list[Connection]:
    """The connections of a company to one kind of source, by id."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Connection))
        return cursor.execute(
            """select company_id, connection_id, source_slug, settings
            from ops.connections
            where company_id = %s and source_slug = %s
            order by connection_id""",
            (company_id, source_slug),
        ).fetchall()
