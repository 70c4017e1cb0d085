"""What referring brings: who refers, who of the referred pays and stays, the return."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from ml_assets.measurement.shares import newcombe_interval, wilson_interval

__all__ = ["KEPT_MONTHS", "referral_standing"]

KEPT_MONTHS: Final = 6
"""Age in months at which referred accounts are held against the others."""

_Z: Final = 1.959963984540054


def referral_standing(
    referrals: pd.DataFrame,
    months: pd.DataFrame,
    payouts: pd.DataFrame,
    margin_rate: float,
) -> dict[str, float | int | None]:
    """How referring fares, of one company.

    The return is an upper bound: it takes every referred account for one that would not
    have come by itself. Whether those stay longer than the others is no effect either.

    Parameters
    ----------
    referrals
        ``referred_account_id``, ``referrer_account_id``, ``referred_on`` (datetime),
        ``paid_invoice_count``.
    months
        Of months that are over: ``account_id``, ``month_start_date`` (datetime) and
        ``end_mrr``, above 0, in the company's currency.
    payouts
        ``payout_amount`` of each reward that was given, in the company's currency; NaN
        where no rate is known.
    margin_rate
        Gross margin (0-1); NaN where the company has not told it.

    Returns
    -------
    dict
        ``paying_account_count`` at the end of the last month, ``referrer_count`` of
        these that referred anybody, and their share; ``referred_count``,
        ``converted_count`` (a paid invoice or more), share and its 95 % interval;
        ``income_amount``: the month-end MRR of referred accounts since they came,
        ``margin_amount``, ``payout_amount``, ``unpriced_payout_count`` and ``roi`` =
        (margin - payouts) / payouts, None unless all of it is known; accounts that
        began and are still there at an age of six months, and shares, their difference
        and its 95 % interval (Newcombe).
    """
    referred = set(referrals["referred_account_id"])
    last = months["month_start_date"].max()
    paying = set(months.loc[months["month_start_date"] == last, "account_id"])
    referrers = paying & set(referrals["referrer_account_id"])
    converted = int((referrals["paid_invoice_count"] > 0).sum())
    lower, upper = wilson_interval(_ratio(converted, len(referred)), len(referred), _Z)
    return {
        "paying_account_count": len(paying),
        "referrer_count": len(referrers),
        "referrer_ratio": _known(_ratio(len(referrers), len(paying))),
        "referred_count": len(referred),
        "converted_count": converted,
        "conversion_ratio": _known(_ratio(converted, len(referred))),
        "conversion_ratio_lower": _known(float(lower)),
        "conversion_ratio_upper": _known(float(upper)),
        **_money(referrals, months, payouts, margin_rate),
        **_kept(months, referred),
    }


def _money(
    referrals: pd.DataFrame,
    months: pd.DataFrame,
    payouts: pd.DataFrame,
    margin_rate: float,
) -> dict[str, float | int | None]:
    told = months.merge(
        referrals[["referred_account_id", "referred_on"]],
        left_on="account_id",
        right_on="referred_account_id",
    )
    came = told["referred_on"].dt.to_period("M").dt.to_timestamp()
    income = float(told.loc[told["month_start_date"] >= came, "end_mrr"].sum())
    amounts = payouts["payout_amount"].astype(float)
    cost, unpriced = float(amounts.sum()), int(amounts.isna().sum())
    margin = income * margin_rate
    is_known = cost > 0 and not unpriced and not math.isnan(margin)
    return {
        "income_amount": round(income, 2),
        "margin_amount": None if math.isnan(margin) else round(margin, 2),
        "payout_amount": round(cost, 2),
        "unpriced_payout_count": unpriced,
        "roi": (margin - cost) / cost if is_known else None,
    }


def _kept(months: pd.DataFrame, referred: set[str]) -> dict[str, float | int | None]:
    """Accounts old enough, by whether they were referred; not who was there first."""
    first, last = months["month_start_date"].min(), months["month_start_date"].max()
    begun = months.groupby("account_id")["month_start_date"].min()
    begun = begun[begun > first]
    begun = begun[begun + pd.DateOffset(months=KEPT_MONTHS) <= last]
    there = set(zip(months["account_id"], months["month_start_date"], strict=True))
    kept = {
        account: (account, day + pd.DateOffset(months=KEPT_MONTHS)) in there
        for account, day in begun.items()
    }
    sides = {
        "referred": [kept[one] for one in kept if one in referred],
        "others": [kept[one] for one in kept if one not in referred],
    }
    ratio = {name: _ratio(sum(side), len(side)) for name, side in sides.items()}
    lower, upper = newcombe_interval(
        *(ratio["referred"], len(sides["referred"])),
        *(ratio["others"], len(sides["others"]), _Z),
    )
    return {
        "referred_begun_count": len(sides["referred"]),
        "referred_kept_ratio": _known(ratio["referred"]),
        "others_begun_count": len(sides["others"]),
        "others_kept_ratio": _known(ratio["others"]),
        "kept_difference_ratio": _known(ratio["referred"] - ratio["others"]),
        "kept_difference_lower": _known(float(lower)),
        "kept_difference_upper": _known(float(upper)),
    }


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
