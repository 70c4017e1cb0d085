"""How each connection fares: when it was tried, when it was read, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.lib.connections.connections import Connection
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Comparison",
    "ConnectionStatus",
    "clear_difference",
    "list_statuses",
    "record_check",
    "record_difference",
    "record_failure",
    "record_read",
]

#: With what landed rows are compared: what the source counted, or its contract.
Comparison = Literal["counted", "contract"]


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


def record_check(url: str, connection: Connection, result: dict[str, Any]) -> None:
    """Keep what a check found, and the state that follows.

    A check reads no rows: what a comparison found stays, and so does its state.
    """
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set checked_at = now(),
                check_result = %s::jsonb || case when check_result ? 'silences'
                    then jsonb_build_object('silences', check_result -> 'silences')
                    else '{}' end
            where company_id = %s and connection_id = %s""",
            (Jsonb(result), *_key(connection)),
        )
        database.execute(_WORKS, _key(connection))


def record_read(url: str, connection: Connection, silences: Sequence[str] = ()) -> None:
    """The source was read to its end: whatever failed before works again.

    ``silences`` are what it said of streams without a row that had some before.

    But for what a comparison found: only the same comparison ends that, a moment later.
    Else the state would be healthy in between, and people be told so.
    """
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set last_read_at = now(),
                check_result = nullif(
                    coalesce(check_result, '{}') - 'silences'::text || %s, '{}'
                )
            where company_id = %s and connection_id = %s""",
            (
                Jsonb({"silences": list(silences)} if silences else {}),
                *_key(connection),
            ),
        )
        database.execute(_WORKS, _key(connection))


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
    url: str, company_id: str, source_slug: str, comparison: Comparison, message: str
) -> None:
    """The source was read, but what landed is not what it should be."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connections set state = 'failing', last_error = %s,
                differences = differences || jsonb_build_object(%s::text, %s::text)
            where company_id = %s and source_slug = %s""",
            (message, comparison, message, company_id, source_slug),
        )


def clear_difference(
    url: str, company_id: str, source_slug: str, comparison: Comparison
) -> None:
    """A comparison passed: what it had found is over.

    A connection that also fails to be read goes on failing.
    """
    with connect(url, "orchestrator") as database:
        values = {"company": company_id, "source": source_slug, "name": comparison}
        mended = database.execute(_WITHOUT_ERROR, values).fetchall()
        database.execute(_WITHOUT_DIFFERENCE, values)
        for (connection_id,) in mended:
            database.execute(_WORKS, (company_id, connection_id))


def _key(connection: Connection) -> tuple[str, str]:
    return connection.company_id, connection.connection_id


# It works as far as can be seen from here.
_WORKS = """
    update ops.connections set
        last_error = coalesce(
            (
                select string_agg(value, E'\\n' order by key)
                from jsonb_each_text(differences)
            ),
            (
                select string_agg(value, E'\\n')
                from jsonb_array_elements_text(check_result -> 'silences')
            )
        ),
        state = case
            when differences <> '{}' then 'failing'
            when jsonb_array_length(
                coalesce(check_result -> 'warnings', '[]')
                || coalesce(check_result -> 'silences', '[]')
            ) > 0 then 'limited'
            else 'healthy'
        end
    where company_id = %s and connection_id = %s
"""
# An error that is none of a comparison's is of a read or a check, and stays.
_WITHOUT_ERROR = """
    update ops.connections set last_error = null
    where company_id = %(company)s and source_slug = %(source)s
        and differences ? %(name)s and last_error in (
            select value from jsonb_each_text(differences)
            union all
            select string_agg(value, E'\\n' order by key)
            from jsonb_each_text(differences)
        )
    returning connection_id
"""
_WITHOUT_DIFFERENCE = """
    update ops.connections set differences = differences - %(name)s::text
    where company_id = %(company)s and source_slug = %(source)s
"""
