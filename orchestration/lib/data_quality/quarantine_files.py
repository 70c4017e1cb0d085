"""Reading files again whose rows the tap had refused, to see which it takes today."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.data_quality.quarantine import QuarantinedRecord, RetryFailed
from orchestration.lib.ingestion.ingestion import SourceReader
from orchestration.lib.ingestion.singer import Log
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = ["FilesAgain", "Retried"]

# In place of the fingerprint of the settings a file was read with.
_AGAIN = "read again"


@dataclass
class Retried:
    """What came of it: records offered, accepted, and why the others stay."""

    offered_count: int = 0
    accepted_count: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, other: Retried) -> None:
        """Count another source's records too."""
        self.offered_count += other.offered_count
        self.accepted_count += other.accepted_count
        self.refusals += other.refusals


@dataclass(frozen=True)
class FilesAgain:
    """Reads whole files again, on somebody's behalf; the others stay as they are."""

    url: str
    settings: Settings
    by: str
    log: Log

    def read_again(
        self, company_id: str, records: list[QuarantinedRecord], done: Retried
    ) -> None:
        """Read the files of these rows; rows that are not refused again may go.

        Raises
        ------
        RetryFailed
            A file was not read; its rows are still in quarantine.
        """
        files = {_file_of(record) for record in records}
        started_at = self._mark(company_id, files)
        reader = SourceReader(
            self.url, self.settings, SOURCES["files"], uuid.uuid4().hex, self.log
        )
        reading = reader.read(load_company(self.url, company_id), days=None)
        if unread := files - self._read(company_id):
            told = "\n".join(reading.failures) or "The file or its connection is gone."
            raise RetryFailed(f"Not read again: {', '.join(sorted(unread))}. {told}")
        self._settle(company_id, files, started_at, done)

    def _mark(self, company_id: str, files: set[str]) -> datetime:
        """Let the next read take these files for unread; returns the time."""
        with connect(self.url, "orchestrator") as database:
            for name in files:
                database.execute(_MARK, {"company": company_id, "name": name})
            row = database.execute("select clock_timestamp()").fetchone()
        assert row is not None  # noqa: S101 - a select without a table has one row
        moment: datetime = row[0]
        return moment

    def _read(self, company_id: str) -> set[str]:
        """Names of the files that are bookmarked as read."""
        with connect(self.url, "orchestrator") as database:
            rows = database.execute(_READ, (company_id, _AGAIN)).fetchall()
        return {name for (name,) in rows}

    def _settle(
        self, company_id: str, files: set[str], started_at: datetime, done: Retried
    ) -> None:
        values = {
            "company": company_id,
            "files": sorted(files),
            "started": started_at,
            "by": self.by,
        }
        with connect(self.url, "orchestrator") as database:
            before = {place for (place,) in database.execute(_GONE, values)}
            refused: dict[str, str] = dict(
                database.execute(_REFUSED_AGAIN, values).fetchall()
            )
        done.offered_count += len(before | set(refused))
        done.accepted_count += len(before - set(refused))
        done.refusals += Counter(refused.values())


def _file_of(record: QuarantinedRecord) -> str:
    """The name of the file in a location such as ``orders.csv line 17``."""
    return (record.location or "").rpartition(" line ")[0]


_MARK = """
    update ops.singer_bookmarks set state = jsonb_set(
        state,
        array['bookmarks', 'files', 'versions', %(name)s, 'settings'],
        '"read again"'
    )
    where company_id = %(company)s and tap like 'files/%%'
        and state #> '{bookmarks,files,versions}' ? %(name)s
"""

_READ = """
    select version.key
    from ops.singer_bookmarks as bookmarks
    cross join jsonb_each(bookmarks.state #> '{bookmarks,files,versions}') as version
    where bookmarks.company_id = %s and bookmarks.tap like 'files/%%'
        and version.value ->> 'settings' <> %s
"""

_GONE = """
    delete from ops.quarantined_records
    where company_id = %(company)s and source = 'files' and batch_id is not null
        and regexp_replace(location, ' line [0-9]+$', '') = any(%(files)s)
        and last_seen_at < %(started)s and review is distinct from 'dropped'
    returning location
"""

_REFUSED_AGAIN = """
    update ops.quarantined_records set
        review = coalesce(review, 'retried'),
        reviewed_at = case when review = 'dropped' then reviewed_at else now() end,
        reviewed_by = case when review = 'dropped' then reviewed_by else %(by)s end
    where company_id = %(company)s and source = 'files' and batch_id is not null
        and regexp_replace(location, ' line [0-9]+$', '') = any(%(files)s)
        and last_seen_at >= %(started)s
    returning location, reason
"""
