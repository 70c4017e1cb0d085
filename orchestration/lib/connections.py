"""Connections: which source of which company is read, and with what settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.database import connect

__all__ = ["Connection", "add_connection", "files_connection", "list_connections"]


@dataclass(frozen=True)
class Connection:
    """One source of one company. ``settings`` are those of the source's tap."""

    company_id: str
    connection_id: str
    source_slug: str
    settings: dict[str, Any]


def files_connection(
    company_id: str, path: Path, *, contract: str = "auto", **settings: object
) -> Connection:
    """A connection to exported files at ``path``, named after the file or folder."""
    return Connection(
        company_id,
        connection_id=path.stem,
        source_slug="files",
        settings={"paths": [str(path)], "contract": contract, **settings},
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
