"""What was put where: ids of one Metabase, and what was last written there.

A server keeps no id of ours, so ``ops.metabase_objects`` does. It remembers a hash of
every key that was written, which tells what people changed by hand (the server differs
from what was written) from what changed in the files.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from metabase.content.errors import MetabaseError

__all__ = ["Identities", "Known", "digest", "lock", "locked"]

_LOCK = 5_260_817_394
_HOLDER = """
    select activity.application_name, activity.backend_start
    from pg_locks
    inner join pg_stat_activity as activity using (pid)
    where pg_locks.locktype = 'advisory'
        and pg_locks.granted
        and (pg_locks.classid::bigint << 32) + pg_locks.objid::bigint = %s
"""


@dataclass(frozen=True)
class Known:
    """One thing that was written: its numeric id there, and a hash of each key.

    ``edited_at`` is when the server says that it was saved last, as it wrote it then.
    """

    company_id: str
    kind: str
    key: str
    metabase_id: int
    server_entity_id: str | None
    key_hashes: Mapping[str, str]
    edited_at: str | None = None


def digest(value: Any) -> str:
    """Sixteen hexadecimal digits that equal values share."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Identities:
    """The rows of one server. Every change is committed at once."""

    def __init__(self, connection: psycopg.Connection, instance: str) -> None:
        connection.autocommit = True
        self.instance = instance
        self._connection = connection
        rows = connection.execute(
            """
            select company_id, kind, key, metabase_id, server_entity_id, key_hashes,
                edited_at
            from ops.metabase_objects
            where instance = %s
            order by company_id, kind, key
            """,
            [instance],
        ).fetchall()
        self._known = {row[:3]: Known(*row) for row in rows}

    def find(self, company_id: str, kind: str, key: str) -> Known | None:
        """The thing with that key, if it was ever written here."""
        return self._known.get((company_id, kind, key))

    def all(self, *, company_id: str | None = None, kind: str = "") -> list[Known]:
        """Those of a company, of a kind, or all."""
        return [
            known
            for known in self._known.values()
            if company_id in (None, known.company_id) and kind in ("", known.kind)
        ]

    def save(self, known: Known) -> None:
        """Remember one thing, in place of what was known of it."""
        self._known[known.company_id, known.kind, known.key] = known
        self._connection.execute(
            """
            insert into ops.metabase_objects (
                company_id, instance, kind, key, metabase_id, server_entity_id,
                spec_hash, key_hashes, applied_at, edited_at
            ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (company_id, instance, kind, key) do update set
                metabase_id = excluded.metabase_id,
                server_entity_id = excluded.server_entity_id,
                spec_hash = excluded.spec_hash,
                key_hashes = excluded.key_hashes,
                applied_at = excluded.applied_at,
                edited_at = excluded.edited_at
            """,
            [
                known.company_id,
                self.instance,
                known.kind,
                known.key,
                known.metabase_id,
                known.server_entity_id,
                digest(dict(known.key_hashes)),
                Jsonb(dict(known.key_hashes)),
                datetime.now(UTC),
                known.edited_at,
            ],
        )

    def ignore_all(self) -> None:
        """Act as if nothing was known: the ids are those of another server.

        The rows stay until something is written in their place.
        """
        self._known.clear()


def lock(connection: psycopg.Connection) -> None:
    """Let one apply run at a time; two would both create what neither finds.

    Raises
    ------
    MetabaseError
        Another one is running; says whose, and since when.
    """
    connection.autocommit = True
    connection.execute(
        "select set_config('application_name', %s, false)",
        [f"metabase apply {getpass.getuser()}@{socket.gethostname()}"[:63]],
    )
    row = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    if row and row[0]:
        return
    holder = connection.execute(_HOLDER, [_LOCK]).fetchone()
    who = f": {holder[0]}, since {holder[1]:%Y-%m-%d %H:%M %Z}" if holder else ""
    raise MetabaseError(f"another apply is running{who}; wait for it to end")


@contextmanager
def locked(connection: psycopg.Connection) -> Iterator[None]:
    """Hold the lock, and give it back before the next may ask for it."""
    lock(connection)
    try:
        yield
    finally:
        # A closed connection gives it back too, but a moment later.
        connection.execute("select pg_advisory_unlock_all()")
