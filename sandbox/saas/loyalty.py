"""Cuaderno's loyalty: who referred whom, what points are given for, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from sandbox.saas.accounts import Account

__all__ = [
    "POINTS_RULES",
    "Referral",
    "loyalty_truth",
    "redemptions",
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
POINTS_RULES: Final = (
    *(
        {
            "rule_id": name,
            "rule_kind": "earn",
            "points": points,
            "value_amount": "",
            "starts_on": date(2000, 1, 1),
        }
        for name, points in _POINTS.items()
    ),
    *(
        {
            "rule_id": name,
            "rule_kind": "reward",
            "points": points,
            "value_amount": value,
            "starts_on": "",
        }
        for name, (points, value) in _REWARDS.items()
    ),
)


@dataclass(frozen=True)
class Referral:
    """An account that another one brought; by a code at signup, or by a link."""

    referrer: Account
    referred: Account
    is_code: bool
    is_on_coupon_site: bool


def referrals(
    accounts: Sequence[Account], first_day: date, rng: np.random.Generator
) -> list[Referral]:
    """Of those who joined later, about three in ten were sent by one who was there."""
    found = []
    for one in accounts:
        there = [
            other
            for other in accounts
            if other.joined_on < one.joined_on
            and (other.left_on is None or other.left_on > one.joined_on)
        ]
        draws = rng.random(4)
        if one.joined_on > first_day and there and draws[0] < _REFERRED:
            sender = there[int(draws[1] * min(len(there), 12))]
            is_code = bool(draws[2] < _BY_CODE)
            found.append(
                Referral(sender, one, is_code, bool(draws[3] < _COUPON_SITE) & is_code)
            )
    return found


def touches(found: Sequence[Referral]) -> list[Row]:
    """A click a week before signup, and the code on its day where one was used."""
    rows: list[Row] = []
    for number, one in enumerate(found):
        day = one.referred.joined_on
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
    files: Mapping[str, Sequence[Mapping[str, Any]]], last_day: date
) -> list[Row]:
    """Of three accounts one spends a hundred points, a month after it had them."""
    earned: dict[str, list[tuple[date, int]]] = {}
    seen: set[tuple[str, str]] = set()
    for row in sorted(files["product_events"], key=lambda one: one["occurred_at"]):
        day, of = row["occurred_at"].date(), earned.setdefault(row["account_id"], [])
        month = (row["account_id"], f"{day:%Y-%m}")
        if month not in seen:
            of.append(((day.replace(day=1) + timedelta(days=31)), 10))
        adopted = (row["account_id"], row["feature"])
        if row["feature"] and adopted not in seen:
            of.append((day, _POINTS["feature_adopted"]))
        seen |= {month, adopted}
    rows: list[Row] = []
    for account in sorted(earned)[::3]:
        points = 0
        for day, more in sorted(earned[account]):
            points += more
            spent_on = day + timedelta(days=30)
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
    files: Mapping[str, Sequence[Mapping[str, Any]]],
    last_day: date,
) -> dict[str, int]:
    """How many referrals there are, how many have earned a reward, and all points."""
    paid: dict[str, list[date]] = {}
    for invoice in files["invoices"]:
        if invoice["status"] == "paid":
            paid.setdefault(invoice["account_id"], []).append(invoice["paid_at"])
    due = sum(_is_due(paid.get(one.referred.account_id, []), last_day) for one in found)
    events = [(row["account_id"], row) for row in files["product_events"]]
    months = {(key, row["occurred_at"].strftime("%Y-%m")) for key, row in events}
    this = (last_day + timedelta(days=1)).strftime("%Y-%m")
    adopted = {(key, row["feature"]) for key, row in events if row["feature"]}
    answered = {
        (row["account_id"], row["answered_at"]) for row in files["survey_responses"]
    }
    return {
        "referral_count": len(found),
        "referral_due_count": due,
        "redeemed_points": _REWARDS["credit"][0] * len(files["points_redemptions"]),
        "earned_points": _POINTS["usage_month"] * sum(m != this for _, m in months)
        + _POINTS["feature_adopted"] * len(adopted)
        + _POINTS["feedback"] * len(answered)
        + _POINTS["referral"] * due,
    }


def _is_due(paid: Sequence[date], last_day: date) -> bool:
    """The second invoice is paid, or the first 60 days ago."""
    return len(paid) > 1 or (
        bool(paid) and (last_day - min(paid)).days >= _SETTLED_DAYS
    )
