"""The connection to Postgres: opened late, one role, no password in any error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from taps.target_postgres.errors import LoadError, describe

__all__ = ["Warehouse"]

_SESSION = {
    "application_name": "target-postgres",
    # A date-time without an offset is in UTC.
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "client_encoding": "UTF8",
    # A whole batch is sorted in memory.
    "work_mem": "64MB",
}
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class Warehouse:
    """One connection, opened at the first use, acting as one role.

    Parameters
    ----------
    database_url : str
        A libpq URL or key-value string; may hold a password.
    role : str
        Role to act as, or '' to stay the user of the URL.
    """

    def __init__(self, database_url: str, role: str) -> None:
        self._url = database_url
        self._role = role
        self._open_connection: psycopg.Connection | None = None

    @property
    def _connection(self) -> psycopg.Connection:
        if self._open_connection is None:
            self._open_connection = _connect(self._url, self._role)
        return self._open_connection

    def run(
        self, statement: LiteralString | sql.SQL | sql.Composed, *values: Any
    ) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it has any."""
        # Parameters are passed even when there are none: then a doubled percent sign
        # in a quoted identifier means the same in every statement.
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def copy(self, statement: sql.Composed, blocks: Iterable[bytes]) -> None:
        """Feed prepared COPY text to a ``copy ... from stdin``."""
        # psycopg binds no values here and leaves doubled percent signs alone.
        text = statement.as_bytes(self._connection).replace(b"%%", b"%")
        with self._connection.cursor().copy(text) as copy:
            for block in blocks:
                copy.write(block)

    @contextmanager
    def transaction(self, purpose: str) -> Iterator[None]:
        """Everything inside, or nothing.

        Raises
        ------
        LoadError
            Postgres refused something; says what, for which purpose.
        """
        try:
            with self._connection.transaction():
                yield
        except psycopg.Error as error:
            raise LoadError(f"{purpose}: {describe(error)}") from None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that can fail alone; errors pass through."""
        with self._connection.transaction():
            yield

    def close(self) -> None:
        """Close the connection; whatever was not committed is undone."""
        if self._open_connection is not None:
            self._open_connection.close()
            self._open_connection = None


def _connect(url: str, role: str) -> psycopg.Connection:
    if role and not _ROLE.fullmatch(role):
        raise LoadError(f"Setting 'role': '{role}' is not a role name")
    parameters: dict[str, Any] = {}
    try:
        parameters = conninfo_to_dict(url)
        options = _options(str(parameters.get("options") or ""), role)
        return psycopg.connect(
            url, autocommit=True, options=options, prepare_threshold=None
        )
    except psycopg.Error as error:
        reason = str(error).strip()
    # Raised here and not in the handler: psycopg quotes a URL it cannot read, and
    # an exception remembers the one it was raised beside.
    raise LoadError(_unreachable(parameters, reason))


def _unreachable(parameters: dict[str, Any], reason: str) -> str:
    if not parameters:
        return (
            "Setting 'database_url' is not a Postgres URL. Write it as "
            "postgresql://user:password@host:port/database"
        )
    where = (
        f"{parameters.get('host', 'localhost')}:{parameters.get('port', 5432)}"
        f"/{parameters.get('dbname', '')}"
    )
    if password := parameters.get("password"):
        reason = reason.replace(str(password), "***")
    return (
        f"Cannot connect to the Postgres at {where}: {reason}. Check 'database_url', "
        "and that the migrations created the role in 'role' (default loader)"
    )


def _options(existing: str, role: str) -> str:
    settings = _SESSION | ({"role": role} if role else {})
    added = (
        f"-c {name}={value.replace(' ', chr(92) + ' ')}"
        for name, value in settings.items()
    )
    return " ".join((existing, *added)).strip()
