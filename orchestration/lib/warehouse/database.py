"""The platform's database: which server, which role, which schema version."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import PROJECT_ROOT, Settings
from orchestration.lib.warehouse.advisory_locks import take_lock
from orchestration.lib.warehouse.embedded_postgres import (
    EmbeddedPostgres,
    PostgresWillNotStart,
)

__all__ = [
    "DatabaseUnreachable",
    "SchemaUnknown",
    "as_role",
    "await_database",
    "connect",
    "embedded_postgres",
    "has_relation",
    "has_reporting",
    "libpq_environment",
    "migrate",
    "one_at_a_time",
    "open_database",
]

_POLL_SECONDS = 0.5
_MIGRATIONS = PROJECT_ROOT / "orchestration" / "migrations"


class DatabaseUnreachable(PlainError, RuntimeError):
    """The configured server does not answer; the message never holds its password."""


class SchemaUnknown(PlainError, RuntimeError):
    """A newer version of Timonel made this schema; the message says which."""


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The embedded server that belongs to these settings, running or not."""
    return EmbeddedPostgres(settings.home / "postgres")


def open_database(settings: Settings) -> str:
    """Make the database ready to use and return its URL.

    Starts the embedded server when no other is configured, and brings the schema
    to the newest version.

    Raises
    ------
    PostgresWillNotStart
        The embedded server cannot start.
    DatabaseUnreachable
        ``TIMONEL_DATABASE_URL`` names a server that does not answer.
    """
    _close(settings.home)
    url = settings.database_url or embedded_postgres(settings).start()
    _check(url)
    migrate(url)
    return url


def _close(home: Path) -> None:
    """Let nobody else look into the home, which may be one that is there already.

    Started by root, the server runs as another account and has to walk through it.
    """
    home.mkdir(parents=True, exist_ok=True)
    found = home.stat()
    is_ours = found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX
    if is_ours:
        walked = found.st_mode & 0o011 if os.geteuid() == 0 else 0
        home.chmod(0o700 | walked)


def await_database(settings: Settings, url: str, patience_seconds: float = 60) -> str:
    """The database again, once it answers: after a restart, or a server that died.

    Parameters
    ----------
    url
        Where it answered before; the embedded one may have another port now.

    Raises
    ------
    PostgresWillNotStart, DatabaseUnreachable
        It was not there all the time.
    """
    ends_at = time.monotonic() + patience_seconds
    with suppress(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=10).close()
        return url
    while True:
        try:
            return open_database(settings)
        except (PostgresWillNotStart, DatabaseUnreachable):
            if time.monotonic() >= ends_at:
                raise
            time.sleep(_POLL_SECONDS)


def migrate(url: str) -> None:
    """Bring the schema to the newest version (nothing to do when it is there).

    Several processes may call this at once: the migration holds an advisory lock. Where
    there is nothing to do nobody waits for it.

    Raises
    ------
    SchemaUnknown
    LockHeld
        Somebody has been migrating for a minute.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"url": url})
    config.set_main_option("script_location", str(_MIGRATIONS))
    versions = ScriptDirectory.from_config(config)
    present, newest = _schema_version(url), versions.get_current_head()
    if present == newest:
        return
    known = {version.revision for version in versions.walk_revisions()}
    if present is not None and present not in known:
        raise SchemaUnknown(
            f"The database has schema version {present}, and the newest this version "
            f"of Timonel knows is {newest}: a newer one migrated it. Use that one, or "
            "restore a copy of before into a new database."
        )
    command.upgrade(config, "head")


def _schema_version(url: str) -> str | None:
    with psycopg.connect(url) as database:
        if not has_relation(database, "ops.alembic_version"):
            return None
        row = database.execute("select version_num from ops.alembic_version").fetchone()
        return row[0] if row else None


def connect(url: str, role: str, *, autocommit: bool = False) -> psycopg.Connection:
    """Open a connection that acts as one of the platform's roles."""
    return psycopg.connect(as_role(url, role), autocommit=autocommit)


def has_reporting(url: str) -> bool:
    """Whether a run has ever come far enough to publish something."""
    with connect(url, "transformer") as database:
        return has_relation(database, "reporting.customer_value_totals")


def has_relation(database: psycopg.Connection, name: str) -> bool:
    """Whether a table or view of this name (``schema.table``) exists."""
    row = database.execute("select to_regclass(%s) is not null", (name,)).fetchone()
    return row == (True,)


@contextmanager
def one_at_a_time(url: str, name: str) -> Iterator[None]:
    """Hold a lock of this name for the block, waiting for whoever has it.

    It belongs to a connection, so a killed process cannot leave it behind.

    Raises
    ------
    LockHeld
    psycopg.OperationalError
        At the end, too: the server was restarted meanwhile, and the lock was lost.
    """
    with psycopg.connect(url, autocommit=True) as holder:
        take_lock(holder, name)
        yield
        holder.execute("select pg_advisory_unlock(hashtext(%s))", (name,))


@contextmanager
def unless_busy(url: str, name: str) -> Iterator[bool]:
    """As `one_at_a_time`, but False at once if somebody else holds the lock."""
    with psycopg.connect(url, autocommit=True) as holder:
        query = "select pg_try_advisory_lock(hashtext(%s))"
        yield holder.execute(query, (name,)).fetchone() == (True,)


def as_role(url: str, role: str) -> str:
    """The same URL, acting as ``role`` from the first statement on."""
    separator = "&" if "?" in url else "?"
    return f"{url}{separator}options={quote(f'-c role={role}')}"


def libpq_environment(url: str) -> dict[str, str]:
    """The URL as libpq's own variables, for programs that take those (dbt, psql)."""
    parts = conninfo_to_dict(url)
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    defaults = {"port": "5432", "password": ""}
    always = {
        variable: str(parts.get(key) or defaults.get(key, ""))
        for key, variable in names.items()
    }
    optional = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout")
    given = {f"PG{key.upper()}": str(parts[key]) for key in optional if key in parts}
    return always | given


def _check(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.ProgrammingError:
        raise DatabaseUnreachable(
            "TIMONEL_DATABASE_URL cannot be read. It looks like "
            "postgresql://USER:PASSWORD@HOST:5432/NAME."
        ) from None
    except psycopg.OperationalError as failure:
        parts = conninfo_to_dict(url)
        where = f"{parts.get('host')}:{parts.get('port', 5432)}/{parts.get('dbname')}"
        reason = str(failure).replace(str(parts.get("password") or "\0"), "***")
        raise DatabaseUnreachable(
            f"No answer from the Postgres at {where}: {reason.strip()}. Check "
            "TIMONEL_DATABASE_URL, or unset it to use the embedded server."
        ) from None
