"""Entries of the ledger as they are in the database, and how one is added."""

from __future__ import annotations

from dataclasses import asdict, dataclass
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

_KEY = "points_entries_company_id_rule_id_source_ref_key"
_ADD = f"""
    with moved as (
        update ops.points_accounts
        set balance = balance + %(points)s, entry_count = entry_count + 1
        where company_id = %(company_id)s and account_id = %(account_id)s
        returning balance, entry_count
    )
    insert into ops.points_entries (company_id, account_id, kind, points, rule_id,
        source_ref, occurred_at, recorded_by, reverses_entry_id, lot_entry_id,
        expires_at, entry_number, balance_after)
    select %(company_id)s, %(account_id)s, %(kind)s, %(points)s, %(rule_id)s,
        %(source_ref)s, %(occurred_at)s, %(recorded_by)s,
        %(reverses_entry_id)s::bigint, %(lot_entry_id)s::bigint,
        %(expires_at)s::timestamptz, moved.entry_count, moved.balance
    from moved
    returning {_COLUMNS}"""  # noqa: S608


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
        """insert into ops.points_accounts as held (company_id, account_id)
        values (%s, %s)
        on conflict (company_id, account_id) do update set balance = held.balance
        returning held.balance""",
        (company_id, account_id),
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
    """Add an entry of an account that is held, and move its balance, in one statement.

    Raises
    ------
    PointsRefused
        Somebody used the key for another account a moment ago.
    """
    try:
        with database.cursor(row_factory=class_row(Entry)) as cursor:
            (added,) = cursor.execute(
                _ADD, asdict(award) | {"company_id": company_id}
            ).fetchall()
    except psycopg.errors.UniqueViolation as taken:
        if taken.diag.constraint_name != _KEY:
            raise
        raise PointsRefused(
            "taken", rule=award.rule_id, ref=award.source_ref
        ) from taken
    return added


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
