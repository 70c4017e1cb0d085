"""What the ledger says already of things that rules and files tell of.

A merged account's points go to the one that is left, so that nothing is given for the
same month a second time. What a file does not tell any more is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import psycopg
from psycopg.rows import class_row

from ml_assets.assets.saas.points_refused import DIFFERS
from orchestration.lib.activation.points import ledger

__all__ = ["Written", "changed", "move_merged", "to_take_back", "written_of"]


@dataclass(frozen=True)
class Written:
    """An entry that gave or took points; what is merged is told by what is left."""

    entry_id: int
    account_id: str
    rule_id: str
    source_ref: str
    points: int
    recorded_by: str
    spent_on: date
    is_reversed: bool


def written_of(database: psycopg.Connection, company_id: str) -> list[Written]:
    """Every earning and redemption of a company."""
    with database.cursor(row_factory=class_row(Written)) as cursor:
        found = cursor.execute(_WRITTEN, [company_id]).fetchall()
    merged = _merged(database, company_id)
    return [_renamed(one, merged) for one in found]


def move_merged(database: psycopg.Connection, company_id: str, now: datetime) -> int:
    """Move what merged accounts have to those that are left; how many entries."""
    merged = _merged(database, company_id)
    rows = database.execute(_UNMOVED, [company_id, list(merged)]).fetchall()
    return sum(
        len(ledger.move(database, company_id, account, merged[account], now=now))
        for (account,) in rows
    )


def to_take_back(
    written: list[Written], told: pd.DataFrame, referrals: pd.DataFrame, as_of: date
) -> list[int]:
    """Entries of referrals that are reversed, and redemptions no file tells any more.

    Parameters
    ----------
    told
        ``rule_id``, ``source_ref``, ``points``, as `award_points` takes them.
    referrals
        Of `referrals_of`.
    as_of
        What was spent later is not told of that day, and stays.
    """
    undone = set(
        referrals.loc[referrals["reward_state"] == "reversed", "referred_account_id"]
    )
    known = set(zip(told["rule_id"], told["source_ref"], strict=True))
    return [
        one.entry_id
        for one in written
        if not one.is_reversed
        and (
            (
                one.recorded_by == "rule"
                and one.rule_id == "referral"
                and one.source_ref in undone
            )
            or (
                one.recorded_by == "file"
                and one.spent_on <= as_of
                and (one.rule_id, one.source_ref) not in known
            )
        )
    ]


def changed(written: list[Written], told: pd.DataFrame) -> dict[str, str]:
    """Redemptions that files tell otherwise than the ledger has them, with why."""
    known = {(one.rule_id, one.source_ref): one for one in written}
    found = {}
    for row in told[told["points"] < 0].to_dict("records"):
        one = known.get((row["rule_id"], row["source_ref"]))
        if one and one.recorded_by == "file":
            then = (one.account_id, one.points, one.is_reversed)
            if then != (row["account_id"], int(row["points"]), False):
                found[row["source_ref"]] = DIFFERS
    return found


def _merged(database: psycopg.Connection, company_id: str) -> Mapping[str, str]:
    return dict(database.execute(_MERGED, [company_id]).fetchall())


def _renamed(one: Written, merged: Mapping[str, str]) -> Written:
    left = merged.get(one.account_id)
    if left is None:
        return one
    # What is given for something of an account is named after it: account/2026-10.
    start = f"{one.account_id}/"
    ref = one.source_ref
    if one.recorded_by == "rule" and ref.startswith(start):
        ref = f"{left}/{ref.removeprefix(start)}"
    return Written(**{**vars(one), "account_id": left, "source_ref": ref})


_WRITTEN = """
    select written.entry_id, written.account_id, written.rule_id, written.source_ref,
        written.points, written.recorded_by,
        (written.occurred_at at time zone 'UTC')::date as spent_on,
        exists (
            select from ops.points_entries as undone
            where undone.company_id = written.company_id
                and undone.reverses_entry_id = written.entry_id
        ) as is_reversed
    from ops.points_entries as written
    where written.company_id = %s and written.kind in ('earn', 'redeem')
"""
_MERGED = """
    select merged_account_id, account_id from marts.merged_accounts
    where company_id = %s
"""
_UNMOVED = """
    select account_id from ops.points_accounts
    where company_id = %s and balance <> 0 and account_id = any(%s)
    order by account_id
"""
