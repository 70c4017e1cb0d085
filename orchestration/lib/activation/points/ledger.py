"""Earn, redeem, take back and expire points: each once, and never below zero.

Each call is a transaction that holds its account, so that two redemptions at once see
each other (decision 0127); the connection commits by itself. What is written is never
changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from orchestration.lib.activation.points.entries import (
    Award,
    Entry,
    add,
    entries_of,
    entry_of,
    find,
    hold,
)
from orchestration.lib.activation.points.lots import lots_of
from orchestration.lib.activation.points.refusals import PointsRefused

__all__ = ["Balance", "balances", "earn", "expire", "move", "redeem", "reverse"]

_REVERSAL, _EXPIRY, _MERGE = "reversal", "expiry", "merge"


@dataclass(frozen=True)
class Balance:
    """Points of an account after ``entry_count`` entries; below 0 it owes them."""

    account_id: str
    balance: int
    entry_count: int


def earn(database: psycopg.Connection, company_id: str, award: Award) -> Entry:
    """Give points, once for each rule and reference; a debt is paid first.

    Raises
    ------
    PointsRefused
        The points are not above 0, expired already, or the key is of another award.
    """
    if award.points <= 0:
        raise PointsRefused("not_positive", points=award.points)
    if award.expires_at is not None and award.expires_at <= award.occurred_at:
        raise PointsRefused("expired_already", day=award.expires_at.date())
    with database.transaction():
        hold(database, company_id, award.account_id)
        return find(database, company_id, award) or add(database, company_id, award)


def redeem(database: psycopg.Connection, company_id: str, award: Award) -> Entry:
    """Spend points, the first earned first, once for each reward and reference.

    Parameters
    ----------
    award
        ``points`` below 0. What expired by ``occurred_at`` expires before.

    Raises
    ------
    PointsRefused
        The account has fewer, or owes some, or the key is of another award.
    """
    if award.points >= 0:
        raise PointsRefused("not_positive", points=-award.points)
    with database.transaction():
        balance = hold(database, company_id, award.account_id)
        if found := find(database, company_id, award):
            return found
        for gone in _expire(database, company_id, award.account_id, award.occurred_at):
            balance = gone.balance_after
        if balance < 0:
            raise PointsRefused("in_debt", account=award.account_id, debt=-balance)
        if balance + award.points < 0:
            raise PointsRefused(
                "too_little",
                account=award.account_id,
                balance=balance,
                points=-award.points,
            )
        return add(database, company_id, award)


def reverse(
    database: psycopg.Connection,
    company_id: str,
    entry_id: int,
    *,
    now: datetime,
    by: str,
) -> Entry:
    """Undo what was earned or redeemed; a second time it is the same entry.

    Of what was earned goes what has not expired. What was spent of it is owed from then
    on, and blocks redemption. What was redeemed goes back to the lots it came from.

    Raises
    ------
    PointsRefused
        There is no such entry, or it is no earning or redemption.
    """
    entry = entry_of(database, company_id, entry_id)
    if entry.kind not in {"earn", "redeem"}:
        raise PointsRefused("not_reversible", entry=entry_id, kind=entry.kind)
    with database.transaction():
        hold(database, company_id, entry.account_id)
        entries = entries_of(database, company_id, entry.account_id)
        for written in entries:
            if written.reverses_entry_id == entry_id:
                return written
        lot = lots_of(entries).lots.get(entry_id)
        points = -entry.points if lot is None else lot.expired - lot.points
        award = Award(
            account_id=entry.account_id,
            kind="reverse",
            points=points,
            rule_id=_REVERSAL,
            source_ref=f"{entry_id}",
            occurred_at=now,
            recorded_by=by,
            reverses_entry_id=entry_id,
        )
        return add(database, company_id, award)


def expire(
    database: psycopg.Connection,
    company_id: str,
    now: datetime,
    account_id: str | None = None,
) -> list[Entry]:
    """Let points expire whose time is over; a second time there are none.

    Returns
    -------
    list
        What was written, an entry per lot.
    """
    accounts = database.execute(
        """select distinct account_id from ops.points_entries
        where company_id = %s and expires_at <= %s
            and (%s::text is null or account_id = %s) order by 1""",
        (company_id, now, account_id, account_id),
    ).fetchall()
    written = []
    for (account,) in accounts:
        with database.transaction():
            hold(database, company_id, account)
            written += _expire(database, company_id, account, now)
    return written


def move(
    database: psycopg.Connection,
    company_id: str,
    account_id: str,
    into: str,
    *,
    now: datetime,
) -> list[Entry]:
    """Give what an account has to the one it was merged into; again there is nothing.

    A lot keeps the day it was earned and when it expires. What is owed is paid of what
    the other has; the rest stays owed where it is.

    Returns
    -------
    list
        What was written, two entries per lot.
    """
    with database.transaction():
        # In one order, so that two moves never wait for each other.
        held = {
            one: hold(database, company_id, one) for one in sorted((account_id, into))
        }
        entries = entries_of(database, company_id, account_id)
        earned_at = {entry.entry_id: entry.occurred_at for entry in entries}
        lots = lots_of(entries)
        moved: list[_Moved] = []
        for lot in lots.lots.values():
            if lot.remaining:
                day = earned_at[lot.entry_id]
                moved += [
                    (account_id, -lot.remaining, f"lot {lot.entry_id}", now, None),
                    (into, lot.remaining, f"lot {lot.entry_id}", day, lot.expires_at),
                ]
        if (paid := min(lots.debt, held[into])) > 0:
            moved += [
                (into, -paid, "debt", now, None),
                (account_id, paid, "debt", now, None),
            ]
        return [
            add(database, company_id, _adjustment(one, f"{entries[-1].entry_id}"))
            for one in moved
        ]


_Moved = tuple[str, int, str, datetime, datetime | None]


def _adjustment(moved: _Moved, after: str) -> Award:
    account_id, points, what, occurred_at, expires_at = moved
    return Award(
        account_id=account_id,
        kind="adjust",
        points=points,
        rule_id=_MERGE,
        source_ref=f"{what} after {after}, {'in' if points > 0 else 'out'}",
        occurred_at=occurred_at,
        recorded_by=_MERGE,
        expires_at=expires_at,
    )


def balances(
    database: psycopg.Connection, company_id: str, account_id: str | None = None
) -> list[Balance]:
    """What each account has, by its id."""
    with database.cursor(row_factory=class_row(Balance)) as cursor:
        return cursor.execute(
            """select account_id, balance, entry_count from ops.points_accounts
            where company_id = %s and entry_count > 0
                and (%s::text is null or account_id = %s) order by 1""",
            (company_id, account_id, account_id),
        ).fetchall()


def _expire(
    database: psycopg.Connection, company_id: str, account_id: str, now: datetime
) -> list[Entry]:
    """Of an account that is held; most have nothing that ever expires."""
    row = database.execute(
        """select exists (select from ops.points_entries
            where company_id = %s and account_id = %s and expires_at <= %s)""",
        (company_id, account_id, now),
    ).fetchone()
    if row != (True,):
        return []
    entries = entries_of(database, company_id, account_id)
    last = entries[-1].entry_id
    return [
        add(
            database,
            company_id,
            Award(
                account_id=account_id,
                kind="expire",
                points=-lot.remaining,
                rule_id=_EXPIRY,
                # A lot expires again when something redeemed of it is given back.
                source_ref=f"{lot.entry_id} after {last}",
                occurred_at=now,
                recorded_by=_EXPIRY,
                lot_entry_id=lot.entry_id,
            ),
        )
        for lot in lots_of(entries).due(now)
    ]
