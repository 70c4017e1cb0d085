"""What points there are, and what they are worth, out of a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.liability import (
    MOST_TAIL,
    PointValue,
    cost_provision,
    point_value,
    ultimate_redemption,
)
from ml_assets.subscriptions.reading import Floats

__all__ = ["FEWEST_MONTHS", "Standing", "redemptions_by_age", "standing_of"]

FEWEST_MONTHS: Final = 6
"""Months of points before redemption is estimated; until then all is expected."""


@dataclass(frozen=True)
class Standing:
    """Points of all accounts; ``redemption`` is a share (0-1) of those earned.

    ``value`` and ``provision`` are None where no reward has a value.
    """

    earned: int
    redeemed: int
    expired: int
    outstanding: int
    debt: int
    redemption: Decimal
    is_assumed: bool
    value: PointValue | None
    provision: Decimal | None


def standing_of(
    entries: pd.DataFrame,
    uses: pd.DataFrame,
    rewards: Mapping[str, tuple[int, Decimal]],
    today: pd.Timestamp,
) -> Standing:
    """Outstanding points and what to provide for them (S3-PTS, definitions §8).

    Parameters
    ----------
    entries
        ``account_id``, ``kind``, ``points`` (negative when taken), ``rule_id``.
    uses
        Of what was earned, which month (datetime) it is of and when it was redeemed:
        ``earned_month``, ``used_month`` (NaT of the earning itself), ``points``.
    rewards
        Of each its points and value, where that is known.
    """
    balance = entries.groupby("account_id")["points"].sum()
    outstanding = int(balance[balance > 0].sum())
    share, is_assumed = _redemption(uses, today)
    redeemed = entries[entries["kind"] == "redeem"]
    mix = redeemed[redeemed["rule_id"].isin(list(rewards))]
    spent = (-mix.groupby("rule_id")["points"].sum()).astype(int).to_dict()
    value = (
        point_value(rewards, {str(k): v for k, v in spent.items()}) if rewards else None
    )
    kind, is_back = entries["kind"], entries["points"] > 0
    is_reversal = kind == "reverse"
    # What was taken back was not earned, and what was given back not redeemed.
    is_earned = (kind == "earn") | (is_reversal & ~is_back)
    is_redeemed = (kind == "redeem") | (is_reversal & is_back)
    return Standing(
        earned=int(entries.loc[is_earned, "points"].sum()),
        redeemed=-int(entries.loc[is_redeemed, "points"].sum()),
        expired=-int(entries.loc[kind == "expire", "points"].sum()),
        outstanding=outstanding,
        debt=-int(balance[balance < 0].sum()),
        redemption=share,
        is_assumed=is_assumed,
        value=value,
        provision=None
        if value is None
        else cost_provision(outstanding, cost=value.value, redemption=share),
    )


def redemptions_by_age(
    uses: pd.DataFrame, today: pd.Timestamp
) -> tuple[list[float], Floats]:
    """Points earned by month, and what was redeemed of them by age in months.

    Returns
    -------
    earned
        By month, the oldest first.
    redeemed
        Cumulated, shape (months, ages); NaN where a month is not as old. The month of
        today is not over and left out.
    """
    this = today.to_period("M")
    month = pd.to_datetime(uses["earned_month"]).dt.to_period("M")
    used = pd.to_datetime(uses["used_month"]).dt.to_period("M")
    months = sorted(month[month < this].unique())
    earned, rows = [], []
    for one in months:
        of = month == one
        earned.append(float(uses.loc[of & used.isna(), "points"].sum()))
        ages = (this - one).n
        row = np.full((this - months[0]).n, np.nan)
        for age in range(ages):
            until = of & used.notna() & (used <= one + age)
            row[age] = uses.loc[until, "points"].sum()
        rows.append(row)
    return earned, np.array(rows, dtype=np.float64)


def _redemption(uses: pd.DataFrame, today: pd.Timestamp) -> tuple[Decimal, bool]:
    """All are expected until there is a history: a liability is rather too large."""
    if uses.empty:
        return Decimal(1), True
    earned, redeemed = redemptions_by_age(uses, today)
    if len(earned) < FEWEST_MONTHS or not np.nansum(redeemed) or not sum(earned):
        return Decimal(1), True
    share = ultimate_redemption(earned, redeemed, tail=MOST_TAIL)
    return Decimal(str(round(share, 6))), False
