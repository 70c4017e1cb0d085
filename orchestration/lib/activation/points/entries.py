"""Entries of the ledger as they are in the database, and how one is added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

from orchestration.lib.activation.points.refusals import PointsRefused

__all__ = ["Award", "Entry", "Kind", "add", "entries_of", "entry_of", "find", "hold"]

Kind = Literal["earn", "redeem", "expire", "reverse", "adjust"]

_COLUMNS = """entry_id, account_id, entry_number, occurred_at, kind, points,
    balance_after, rule_id, source_ref, reverses_entry_id, lot_entry_id, expires_at,
    recorded_by"""


@dataclass(frozen=True)
class Entry:
    """A row of ``ops.points_entries``.

    ``entry_number`` counts within the account, in the order the balance moved;
    ``balance_after`` includes it. ``lot_entry_id`` is what expired.
    """

    entry_id: int
    account_id: str
    entry_number: int
    occurred_at: datetime
    kind: Kind
    points: int
    balance_after: int
    rule_id: str
    source_ref: str
    reverses_entry_id: int | None
    lot_entry_id: int | None
    expires_at: datetime | None
    recorded_by: str


@dataclass(frozen=True)
class Award:
    """An entry to add; its key within the company is ``rule_id`` and ``source_ref``."""

    account_id: str
    kind: Kind
    points: int
    rule_id: str
    source_ref: str
    occurred_at: datetime
    recorded_by: str
    reverses_entry_id: int | None = None
    lot_entry_id: int | None = None
    expires_at: datetime | None = None


def hold(database: psycopg.Connection, company_id: str, account_id: str) -> int:
    """Keep everybody else from an account until the transaction ends; its balance."""
    ((balance,),) = database.execute(
        "select balance from ops.lock_points_account(%s, %s)", (company_id, account_id)
    ).fetchall()
    return int(balance)


def find(database: psycopg.Connection, company_id: str, award: Award) -> Entry | None:
    """The entry that was written for the same key, if any.

    Raises
    ------
    PointsRefused
        The key was used for another account, kind or number of points.
    """
    with database.cursor(row_factory=class_row(Entry)) as cursor:
        found = cursor.execute(
            f"""select {_COLUMNS} from ops.points_entries
            where company_id = %s and rule_id = %s and source_ref = %s""",  # noqa: S608
            (company_id, award.rule_id, award.source_ref),
        ).fetchone()
    if found is None:
        return None
    if (found.account_id, found.kind, found.points) != (
        award.account_id,
        award.kind,
        award.points,
    ):
        raise PointsRefused(
            "other_use",
            rule=award.rule_id,
            ref=award.source_ref,
            entry=found.entry_id,
            points=found.points,
            account=found.account_id,
        )
    return found


def add(database: psycopg.Connection, company_id: str, award: Award) -> Entry:
    """Add an entry of an account that is held.

    Raises
    ------
    PointsRefused
        Somebody used the key for another account meanwhile.
    """
    with database.cursor(row_factory=class_row(Entry)) as cursor:
        added = cursor.execute(
            f"""insert into ops.points_entries (company_id, account_id, kind, points,
                rule_id, source_ref, occurred_at, recorded_by, reverses_entry_id,
                lot_entry_id, expires_at)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (company_id, rule_id, source_ref) do nothing
            returning {_COLUMNS}""",  # noqa: S608
            (
                *(company_id, award.account_id, award.kind, award.points),
                *(award.rule_id, award.source_ref, award.occurred_at),
                *(award.recorded_by, award.reverses_entry_id, award.lot_entry_id),
                award.expires_at,
            ),
        ).fetchone()
    # Somebody else was first, with another account; find says so.
    return (
        added or find(database, company_id, award) or add(database, company_id, award)
    )


def entries_of(
    database: psycopg.Connection, company_id: str, account_id: str
) -> list[Entry]:
    """All entries of an account, in the order its balance moved."""
    with database.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(
            f"""select {_COLUMNS} from ops.points_entries
            where company_id = %s and account_id = %s order by entry_number""",  # noqa: S608
            (company_id, account_id),
        ).fetchall()


def entry_of(database: psycopg.Connection, company_id: str, entry_id: int) -> Entry:
    """An entry by its id.

    Raises
    ------
    PointsRefused
        The company has none with this id.
    """
    with database.cursor(row_factory=class_row(Entry)) as cursor:
        found = cursor.execute(
            f"""select {_COLUMNS} from ops.points_entries
            where company_id = %s and entry_id = %s""",  # noqa: S608
            (company_id, entry_id),
        ).fetchone()
    if found is None:
        raise PointsRefused("unknown_entry", company=company_id, entry=entry_id)
    return found
