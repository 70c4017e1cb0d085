"""Points that rules give by themselves, and those that files say were spent.

A rule gives them from the day it names, `starts_on`; without one somebody does. What
was spent is written in the order of days; what an account did not have is refused, told
in quarantine, and asked again with the next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

import numpy as np
import pandas as pd
import psycopg

from ml_assets.assets.saas.points_refused import UNPRICED, note_refused, reason_of
from ml_assets.assets.saas.points_written import (
    changed,
    move_merged,
    to_take_back,
    written_of,
)
from ml_assets.assets.table_rows import read_frame
from orchestration.lib.activation.points import ledger
from orchestration.lib.activation.points.entries import Award
from orchestration.lib.activation.points.refusals import PointsRefused

__all__ = ["Told", "award_points", "earned_by_rules", "redeemed_by_files"]

_BY: Final = "rule"


def earned_by_rules(
    database: psycopg.Connection, company_id: str, referrals: pd.DataFrame
) -> pd.DataFrame:
    """What a company's accounts have earned by its rules, each thing once.

    Parameters
    ----------
    referrals
        Of `referrals_of`. One that is due and that nobody has to look at is earned by
        who referred, on the day the other account signed up.

    Returns
    -------
    pandas.DataFrame
        ``account_id``, ``rule_id``, ``source_ref``, ``points``, ``earned_on`` (date),
        oldest first. Of a month of use the day is its last.
    """
    told = read_frame(database, _EARNED, company_id)
    rules = read_frame(database, _REFERRAL_RULE, company_id)
    due = referrals[
        (referrals["reward_state"] == "due") & ~referrals["needs_review"].astype(bool)
    ]
    sent = pd.DataFrame(
        {
            "account_id": due["referrer_account_id"],
            "rule_id": "referral",
            "source_ref": due["referred_account_id"],
            "earned_on": due["referred_on"],
        }
    ).merge(rules, on="rule_id")
    sent = sent[sent["earned_on"] >= sent["starts_on"]].drop(columns="starts_on")
    both = pd.concat([told, sent]) if len(sent) else told
    order = ["earned_on", "account_id", "rule_id", "source_ref"]
    return both.sort_values(order, ignore_index=True)


def redeemed_by_files(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """What files say was spent, as `earned_by_rules`; points are below 0.

    A reward that no rule names costs what the file says; NaN without either.
    """
    return read_frame(database, _REDEEMED, company_id)


@dataclass(frozen=True)
class Told:
    """What the ledger is to say of a company.

    Parameters
    ----------
    earned
        Of `earned_by_rules`, and of `redeemed_by_files`.
    referrals
        Of `referrals_of`.
    as_of
        The day until whose end all of it is told.
    """

    earned: pd.DataFrame
    referrals: pd.DataFrame
    as_of: date


def award_points(
    database: psycopg.Connection, company_id: str, told: Told, now: datetime
) -> int:
    """Write what the ledger lacks, an account at a time; how many entries.

    Points of a referral that was reversed since are taken back, and what no file says
    was spent any more is given back. What cannot be redeemed is in quarantine and not
    written.
    """
    earned = told.earned
    moved = move_merged(database, company_id, now)
    known = written_of(database, company_id)
    taken_back = to_take_back(known, earned, told.referrals, told.as_of)
    for entry in taken_back:
        ledger.reverse(database, company_id, entry, now=now, by=_BY)
    # What is taken back of an account that was merged, the other owes.
    moved += move_merged(database, company_id, now)
    written = {(one.rule_id, one.source_ref) for one in known}
    keys = zip(earned["rule_id"], earned["source_ref"], strict=True)
    lacking = earned[np.array([key not in written for key in keys], dtype=bool)]
    # Earned and spent on one day is spent of it.
    lacking = lacking.sort_values(
        ["earned_on", "points"], ascending=[True, False], kind="stable"
    )
    refused: dict[str, str] = {}
    for account, of in lacking.groupby("account_id"):
        with database.transaction():
            for row in of.to_dict("records"):
                if why := _refused(database, company_id, str(account), row):
                    refused[row["source_ref"]] = why
    note_refused(database, company_id, refused | changed(known, earned))
    return moved + len(lacking) - len(refused) + len(taken_back)


def _refused(
    database: psycopg.Connection, company_id: str, account: str, row: dict[Any, Any]
) -> str | None:
    """Write an entry, or say why it cannot be."""
    if pd.isna(row["points"]):
        return UNPRICED
    award = _award(account, row)
    if award.points > 0:
        ledger.earn(database, company_id, award)
        return None
    try:
        ledger.redeem(database, company_id, award)
    except PointsRefused as refusal:
        return reason_of(refusal)
    return None


def _award(account: str, row: dict[Any, Any]) -> Award:
    points = int(row["points"])
    return Award(
        account_id=account,
        kind="earn" if points > 0 else "redeem",
        points=points,
        rule_id=row["rule_id"],
        source_ref=row["source_ref"],
        occurred_at=datetime.combine(row["earned_on"], time(12), UTC),
        recorded_by=_BY if points > 0 else "file",
    )


_REDEEMED = """
    select spent.account_id, spent.reward_id as rule_id,
        spent.redemption_id as source_ref,
        -coalesce(spent.points, rules.points) as points,
        spent.redeemed_on as earned_on
    from marts.points_redemptions as spent
    left join marts.points_rules as rules
        on rules.company_id = spent.company_id
        and rules.rule_id = spent.reward_id and rules.rule_kind = 'reward'
    where spent.company_id = %(company)s
"""
_REFERRAL_RULE = """
    select rule_id, points, starts_on from marts.points_rules
    where company_id = %(company)s and rule_kind = 'earn' and rule_id = 'referral'
        and starts_on is not null
"""
# A month counts once it is over; an account's answers of one day are one. A feature
# is adopted by whoever has it in the plan.
_EARNED = """
    with earned as (
        select account_id, 'usage_month' as rule_id,
            to_char(month, 'YYYY-MM') as thing,
            (month + interval '1 month - 1 day')::date as earned_on
        from (
            select distinct account_id,
                date_trunc('month', activity_date::timestamp) as month
            from marts.account_user_days where company_id = %(company)s
        ) as months
        where month + interval '1 month - 1 day' <= (
            select max(as_of_date) from predictions.account_health
            where company_id = %(company)s
        )
        union all
        select account_id, 'feature_adopted', feature, min(activity_date)
        from marts.account_feature_days
        where company_id = %(company)s and is_in_plan
        group by account_id, feature
        union all
        select distinct account_id, 'feedback', contact_date::text, contact_date
        from marts.account_contacts
        where company_id = %(company)s and contact_kind in ('answer', 'support_csat')
    )
    select earned.account_id, earned.rule_id,
        earned.account_id || '/' || earned.thing as source_ref,
        rules.points, earned.earned_on
    from earned
    inner join marts.points_rules as rules on rules.rule_id = earned.rule_id
    where rules.company_id = %(company)s and rules.rule_kind = 'earn'
        and earned.earned_on >= rules.starts_on
"""
