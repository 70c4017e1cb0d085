"""How each connection fares: when it was tried, when it was read, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.connections import Connection
from orchestration.lib.database import connect

__all__ = [
    "ConnectionStatus",
    "list_statuses",
    "record_check",
    "record_difference",
    "record_failure",
    "record_read",
]


@dataclass(frozen=True)
class ConnectionStatus:
    """One row of ``timonel connections``.

    ``state`` is untested, healthy, limited (it works, with warnings) or failing.
    """

    company_id: str
    connection_id: str
    source_slug: str
    settings: dict[str, Any]
    state: str
    checked_at: datetime | None
    check_result: dict[str, Any] | None
    last_read_at: datetime | None
    last_error: str | None

    @property
    def history_from(self) -> str | None:
        """First date the source shows, as its last check said."""
        return (self.check_result or {}).get("history_from")


def list_statuses(url: str) -> list[ConnectionStatus]:
    """Every connection of every company."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(ConnectionStatus))
        return cursor.execute(
            """select company_id, connection_id, source_slug, settings, state,
                checked_at, check_result, last_read_at, last_error
            from ops.connections order by company_id, source_slug, connection_id"""
        ).fetchall()


def record_check(url: str, connection: Connection, result: dict[str, Any]) -> str:
    """Keep what a check found; return the state that follows."""
    state = "limited" if result.get("warnings") else "healthy"
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set state = %s, checked_at = now(),
                check_result = %s, last_error = null
            where company_id = %s and connection_id = %s""",
            (state, Jsonb(result), *_key(connection)),
        )
    return state


def record_read(url: str, connection: Connection) -> None:
    """The source was read to its end: whatever failed before works again."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set last_read_at = now(), last_error = null,
                state = case
                    when jsonb_array_length(
                        coalesce(check_result -> 'warnings', '[]')
                    ) > 0 then 'limited'
                    else 'healthy'
                end
            where company_id = %s and connection_id = %s""",
            _key(connection),
        )


def record_failure(url: str, connection: Connection, message: str) -> None:
    """A check or a read failed."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set state = 'failing', checked_at = now(),
                last_error = %s
            where company_id = %s and connection_id = %s""",
            (message, *_key(connection)),
        )


def record_difference(
    url: str, company_id: str, source_slug: str, message: str
) -> None:
    """The source was read, but what landed is not what it counted."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set state = 'failing', last_error = %s
            where company_id = %s and source_slug = %s""",
            (message, company_id, source_slug),
        )


def _key(connection: Connection) -> tuple[str, str]:
    return connection.company_id, connection.connection_id
