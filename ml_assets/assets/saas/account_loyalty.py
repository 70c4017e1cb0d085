"""Tiers of a company's accounts, their points and what those are worth, referrals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import numpy as np
import pandas as pd
import psycopg

from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.saas.loyalty_tables import account_referrals, loyalty_tables
from ml_assets.assets.saas.points_awards import (
    Told,
    award_points,
    earned_by_rules,
    redeemed_by_files,
)
from ml_assets.assets.table_rows import read_frame, replace_frame
from ml_assets.subscriptions.components import engagement_points
from ml_assets.subscriptions.loyalty import tiers_by_rules
from ml_assets.subscriptions.loyalty_retention import FOLLOWED_DAYS, tier_retention
from ml_assets.subscriptions.referral_return import referral_standing
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["account_loyalty", "review_loyalty"]

_SCHEMA = "predictions"
_TABLES = {
    "account_loyalty": (
        "Tier of each account that pays, what the next asks for, and its points. One "
        "row per company and account."
    ),
    "loyalty_tiers": (
        "How many accounts have each tier, and what keeps the others from it. One row "
        "per company and tier."
    ),
    "points_standing": (
        "Points that are out and what they are worth. One row per company."
    ),
    "account_referrals": (
        "Accounts that another referred, and whether that has earned a reward. One row "
        "per company and referred account."
    ),
    "referral_standing": (
        "Who refers, who of the referred pays and stays, and the return. One row "
        "per company that refers."
    ),
}
_MARTS = (
    *("account_contacts", "account_feature_days", "account_health_inputs"),
    *("account_referral_touches", "account_user_days", "points_rules"),
    *(
        "account_mrr_months",
        "account_mrr_periods",
        "companies",
        "loyalty_rules",
        "points_redemptions",
    ),
    *("merged_accounts", "reward_payouts"),
)


@dg.multi_asset(
    name="account_loyalty",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[
                [_SCHEMA, "account_health"],
                *(["marts", mart] for mart in _MARTS),
            ],
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version="7",
        )
        for table, description in _TABLES.items()
    ],
    partitions_def=company_days,
)
def account_loyalty(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Review the tiers, points and referrals of one company."""
    counts = review_loyalty(warehouse.url(), company_day.company_id(context))
    yield from with_row_counts(counts)


def review_loyalty(url: str, company_id: str) -> dict[str, int]:
    """Review a company's accounts; how many rows, by table.

    Raises
    ------
    CompanyRemoved, InvalidAccounts, InvalidSetting
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        accounts, rules, touches = (
            read_frame(database, query, company_id)
            for query in (_ACCOUNTS, _RULES, _TOUCHES)
        )
        tables: dict[str, Any] = dict.fromkeys(_TABLES, pd.DataFrame())
        if len(accounts):
            referrals = account_referrals(touches, accounts["as_of_date"].max())
            earned = earned_by_rules(database, company_id, referrals)
            spent = redeemed_by_files(database, company_id)
            if len(spent):
                earned = pd.concat([earned, spent]) if len(earned) else spent
            as_of = accounts["as_of_date"].max()
            entries = _entries(url, company_id, Told(earned, referrals, as_of))
            tiers = tiers_by_rules(read_frame(database, _TIERS, company_id))
            tables |= loyalty_tables(accounts, entries, rules, referrals, tiers)
            stayed = tier_retention(_before(database, company_id), tiers)
            tables["loyalty_tiers"] = tables["loyalty_tiers"].merge(stayed, on="tier")
            if len(referrals):
                standing = _referring(database, company_id, referrals)
                tables["referral_standing"] = standing.assign(
                    as_of_date=accounts["as_of_date"].max()
                )
        for table, found in tables.items():
            replace_frame(database, table, company_id, found)
    return {table: len(found) for table, found in tables.items()}


def _entries(url: str, company_id: str, told: Told) -> pd.DataFrame:
    """The ledger, with what rules give; it is the platform's own, no model's."""
    with connect(url, "orchestrator", autocommit=True) as ledger:
        award_points(ledger, company_id, told, datetime.now(UTC))
        return read_frame(ledger, _ENTRIES, company_id)


def _before(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Accounts as they were known then, and who of them was there after it."""
    query = _BEFORE.replace("followed_days", str(FOLLOWED_DAYS))
    found = read_frame(database, query, company_id)
    # Which clicks are of which account no file tells yet.
    told = found.assign(has_clicked_or_attended_60d=np.nan)
    return found.assign(engagement_level=engagement_points(told))


