"""Deliveries, written before they are acknowledged: many at once, in one commit."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.types.json import Jsonb

from orchestration.lib.warehouse.database import as_role

__all__ = ["Inbox", "InboxFull", "Row", "delivery_key", "kept_headers"]

_MOST_AT_ONCE = 500
_MOST_WAITING_BYTES = 64 * 1024 * 1024
_CONNECT_SECONDS = 3
_STATEMENT_MILLISECONDS = 10_000
# Senders that are known by what they sign may deliver one body twice: then it is one
# delivery. The others may say which it is, and two with one body are two.
_IDS = (
    *("webhook-id", "x-webhook-id", "x-wc-webhook-delivery-id"),
    *("x-shopify-webhook-id", "x-github-delivery", "idempotency-key"),
)
_KEPT = frozenset({*_IDS, "content-type", "content-encoding", "user-agent"})
_LONGEST_HEADER = 500


class InboxFull(RuntimeError):
    """More waits to be written than memory is for: the sender has to come again."""


@dataclass(frozen=True)
class Row:
    """One delivery as it is kept."""

    company_id: str
    connection_id: str
    sender: str
    delivery_key: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


def delivery_key(sender: str, headers: Mapping[str, str], body: bytes) -> str:
    """What is the same when a delivery is sent again: its id, or a hash of its body.

    Only a sender that does not sign is asked for an id: of the others it would not be
    signed, and whoever saw one delivery could make many of it. What Mailgun signs is a
    token alone: a body that comes under one a second time is not taken.
    """
    if sender == "mailgun":
        return hashlib.sha256(_token(body)).hexdigest()
    if sender == "shared":
        for name in _IDS:
            if headers.get(name):
                told = f"{name}:{headers[name]}"
                return hashlib.sha256(told.encode()).hexdigest()
    return hashlib.sha256(body).hexdigest()


def _token(body: bytes) -> bytes:
    return str(json.loads(body)["signature"]["token"]).encode()


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that help to understand a body; no signature, cookie or password."""
    return {
        name: value[:_LONGEST_HEADER]
        for name, value in sorted(headers.items())
        if name in _KEPT
    }


class Inbox:
    """Writes what waits in one transaction, and answers all of it after the commit.

    Whoever is told that a delivery was taken is told so after the server has it on
    disk: ``synchronous_commit`` is on, whatever the database says.
    """

    def __init__(self, url: str) -> None:
        self._writer = _Writer(url)
        self._waiting: asyncio.Queue[tuple[Row, asyncio.Future[None]]] = asyncio.Queue()
        self._waiting_bytes = 0

    async def append(self, row: Row) -> None:
        """Return once the row is committed, or stood there already.

        Raises
        ------
        InboxFull
        psycopg.Error, OSError
            It was not written, or nobody knows: to deliver again does no harm.
        """
        if self._waiting_bytes + len(row.body) > _MOST_WAITING_BYTES:
            raise InboxFull
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting_bytes += len(row.body)
        self._waiting.put_nowait((row, done))
        try:
            await done
        finally:
            self._waiting_bytes -= len(row.body)

    async def write_for_ever(self) -> None:
        """Write whatever waits, until this is cancelled."""
        try:
            while True:
                batch = [await self._waiting.get()]
                while len(batch) < _MOST_AT_ONCE and not self._waiting.empty():
                    batch.append(self._waiting.get_nowait())
                await self._write(batch)
        finally:
            await self._writer.close()

    async def _write(self, batch: list[tuple[Row, asyncio.Future[None]]]) -> None:
        failure = await self._writer.commit([row for row, _ in batch])
        is_away = isinstance(failure, psycopg.OperationalError | OSError)
        # One row that cannot stand (its company left) must not refuse the others.
        if failure is not None and not is_away and len(batch) > 1:
            for each in batch:
                await self._write([each])
            return
        for _, done in batch:
            if done.done():  # its sender hung up
                continue
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)


class _Writer:
    """A connection that is opened when there is something to write."""

    def __init__(self, url: str) -> None:
        self._url = as_role(url, "loader")
        self._database: psycopg.AsyncConnection | None = None

    async def commit(self, rows: list[Row]) -> Exception | None:
        """Write rows in one transaction; why they are not written, or None."""
        try:
            database = await self._open()
            async with database.transaction(), database.cursor() as cursor:
                await cursor.executemany(_INSERT, [_values(row) for row in rows])
        except psycopg.IntegrityError as failure:
            return failure
        except (psycopg.Error, OSError) as failure:
            await self.close()
            return failure
        return None

    async def _open(self) -> psycopg.AsyncConnection:
        if self._database is None:
            self._database = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=_CONNECT_SECONDS
            )
            await self._database.execute("set synchronous_commit = on")
            await self._database.execute(
                "select set_config('statement_timeout', %s, false)",
                (str(_STATEMENT_MILLISECONDS),),
            )
        return self._database

    async def close(self) -> None:
        """Let the connection go, if there is one."""
        database, self._database = self._database, None
        if database is not None:
            with suppress(psycopg.Error):
                await database.close()


def _values(row: Row) -> tuple[object, ...]:
    return (
        row.company_id,
        row.connection_id,
        row.sender,
        row.delivery_key,
        Jsonb(dict(row.headers)),
        row.body,
        row.received_at,
    )


_INSERT = """
insert into raw_webhooks.deliveries (company_id, connection_id, sender, delivery_key,
    headers, body, received_at)
values (%s, %s, %s, %s, %s, %b, %s)
on conflict (company_id, connection_id, delivery_key) do nothing
"""
