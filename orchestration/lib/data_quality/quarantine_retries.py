"""Offering records of the quarantine again: to the loader, or by reading their file.

A record that the loader refused is fed to the loader again. A row that the tap refused
never became a record: its file is read again, whole, by the settings of today.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg

from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.nameless_files import nameless_file
from orchestration.lib.core.settings import Settings
from orchestration.lib.data_quality.quarantine import (
    QuarantinedRecord,
    RetryFailed,
    Review,
    Selection,
    list_records,
    note_review,
)
from orchestration.lib.data_quality.quarantine_files import FilesAgain, Retried
from orchestration.lib.ingestion.landings import landing
from orchestration.lib.ingestion.singer import Log
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import connect, one_at_a_time

__all__ = ["Retrier"]

_MODULE = "taps.retries"


@dataclass(frozen=True)
class Retrier:
    """Offers records again, on somebody's behalf.

    Parameters
    ----------
    by
        Who asked for it.
    log
        Where the programs' own lines go.
    """

    url: str
    settings: Settings
    by: str
    log: Log

    @property
    def _files(self) -> FilesAgain:
        return FilesAgain(self.url, self.settings, self.by, self.log)

    def retry(self, company_id: str, selection: Selection) -> Retried:
        """Offer a company's records again; what is accepted leaves the quarantine.

        Each record is loaded before it leaves, and loading twice changes nothing: a
        retry that was killed is simply done again.

        Raises
        ------
        RetryFailed
            A program stopped, or a file cannot be read.
        """
        records = list_records(self.url, selection)
        total = Retried()
        by_source = sorted(records, key=lambda each: each.source)
        for source, group in groupby(by_source, key=lambda each: each.source):
            rows = list(group)
            # A batch is a file's: the tap refused these, not the loader.
            of_files = [row for row in rows if row.batch_id]
            offered = [row for row in rows if not row.batch_id]
            done = Retried()
            try:
                if offered:
                    self._offer(company_id, source, offered, done)
                if of_files:
                    self._files.read_again(company_id, of_files, done)
            finally:
                self._note(company_id, source, done)
            total.add(done)
        return total

    def _note(self, company_id: str, source: str, done: Retried) -> None:
        if not done.offered_count:
            return
        with connect(self.url, "orchestrator") as database:
            note_review(
                database,
                Review(
                    company_id,
                    source,
                    "retried",
                    done.offered_count,
                    self.by,
                    done.accepted_count,
                ),
            )

    def _offer(
        self,
        company_id: str,
        source: str,
        records: list[QuarantinedRecord],
        done: Retried,
    ) -> None:
        if source in _ASKED_ELSEWHERE:
            raise RetryFailed(_ASKED_ELSEWHERE[source])
        if source not in SOURCES:
            raise RetryFailed(f"There is no source '{source}' any more. Drop them.")
        run_id = uuid.uuid4().hex
        by_hash = {record.record_hash: record for record in records}
        config = {
            "database_url": self.url,
            "schema": SOURCES[source].schema,
            "company_id": company_id,
            "source": source,
            "run_id": run_id,
        }
        with (
            company_held(self.url, company_id),
            one_at_a_time(self.url, f"read {company_id} {source}"),
            landing(self.url, company_id, SOURCES[source], run_id),
            connect(self.url, "orchestrator", autocommit=True) as database,
        ):
            for answer in _answers(config, records):
                self._take(database, by_hash[answer["id"]], answer["reason"], done)

    def _take(
        self,
        database: psycopg.Connection,
        record: QuarantinedRecord,
        reason: str | None,
        done: Retried,
    ) -> None:
        """Let the record go if it was accepted, else keep it with the new reason."""
        key = (record.company_id, record.source, record.stream, record.record_hash)
        done.offered_count += 1
        if reason is None:
            done.accepted_count += 1
            database.execute(_ACCEPTED, key)
            return
        done.refusals[reason] += 1
        database.execute(_REFUSED, (reason, self.by, *key))


def _answers(
    config: dict[str, Any], records: Iterable[QuarantinedRecord]
) -> Iterator[dict[str, Any]]:
    """What the loader says of each record, as it says it."""
    with nameless_file(config) as settings, tempfile.TemporaryFile("w+") as lines:
        lines.write("\n".join(map(_line, records)))
        lines.flush()
        lines.seek(0)
        with (
            subprocess.Popen(
                [sys.executable, "-m", _MODULE, "--config", settings.path],
                pass_fds=[settings.descriptor],
                stdin=lines,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None  # noqa: S101 - a pipe, as asked
            assert process.stderr is not None  # noqa: S101 - a pipe, as asked
            for line in process.stdout:
                yield json.loads(line)
            said = process.stderr.read().strip()
        if process.returncode:
            raise RetryFailed(said.removeprefix("ERROR: ") or f"{_MODULE} stopped.")


def _line(record: QuarantinedRecord) -> str:
    head = {
        "id": record.record_hash,
        "stream": record.stream,
        "reason": record.reason,
    }
    return f'{json.dumps(head)[:-1]}, "record": {record.record_text or "{}"}}}'


_ASKED_ELSEWHERE = {
    "webhooks": "Deliveries are read once more by: timonel receiver replay",
    "points": "Redemptions of points are asked for again with each run.",
}
_ACCEPTED = """
    delete from ops.quarantined_records
    where company_id = %s and source = %s and stream = %s and record_hash = %s
"""

_REFUSED = """
    update ops.quarantined_records set reason = %s, last_seen_at = now(),
        review = 'retried', reviewed_at = now(), reviewed_by = %s
    where company_id = %s and source = %s and stream = %s and record_hash = %s
"""
