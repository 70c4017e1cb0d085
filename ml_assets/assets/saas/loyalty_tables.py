"""What is said of loyalty, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from ml_assets.assets.spoken import in_spanish
from ml_assets.subscriptions.loyalty import TIERS, Tier, preview, tiers_of
from ml_assets.subscriptions.points import standing_of
from ml_assets.subscriptions.referral_rewards import referrals_of
from orchestration.lib.activation.points.entries import Entry
from orchestration.lib.activation.points.lots import Lots

__all__ = ["account_referrals", "loyalty_tables"]

_SOON_DAYS: Final = 30


def loyalty_tables(
    accounts: pd.DataFrame,
    entries: pd.DataFrame,
    rules: pd.DataFrame,
    referrals: pd.DataFrame,
    tiers: Sequence[Tier] = TIERS,
) -> dict[str, pd.DataFrame]:
    """Rows of each table of loyalty, as of the day the accounts were scored.

    Parameters
    ----------
    accounts
        ``account_id``, ``as_of_date``, ``months_active``, ``feature_adoption_ratio``,
        ``engagement_level``, and what the review before left.
    entries
        Of `ops.points_entries`, by account and number.
    rules
        Rewards: ``rule_id``, ``points``, ``value_amount``.
    referrals
        Of `account_referrals`.
    tiers
        Of `tiers_by_rules`.
    """
    today = accounts["as_of_date"].max()
    as_of: dict[str, Any] = {"as_of_date": today}
    reviewed = _reviewed(accounts, today.replace(day=1), tiers)
    ledger = [Entry(**row) for row in _plain(entries)]
    balances, uses = _points(ledger, today)
    return {
        "account_loyalty": reviewed.merge(balances, on="account_id", how="left")
        .fillna({"points_balance": 0, "points_expiring_30d": 0})
        .astype({"points_balance": int, "points_expiring_30d": int})
        .assign(**as_of),
        "loyalty_tiers": _tiers(accounts, reviewed, tiers).assign(**as_of),
        "points_standing": _standing(entries, uses, rules, pd.Timestamp(today)).assign(
            **as_of
        ),
        "account_referrals": referrals.assign(**as_of),
    }


def _reviewed(
    accounts: pd.DataFrame, month: Any, tiers: Sequence[Tier]
) -> pd.DataFrame:
    """The review of the month; asked again in it, the same review by newer data."""
    is_again = accounts["reviewed_month"] == month
    before = accounts.assign(
        tier=accounts["tier_before"].where(is_again, accounts["tier"]),
        months_below=accounts["months_below_before"].where(
            is_again, accounts["months_below"]
        ),
    )
    found = tiers_of(before, tiers)
    return pd.DataFrame(
        {
            "account_id": found["account_id"],
            "reviewed_month": month,
            "tier_before": _or_none(before["tier"]),
            "months_below_before": before["months_below"].fillna(0).astype(int),
            "tier": _or_none(found["tier"]),
            "months_below": found["months_below"],
            "next_tier": _or_none(found["next_tier"]),
            "lacks_en": [" ".join(map(str, one)) or None for one in found["lacks"]],
            "lacks_es": [in_spanish(one) for one in found["lacks"]],
            "months_active": accounts["months_active"],
        }
    )


def _tiers(
    accounts: pd.DataFrame, reviewed: pd.DataFrame, tiers: Sequence[Tier]
) -> pd.DataFrame:
    found = preview(accounts, tiers)
    held = reviewed["tier"].value_counts()
    return pd.DataFrame(
        {
            "tier": found["tier"],
            "place": range(1, len(tiers) + 1),
            "account_count": found["account_count"],
            "held_count": [int(held.get(tier, 0)) for tier in found["tier"]],
            "reached_count": found["reached_count"],
            "lack_months_count": found["months"],
            "lack_adoption_count": found["adoption"],
            "lack_engagement_count": found["engagement"],
        }
    )


def _points(ledger: Sequence[Entry], today: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Balances by account; of what was earned the month, and when it was redeemed."""
    rows: list[dict[str, Any]] = []
    uses: list[tuple[Any, Any, int]] = []
    by_account: dict[str, list[Entry]] = {}
    for entry in ledger:
        by_account.setdefault(entry.account_id, []).append(entry)
    for account, entries in by_account.items():
        lots, earned = Lots(), {}
        for entry in entries:
            before = {lot.entry_id: lot.remaining for lot in lots.lots.values()}
            lots.take(entry)
            day = entry.occurred_at.replace(tzinfo=None)
            if entry.kind == "earn":
                earned[entry.entry_id] = day
                uses.append((day, None, entry.points))
            elif entry.kind == "adjust":
                # Of an account that was merged, on the day it had earned them.
                earned[entry.entry_id] = day
            elif entry.kind == "redeem":
                uses += [
                    (earned.get(number, day), day, left - lots.lots[number].remaining)
                    for number, left in before.items()
                    if left > lots.lots[number].remaining
                ]
        soon = today + timedelta(days=_SOON_DAYS)
        rows.append(
            {
                "account_id": account,
                "points_balance": entries[-1].balance_after,
                "points_expiring_30d": sum(
                    lot.remaining
                    for lot in lots.lots.values()
                    if lot.expires_at is not None and lot.expires_at.date() <= soon
                ),
            }
        )
    names = ["account_id", "points_balance", "points_expiring_30d"]
    told = ["earned_month", "used_month", "points"]
    return pd.DataFrame(rows, columns=names), pd.DataFrame(uses, columns=told)


def _standing(
    entries: pd.DataFrame,
    uses: pd.DataFrame,
    rules: pd.DataFrame,
    today: pd.Timestamp,
) -> pd.DataFrame:
    rewards = {
        row["rule_id"]: (int(row["points"]), row["value_amount"])
        for row in rules.to_dict("records")
    }
    found = standing_of(entries, uses, rewards, today)
    return pd.DataFrame(
        [
            {
                "earned_points": found.earned,
                "redeemed_points": found.redeemed,
                "expired_points": found.expired,
                "outstanding_points": found.outstanding,
                "owed_points": found.debt,
                "redemption_ratio": found.redemption,
                "is_redemption_assumed": found.is_assumed,
                "point_value": found.value and found.value.value,
                "point_value_lower": found.value and found.value.least,
                "point_value_upper": found.value and found.value.most,
                "provision_amount": found.provision,
            }
        ]
    )


def account_referrals(touches: pd.DataFrame, today: date) -> pd.DataFrame:
    """Rows of `referrals_of` as of a day, of `marts.account_referral_touches`."""
    days = ("touch_date", "signed_up_date", "first_settled_date")
    told = touches.assign(**{name: pd.to_datetime(touches[name]) for name in days})
    found = referrals_of(told, pd.Timestamp(today))
    return found.assign(referred_on=pd.to_datetime(found["referred_on"]).dt.date)


def _plain(entries: pd.DataFrame) -> list[dict[str, Any]]:
    """Records with None where there is nothing: numbers of some became NaN."""
    return [
        {str(k): None if pd.isna(v) else v for k, v in row.items()}
        for row in entries.astype(object).to_dict("records")
    ]


def _or_none(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), None)
