"""Cuaderno's loyalty: who referred whom, what points are given for, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from sandbox.saas.accounts import Account
from sandbox.saas.sessions import Usage

__all__ = [
    "Referral",
    "loyalty_rules",
    "loyalty_truth",
    "payouts",
    "points_rules",
    "redemptions",
    "referral_rules",
    "referrals",
    "touches",
]

Row = Mapping[str, object]
_REFERRED: Final = 0.3
_BY_CODE: Final = 0.6
_COUPON_SITE: Final = 0.2
_SETTLED_DAYS: Final = 60
_POINTS: Final = {
    "usage_month": 10,
    "feature_adopted": 5,
    "feedback": 25,
    "referral": 100,
}
_REWARDS: Final = {"credit": (100, 10), "upgrade_month": (500, 24), "course": (300, 45)}
_SENDERS: Final = 150
_POINTS_DAYS: Final = 150
"""Since when points are given."""
_SPENT_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True)
class Referral:
    """An account that another one brought; by a code at signup, or by a link."""

    referrer: Account
    referred: Account
    is_code: bool
    is_on_coupon_site: bool


def points_rules(last_day: date) -> list[Row]:
    """What earns points since they are given, and what they buy."""
    earn = [
        {"rule_id": name, "rule_kind": "earn", "points": points, "value_amount": ""}
        for name, points in _POINTS.items()
    ]
    rewards = [
        {"rule_id": name, "rule_kind": "reward", "points": cost, "value_amount": value}
        for name, (cost, value) in _REWARDS.items()
    ]
    return [
        *({**row, "starts_on": _points_since(last_day)} for row in earn),
        *({**row, "starts_on": ""} for row in rewards),
    ]


def loyalty_rules() -> list[Row]:
    """What each tier asks for: months, part of the features, points of engagement."""
    return [
        {"tier": "bronze", "least_months": 3},
        {"tier": "silver", "least_months": 6, "least_adoption": 0.8},
        {"tier": "gold", "least_months": 12, "least_engagement": 70},
    ]


def referral_rules() -> list[Row]:
    """A free month, a tenth of the MRR for a year, two milestones; and of who came."""
    return [
        {"referral_reward": "free_month", "reward_months": 1},
        {"referral_reward": "commission", "reward_months": 12, "commission_rate": 0.1},
        {
            "referral_reward": "milestone",
            "least_referrals": 5,
            "milestone_amount": 500,
        },
        {"referral_reward": "annual", "least_referrals": 20, "milestone_amount": 2000},
        {"referral_reward": "discount", "reward_months": 12, "commission_rate": 0.2},
        {"referral_reward": "upgrade", "reward_months": 3},
    ]


def payouts(
    found: Sequence[Referral], invoices: Sequence[Mapping[str, Any]], last_day: date
) -> list[Row]:
    """A free month of who referred, when the second invoice of who came was paid."""
    paid: dict[str, list[date]] = {}
    for invoice in invoices:
        if invoice["status"] == "paid":
            paid.setdefault(invoice["account_id"], []).append(invoice["paid_at"])
    rows: list[Row] = []
    for one in found:
        days = sorted(paid.get(one.referred.account_id, []))
        if len(days) > 1 and days[1] <= last_day and one.referrer.is_here(days[1]):
            rows.append(
                {
                    "payout_id": f"premio_{one.referred.account_id}",
                    "account_id": one.referrer.account_id,
                    "reward_kind": "free_month",
                    "payout_amount": one.referrer.terms_on(days[1]).monthly,
                    "paid_on": days[1],
                }
            )
    return rows


def referrals(
    accounts: Sequence[Account], first_day: date, rng: np.random.Generator
) -> list[Referral]:
    """Of those who joined later, about three in ten were sent by one who was there."""
    found = []
    for one in accounts:
        draws = rng.random(4)
        if one.signed_up_on <= first_day or draws[0] >= _REFERRED:
            continue
        there = [
            other
            for other in accounts[: one.number]
            if other.joined_on < one.signed_up_on and other.is_here(one.signed_up_on)
        ]
        if there:
            sender = there[int(draws[1] * min(len(there), _SENDERS))]
            is_code = bool(draws[2] < _BY_CODE)
            found.append(
                Referral(sender, one, is_code, bool(draws[3] < _COUPON_SITE) & is_code)
            )
    return found


def touches(found: Sequence[Referral]) -> list[Row]:
    """A click a week before signup, and the code on its day where one was used."""
    rows: list[Row] = []
    for number, one in enumerate(found):
        day = one.referred.signed_up_on
        kinds = [("click", day - timedelta(days=7))]
        kinds += [("code", day)] if one.is_code else []
        rows += [
            {
                "touch_id": f"ref_{number:03}_{kind}",
                "referrer_account_id": one.referrer.account_id,
                "referred_account_id": one.referred.account_id,
                "touch_kind": kind,
                "referral_code": f"AMIGO{one.referrer.number:04}",
                "touched_at": datetime.combine(on, time(9)),
                "is_on_coupon_site": one.is_on_coupon_site and kind == "code",
            }
            for kind, on in kinds
        ]
    return rows


def redemptions(
    usage: Usage, files: Mapping[str, Sequence[Mapping[str, Any]]], last_day: date
) -> list[Row]:
    """Of three accounts one spends a hundred points, a week after it had them."""
    earned: dict[str, list[tuple[date, int]]] = {}
    for account, day, points in _earned(usage, files, last_day):
        earned.setdefault(account, []).append((day, points))
    rows: list[Row] = []
    for account in sorted(earned)[::3]:
        points = 0
        for day, more in sorted(earned[account]):
            points += more
            spent_on = day + _SPENT_AFTER
            if points >= _REWARDS["credit"][0] and spent_on <= last_day:
                rows.append(
                    {
                        "redemption_id": f"canje_{account}",
                        "account_id": account,
                        "reward_id": "credit",
                        "redeemed_at": datetime.combine(spent_on, time(12)),
                    }
                )
                break
    return rows


def loyalty_truth(
    found: Sequence[Referral],
    usage: Usage,
    files: Mapping[str, Sequence[Mapping[str, Any]]],
    last_day: date,
) -> dict[str, int]:
    """How many referrals there are, how many have earned a reward, and all points."""
    paid: dict[str, list[date]] = {}
    for invoice in files["invoices"]:
        if invoice["status"] == "paid":
            paid.setdefault(invoice["account_id"], []).append(invoice["paid_at"])
    active = {usage.names[int(one)] for one in np.unique(usage.account)}
    due = [
        one
        for one in found
        if _is_due(paid.get(one.referred.account_id, []), last_day)
        # Somebody has to look at who came by a found code and never worked.
        and not (one.is_on_coupon_site and one.referred.account_id not in active)
    ]
    since = _points_since(last_day)
    by_referral = sum(one.referred.signed_up_on >= since for one in due)
    return {
        "referral_count": len(found),
        "referral_due_count": len(due),
        "redeemed_points": _REWARDS["credit"][0] * len(files["points_redemptions"]),
        "earned_points": _POINTS["referral"] * by_referral
        + sum(points for _, _, points in _earned(usage, files, last_day)),
    }


def _points_since(last_day: date) -> date:
    return last_day - timedelta(days=_POINTS_DAYS)


def _earned(
    usage: Usage, files: Mapping[str, Sequence[Mapping[str, Any]]], last_day: date
) -> list[tuple[str, date, int]]:
    """Account, day and points of what is earned by use and by answers."""
    answered = {
        (row["account_id"], row["answered_at"]) for row in files["survey_responses"]
    }
    told = [
        *((one, _last_of(month), "usage_month") for one, month in usage.months()),
        *(
            (one, day, "feature_adopted")
            for (one, _), day in usage.first_uses().items()
        ),
        *((one, day, "feedback") for one, day in answered),
    ]
    since = _points_since(last_day)
    return [
        (one, day, _POINTS[rule]) for one, day, rule in told if since <= day <= last_day
    ]


def _last_of(month: date) -> date:
    """The last day of a month, of its first."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _is_due(paid: Sequence[date], last_day: date) -> bool:
    """The second invoice is paid, or the first 60 days ago."""
    return len(paid) > 1 or (
        bool(paid) and (last_day - min(paid)).days >= _SETTLED_DAYS
    )
