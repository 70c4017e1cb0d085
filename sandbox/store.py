"""Documents with versions: what an API would answer at a given moment.

A version is current from its `visible_from` until the next one of the same document
begins. Late, restated, growing and deleted data are therefore only rows.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sandbox.clock import Clock
from sandbox.versions import (
    INDICES,
    TABLES,
    Cursor,
    Document,
    Sort,
    Version,
    as_document,
    as_microseconds,
    as_moment,
    as_stored,
    chained,
)

__all__ = ["Cursor", "Document", "Sort", "Store", "Version"]

_BATCH: Final = 5_000

_COLUMNS: Final = "id, created_at, updated_at, body"
_IS_CURRENT: Final = (
    "collection = :collection and visible_from <= :now and superseded_at > :now"
    " and is_deleted = 0"
)


class Store:
    """Documents of all companies in one SQLite file; safe to use from many threads."""

    def __init__(self, path: Path, clock: Clock, *, is_indexed: bool = True):
        """Open or make `path`; `is_indexed=False` leaves that to `add_indices`."""
        self.path = path
        self.clock = clock
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._writing = threading.RLock()
        self._collections: dict[tuple[str, str], int] = {}
        with self._writing:
            self._connection().executescript(TABLES + (INDICES if is_indexed else ""))

    def add(
        self,
        company: str,
        collection: str,
        rows: Iterable[Version],
        *,
        are_new: bool = False,
    ) -> int:
        """Insert versions, streaming; return how many.

        Versions of one document stand next to each other, oldest first. A version
        with the same id and `visible_from` as a stored one replaces it. With
        `are_new` the documents are known not to be in the store, which saves looking.
        """
        with self._writing, self._connection() as connection:
            key = self._key(company, collection, make=True)
            count = 0
            batch: list[tuple[Any, ...]] = []
            for identifier, versions in groupby(rows, key=lambda row: row.id):
                moments = list(versions)
                if not are_new:
                    moments = self._merged(connection, key, identifier, moments)
                batch += chained(key, moments)
                if len(batch) >= _BATCH:
                    count += _insert(connection, batch)
                    batch = []
            return count + _insert(connection, batch)

    def overrule(self, company: str, collection: str, version: Version) -> None:
        """Add a version and forget those that were to come after it."""
        with self._writing:
            with self._connection() as connection:
                connection.execute(
                    "delete from versions"
                    " where collection = ? and id = ? and visible_from >= ?",
                    [
                        self._key(company, collection),
                        version.id,
                        as_microseconds(version.visible_from),
                    ],
                )
            self.add(company, collection, [version])

    def add_indices(self) -> None:
        """Make the store fit for reading after a load without indices."""
        with self._writing, self._connection() as connection:
            connection.executescript(INDICES + "analyze;")

    def page(  # noqa: PLR0913 - a query has as many parts
        self,
        company: str,
        collection: str,
        *,
        sort: Sort = "updated_at",
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        after: Cursor | None = None,
        limit: int = 100,
        is_descending: bool = False,
    ) -> list[Document]:
        """The first `limit` current documents with since <= sort value < until."""
        where, values = self._where(company, collection, sort, since, until)
        if after is not None:
            where += f" and ({sort}, id) {'<' if is_descending else '>'} (:at, :id)"
            values |= {"at": as_stored(after[0]), "id": after[1]}
        way = "desc" if is_descending else "asc"
        query = (
            f"{_select(_COLUMNS, sort, where)}"
            f" order by {sort} {way}, id {way} limit {int(limit)}"
        )
        return [as_document(row) for row in self._connection().execute(query, values)]

    def iterate(
        self,
        company: str,
        collection: str,
        *,
        sort: Sort = "updated_at",
        since: datetime | str | None = None,
        until: datetime | str | None = None,
    ) -> Iterator[Document]:
        """All current documents in a range, in order, without holding them."""
        where, values = self._where(company, collection, sort, since, until)
        query = f"{_select(_COLUMNS, sort, where)} order by {sort}, id"
        cursor = self._connection().cursor()
        cursor.arraysize = 1_000
        cursor.execute(query, values)
        while rows := cursor.fetchmany():
            yield from map(as_document, rows)

    def bodies(
        self,
        company: str,
        collection: str,
        *,
        sort: Sort = "updated_at",
        since: datetime | str | None = None,
        until: datetime | str | None = None,
    ) -> Iterator[bytes]:
        """The bodies alone of what `iterate` finds: the fastest way through."""
        where, values = self._where(company, collection, sort, since, until)
        query = f"{_select('body', sort, where)} order by {sort}, id"
        cursor = self._connection().cursor()
        cursor.arraysize = 1_000
        cursor.execute(query, values)
        while rows := cursor.fetchmany():
            for (body,) in rows:
                yield body

    def get(self, company: str, collection: str, identifier: str) -> Document | None:
        """The document as it is now; None when it is not there (yet, or any more)."""
        values = {
            "collection": self._key(company, collection),
            "now": as_microseconds(self.clock.now()),
            "id": identifier,
        }
        query = _select(_COLUMNS, "id", f"{_IS_CURRENT} and id = :id")
        row = self._connection().execute(query, values).fetchone()
        return as_document(row) if row else None

    def count(
        self,
        company: str,
        collection: str,
        *,
        sort: Sort = "updated_at",
        since: datetime | str | None = None,
        until: datetime | str | None = None,
    ) -> int:
        """How many documents `iterate` would find."""
        where, values = self._where(company, collection, sort, since, until)
        query = _select("count(*)", sort, where)
        found: int = self._connection().execute(query, values).fetchone()[0]
        return found

    def fact(self, name: str) -> str | None:
        """A text kept beside the documents: the anchor, the truth."""
        row = (
            self._connection()
            .execute("select value from facts where name = ?", [name])
            .fetchone()
        )
        return row[0] if row else None

    def keep_fact(self, name: str, value: str) -> None:
        """Keep a text beside the documents."""
        with self._writing, self._connection() as connection:
            connection.execute(
                "insert or replace into facts values (?, ?)", [name, value]
            )

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._writing:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _where(
        self,
        company: str,
        collection: str,
        sort: Sort,
        since: datetime | str | None,
        until: datetime | str | None,
    ) -> tuple[str, dict[str, Any]]:
        if sort not in {"updated_at", "created_at", "id"}:
            raise ValueError(f"documents are not sorted by {sort!r}")
        where = _IS_CURRENT
        values: dict[str, Any] = {
            "collection": self._key(company, collection),
            "now": as_microseconds(self.clock.now()),
        }
        if since is not None:
            where += f" and {sort} >= :since"
            values["since"] = as_stored(since)
        if until is not None:
            where += f" and {sort} < :until"
            values["until"] = as_stored(until)
        return where, values

    def _key(self, company: str, collection: str, *, make: bool = False) -> int:
        """The collection's number; -1 when nothing was ever added to it."""
        name = (company, collection)
        if name not in self._collections:
            connection = self._connection()
            if make:
                connection.execute(
                    "insert or ignore into collections (company, name) values (?, ?)",
                    name,
                )
            row = connection.execute(
                "select key from collections where company = ? and name = ?", name
            ).fetchone()
            if row is None:
                return -1
            self._collections[name] = row[0]
        return self._collections[name]

    @staticmethod
    def _merged(
        connection: sqlite3.Connection, key: int, identifier: str, new: list[Version]
    ) -> list[Version]:
        """The document's stored versions with the new ones; the stored rows go."""
        rows = connection.execute(
            "delete from versions where collection = ? and id = ?"
            " returning visible_from, created_at, updated_at, body, is_deleted",
            [key, identifier],
        ).fetchall()
        versions = {
            as_moment(visible): Version(
                identifier,
                as_moment(visible),
                as_moment(created),
                as_moment(updated),
                body,
                bool(is_deleted),
            )
            for visible, created, updated, body, is_deleted in rows
        } | {version.visible_from: version for version in new}
        return [versions[moment] for moment in sorted(versions)]

    def _connection(self) -> sqlite3.Connection:
        """A connection of this thread alone: readers do not wait for the writer."""
        existing: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if existing is not None:
            return existing
        connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = off")
        connection.execute("pragma mmap_size = 268435456")
        self._local.connection = connection
        self._connections.append(connection)
        return connection


def _select(columns: str, sort: Sort, where: str) -> str:
    return (
        f"select {columns} from versions"  # noqa: S608 (ours, values are bound)
        f" indexed by versions_by_{sort} where {where}"
    )


def _insert(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> int:
    connection.executemany(
        "insert into versions (collection, id, visible_from, superseded_at,"
        " created_at, updated_at, is_deleted, body) values (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return len(rows)
