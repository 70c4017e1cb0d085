"""Every reading of a connection: how long, how much, how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from orchestration.lib.connections.connections import Connection
from orchestration.lib.connections.sources import Source
from orchestration.lib.ingestion.source_events import newest_event
from orchestration.lib.warehouse.database import connect

__all__ = ["OpenRead", "close_interrupted", "recorded_read"]

# A tap's word of a stream without a row that had some before (taps/api_source).
_SILENT = re.compile(r"(\w+: the source answers without any row, .*)$")
# The loader's last line; for us and not for people.
_LOADED = re.compile(r"\bloaded: (\{.*\})\s*$")


@dataclass
class OpenRead:
    """What the loader has told of a read so far; None before it has told anything.

    ``forgotten_count`` are rows of people who were forgotten, left out or loaded as
    nobody's; ``byte_count`` is the size of the rows as text, ``newest`` the latest
    replication key by stream, ``newest_event_at`` as `source_events` dates events.
    """

    row_count: int | None = None
    quarantined_count: int | None = None
    forgotten_count: int | None = None
    byte_count: int | None = None
    newest: dict[str, str] = field(default_factory=dict)
    newest_event_at: datetime | None = None
    silences: list[str] = field(default_factory=list)

    def hear(self, line: str) -> bool:
        """Take the loader's counts from a line; False if it is another line.

        What a tap says of a silent stream is kept, and is another line.

        A read that goes on with a new token loads twice: the counts add up.
        """
        if silent := _SILENT.search(line):
            self.silences.append(silent[1])
        found = _LOADED.search(line)
        if not found:
            return False
        told = json.loads(found[1])
        self.row_count = (self.row_count or 0) + told["row_count"]
        self.quarantined_count = (self.quarantined_count or 0) + told[
            "quarantined_count"
        ]
        self.forgotten_count = (self.forgotten_count or 0) + told["forgotten_count"]
        self.byte_count = (self.byte_count or 0) + told["byte_count"]
        for stream, moment in told["newest"].items():
            self.newest[stream] = max(self.newest.get(stream, ""), moment)
        return True


def close_interrupted(url: str, company_id: str, source_slug: str) -> None:
    """Close reads of a source that were killed; whoever calls holds its lock."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connection_reads set outcome = 'interrupted',
                error = 'It was stopped before its end; the next read goes on there.'
            where company_id = %s and source_slug = %s and outcome = 'started'""",
            (company_id, source_slug),
        )


@contextmanager
def recorded_read(
    url: str,
    connection: Connection,
    source: Source,
    run_id: str,
    days: tuple[object, object] | None,
) -> Iterator[OpenRead]:
    """Keep a row of ``ops.connection_reads`` for the block.

    Parameters
    ----------
    days
        First and last day that are read again; None when the bookmark decides.
    """
    read_id = _begin(url, connection, source.slug, run_id, days or (None, None))
    read = OpenRead()
    try:
        yield read
    except BaseException as failure:
        outcome = "failed" if isinstance(failure, Exception) else "interrupted"
        # A server that died under the read cannot take its obituary either.
        with suppress(psycopg.OperationalError):
            _finish(url, (connection.company_id, read_id), read, outcome, str(failure))
        raise
    with connect(url, "transformer") as database:
        read.newest_event_at = newest_event(
            database, connection.company_id, source, read.newest, datetime.now(UTC)
        )
    _finish(url, (connection.company_id, read_id), read, "succeeded")


def _begin(
    url: str,
    connection: Connection,
    source_slug: str,
    run_id: str,
    days: tuple[object, object],
) -> int:
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """insert into ops.connection_reads (company_id, connection_id, source_slug,
                run_id, read_from, read_to)
            values (%s, %s, %s, %s, %s, %s) returning read_id""",
            (
                connection.company_id,
                connection.connection_id,
                source_slug,
                run_id,
                *days,
            ),
        ).fetchone()
    assert row is not None  # noqa: S101 - an insert without a conflict returns its row
    read_id: int = row[0]
    return read_id


def _finish(
    url: str,
    key: tuple[str, int],
    read: OpenRead,
    outcome: str,
    error: str | None = None,
) -> None:
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.connection_reads set outcome = %s, error = %s,
                row_count = %s, quarantined_count = %s, forgotten_count = %s,
                byte_count = %s,
                newest_event_at = %s, finished_at = now()
            where company_id = %s and read_id = %s""",
            (
                outcome,
                error,
                read.row_count,
                read.quarantined_count,
                read.forgotten_count,
                read.byte_count,
                read.newest_event_at,
                *key,
            ),
        )
