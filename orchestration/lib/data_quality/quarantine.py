"""The quarantine: records that could not be loaded, and what people decide of them."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.warehouse.database import connect

__all__ = [
    "QuarantinedRecord",
    "RecordGroup",
    "RetryFailed",
    "Review",
    "Selection",
    "UnknownRecord",
    "drop_records",
    "list_groups",
    "list_records",
    "load_record",
    "note_review",
]

_ID_LENGTH = 12


class RetryFailed(PlainError, RuntimeError):
    """Records could not be offered again; they are all still in quarantine."""


class UnknownRecord(PlainError, LookupError):
    """No record in quarantine is meant, or several are; the message says which."""


@dataclass(frozen=True)
class Selection:
    """Which records of the quarantine are meant; None leaves a field open.

    Parameters
    ----------
    reason
        Part of the reason, in any case.
    ids
        Ids of records, or how they begin; none means all of the others' choice.
    has_dropped
        Whether those that were dropped are meant too.
    """

    company_id: str | None = None
    source: str | None = None
    reason: str | None = None
    ids: tuple[str, ...] = ()
    has_dropped: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """As the statements below ask for them."""
        return {
            "company": self.company_id,
            "source": self.source,
            "reason": self.reason,
            "ids": [f"{_escaped(each)}%" for each in self.ids] or None,
            "has_dropped": self.has_dropped,
        }


@dataclass(frozen=True)
class RecordGroup:
    """Records with one reason; ``first_seen`` and ``last_seen`` in UTC."""

    company_id: str
    source: str
    stream: str
    reason: str
    review: str | None
    record_count: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True)
class QuarantinedRecord:
    """One record; ``record_text`` is its JSON, personal data included."""

    company_id: str
    source: str
    stream: str
    record_hash: str
    batch_id: str | None
    location: str | None
    reason: str
    record_text: str | None
    quarantined_at: datetime
    last_seen_at: datetime
    review: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    review_note: str | None

    @property
    def id(self) -> str:
        """What people call it by."""
        return self.record_hash[:_ID_LENGTH]


@dataclass(frozen=True)
class Review:
    """What somebody decided of how many records of a source, and what came of it.

    ``review`` is retried or dropped.
    """

    company_id: str
    source: str
    review: str
    record_count: int
    by: str
    accepted_count: int = 0
    note: str | None = None


def list_groups(url: str, selection: Selection, limit: int) -> list[RecordGroup]:
    """How many records of each reason there are, the most frequent first."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(RecordGroup))
        return cursor.execute(
            _selected(_GROUPS), {**selection.values, "limit": limit}
        ).fetchall()


def list_records(
    url: str, selection: Selection, limit: int | None = None
) -> list[QuarantinedRecord]:
    """The records of a selection, those seen last first."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(QuarantinedRecord))
        return cursor.execute(
            _selected(_RECORDS), {**selection.values, "limit": limit}
        ).fetchall()


def load_record(url: str, company_id: str, record_id: str) -> QuarantinedRecord:
    """One record, by its id or how that begins.

    Raises
    ------
    UnknownRecord
    """
    meant = Selection(company_id, ids=(record_id,), has_dropped=True)
    found = list_records(url, meant, limit=2)
    if len(found) == 1:
        return found[0]
    what = "Several records" if found else "No record"
    raise UnknownRecord(
        f"{what} of {company_id} in quarantine: '{record_id}'. See: timonel "
        f"quarantine list --company {company_id} --records"
    )


def drop_records(url: str, selection: Selection, by: str, why: str) -> int:
    """Mark records as looked at and given up; they stay, counted as dropped."""
    with connect(url, "orchestrator") as database:
        dropped = database.execute(
            _selected(_DROP), {**selection.values, "by": by, "why": why}
        ).fetchall()
        for company_id, source, count in dropped:
            note_review(
                database, Review(company_id, source, "dropped", count, by, note=why)
            )
    return sum(count for _, _, count in dropped)


def note_review(database: psycopg.Connection, review: Review) -> None:
    """Keep who decided what, for the activity log."""
    database.execute(
        """insert into ops.quarantine_reviews (company_id, source_slug, review,
            record_count, reviewed_by, accepted_count, note)
        values (%s, %s, %s, %s, %s, %s, %s)""",
        astuple(review),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _selected(statement: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(selected=sql.SQL(_SELECTED))


_SELECTED = """
    company_id = coalesce(%(company)s, company_id)
    and source = coalesce(%(source)s, source)
    and (%(reason)s::text is null or strpos(lower(reason), lower(%(reason)s)) > 0)
    and (%(ids)s::text[] is null or record_hash like any(%(ids)s))
    and (%(has_dropped)s or review is distinct from 'dropped')
"""

_GROUPS = """
    select company_id, source, stream, reason, review, count(*) as record_count,
        min(quarantined_at) as first_seen, max(last_seen_at) as last_seen
    from ops.quarantined_records where {selected}
    group by 1, 2, 3, 4, 5 order by count(*) desc, 1, 2, 3, 4 limit %(limit)s
"""

# The text of the record and not the document: numbers keep their digits.
_RECORDS = """
    select company_id, source, stream, record_hash, batch_id, location, reason,
        record::text as record_text, quarantined_at, last_seen_at, review,
        reviewed_at, reviewed_by, review_note
    from ops.quarantined_records where {selected}
    order by last_seen_at desc, record_hash limit %(limit)s
"""

_DROP = """
    with dropped as (
        update ops.quarantined_records set review = 'dropped', reviewed_at = now(),
            reviewed_by = %(by)s, review_note = %(why)s
        where {selected} and review is distinct from 'dropped'
        returning company_id, source
    )
    select company_id, source, count(*) from dropped group by 1, 2
"""
