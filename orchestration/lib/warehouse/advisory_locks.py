"""Waiting for a lock that somebody holds: not for ever, and saying who it is.

Readers cannot take such locks (migration 0035); what holds one is a process of ours.
"""

from __future__ import annotations

import psycopg

from orchestration.lib.core.plain_errors import PlainError

__all__ = ["LockHeld", "take_lock"]

#: In a night of many companies each waits for those before it, never for this long.
PATIENCE_SECONDS = 3 * 3600

# Postgres keeps the two halves of a key in two columns.
_HOLDER = """
    select activity.pid, activity.usename, activity.application_name,
        activity.backend_start
    from pg_locks
    inner join pg_stat_activity as activity using (pid)
    where pg_locks.locktype = 'advisory' and pg_locks.granted
        and pg_locks.database = (
            select oid from pg_database where datname = current_database()
        )
        and (pg_locks.classid::bigint << 32) | pg_locks.objid::bigint = %s
    order by activity.backend_start
    limit 1
"""


class LockHeld(PlainError, RuntimeError):
    """Somebody kept a lock all the time; the message says who, and what to do."""


def take_lock(
    connection: psycopg.Connection,
    key: str | int,
    *,
    is_shared: bool = False,
    within_transaction: bool = False,
    patience_seconds: float = PATIENCE_SECONDS,
) -> None:
    """Take an advisory lock, waiting for whoever holds it.

    Parameters
    ----------
    connection
        Left without a timeout for locks. In a transaction that fails, as with any
        other statement, nothing goes on.
    key
        A name, or the number itself.
    within_transaction
        Give it back at the end of the transaction, not of the session.

    Raises
    ------
    LockHeld
    """
    number = key if isinstance(key, int) else _number(connection, key)
    kind = "xact_lock" if within_transaction else "lock"
    shared = "_shared" if is_shared else ""
    _wait_at_most(connection, f"{patience_seconds * 1000:.0f}ms")
    try:
        connection.execute(f"select pg_advisory_{kind}{shared}(%s)".encode(), (number,))
    except psycopg.errors.LockNotAvailable:
        # In a transaction of its own: that of the caller is broken.
        raise LockHeld(_message(connection, key, number, patience_seconds)) from None
    _wait_at_most(connection, "0")


def _number(connection: psycopg.Connection, name: str) -> int:
    query = "select hashtext(%s)::bigint"
    return int(connection.execute(query, (name,)).fetchall()[0][0])


def _wait_at_most(connection: psycopg.Connection, time: str) -> None:
    connection.execute("select set_config('lock_timeout', %s, false)", (time,))


def _message(
    connection: psycopg.Connection, key: str | int, number: int, seconds: float
) -> str:
    connection.rollback()
    row = connection.execute(_HOLDER, (number,)).fetchone()
    if row is None:
        who = "somebody who has gone meanwhile"
    else:
        pid, user, application, since = row
        who = f"process {pid} of the server, signed in as {user}"
        who += f" ({application})" if application else ""
        who += f" since {since:%Y-%m-%d %H:%M %Z}" if since else ""
    return (
        f"Waited {seconds:.0f} seconds for the lock '{key}', held by {who}. Wait for "
        "it and run again, or end it in timonel db psql: "
        "select pg_terminate_backend(PID)"
    )