def _referring(
    database: psycopg.Connection, company_id: str, referrals: pd.DataFrame
) -> pd.DataFrame:
    months, payouts, told = (
        read_frame(database, query, company_id)
        for query in (_MONTHS, _PAYOUTS, _MARGIN)
    )
    rate = told["gross_margin_rate"].iloc[0]
    found = referral_standing(
        referrals.assign(referred_on=pd.to_datetime(referrals["referred_on"])),
        months.assign(
            month_start_date=pd.to_datetime(months["month_start_date"]),
            end_mrr=months["end_mrr"].astype(float),
        ),
        payouts,
        float("nan") if rate is None else float(rate),
    )
    return pd.DataFrame([found])


_MONTHS = """
    select account_id, month_start_date, end_mrr from marts.account_mrr_months
    where company_id = %(company)s and end_mrr > 0
"""
_PAYOUTS = """
    select payout_amount from marts.reward_payouts where company_id = %(company)s
"""
_MARGIN = """
    select gross_margin_rate from marts.companies where company_id = %(company)s
"""
_TIERS = """
    select tier, least_months, least_adoption, least_engagement
    from marts.loyalty_rules where company_id = %(company)s
"""
# What an account has paid until a day, by the calendar: what began on 28 November is
# three months on 28 February.
_MONTHS_ACTIVE = """(
            extract(year from tenure.held) * 12 + extract(month from tenure.held)
            + extract(day from tenure.held) / 31
        )::double precision as months_active"""
_TENURE = """cross join lateral (
        select age(rows.day, rows.day - sum(
            least(coalesce(periods.to_date, rows.day), rows.day) - periods.from_date
        )::integer) as held
        from marts.account_mrr_periods as periods
        where periods.company_id = rows.company_id
            and periods.account_id = rows.account_id
            and periods.mrr_amount > 0
            and periods.from_date <= rows.day
    ) as tenure"""


def _with_tenure(query: str, rows: str, day: str) -> str:
    """The query with `months_active` of its rows on their day, which it names."""
    tenure = _TENURE.replace("rows.day", f"{rows}.{day}").replace("rows.", f"{rows}.")
    told = query.replace("{months_active}", _MONTHS_ACTIVE)
    return told.replace("{tenure}", tenure)


_ACCOUNTS = _with_tenure(
    """
    select
        health.account_id,
        health.as_of_date,
        {months_active},
        inputs.feature_adoption_ratio,
        health.engagement_level,
        loyalty.reviewed_month,
        loyalty.tier_before,
        loyalty.months_below_before,
        loyalty.tier,
        loyalty.months_below
    from predictions.account_health as health
    inner join marts.account_health_inputs as inputs
        on health.company_id = inputs.company_id
        and health.account_id = inputs.account_id
        and health.as_of_date = inputs.scored_on
    {tenure}
    left join predictions.account_loyalty as loyalty
        on health.company_id = loyalty.company_id
        and health.account_id = loyalty.account_id
    where health.company_id = %(company)s
        and inputs.company_id = %(company)s
    order by health.account_id
""",
    "health",
    "as_of_date",
)
# The last Sunday that was scored and is that long ago; of who paid on it.
_BEFORE = _with_tenure(
    """
    select
        inputs.account_id,
        inputs.feature_adoption_ratio,
        inputs.is_contact_in_cadence,
        inputs.has_answered_survey,
        {months_active},
        exists (
            select 1 from marts.account_mrr_periods as later
            where later.company_id = inputs.company_id
                and later.account_id = inputs.account_id
                and later.mrr_amount > 0
                and later.from_date <= inputs.scored_on + followed_days
                and coalesce(later.to_date, 'infinity')
                > inputs.scored_on + followed_days
        ) as is_kept
    from marts.account_health_inputs as inputs
    {tenure}
    where inputs.company_id = %(company)s
        and inputs.mrr_amount > 0
        and inputs.scored_on = (
            select max(days.scored_on) from marts.account_health_inputs as days
            where days.company_id = %(company)s
                and days.is_sunday
                and days.scored_on + followed_days <= (
                    select max(health.as_of_date) from predictions.account_health
                        as health
                    where health.company_id = %(company)s
                )
        )
    order by inputs.account_id
""",
    "inputs",
    "scored_on",
)
_ENTRIES = """
    select entry_id, account_id, entry_number, occurred_at, kind, points,
        balance_after, rule_id, source_ref, reverses_entry_id, lot_entry_id,
        expires_at, recorded_by
    from ops.points_entries
    where company_id = %(company)s
    order by account_id, entry_number
"""
_RULES = """
    select rule_id, points, value_amount from marts.points_rules
    where company_id = %(company)s and rule_kind = 'reward'
        and value_amount is not null
"""
_TOUCHES = """
    select * from marts.account_referral_touches
    where company_id = %(company)s
    order by touched_at, touch_id
"""
