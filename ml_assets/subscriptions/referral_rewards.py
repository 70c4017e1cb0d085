"""Which account referred which, whether that has earned a reward, and doubts of it."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from ml_assets.subscriptions.referral_flags import FLAGS, referral_flags
from ml_assets.subscriptions.referrals import attribute, reward_state

__all__ = ["CAP_PER_MONTH", "referrals_of"]

CAP_PER_MONTH: Final = 10
"""Referrals of an account and month beyond which somebody looks."""

_COLUMNS: Final = (
    *("referred_account_id", "referrer_account_id", "attributed_by", "referred_on"),
    *("touch_count", "paid_invoice_count", "reward_state", "flags", "flag_score"),
    *("needs_review", "referral_code"),
)


def referrals_of(touches: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """A row per account that somebody is credited with.

    Parameters
    ----------
    touches
        Rows of `marts.account_referral_touches`; days as datetime.

    Returns
    -------
    pandas.DataFrame
        ``referred_account_id``, ``referrer_account_id``, ``attributed_by`` (code or
        click), ``referred_on``, ``touch_count``, ``paid_invoice_count``,
        ``reward_state`` (waiting, due, reversed), ``flags`` (names), ``flag_score``,
        ``needs_review``, ``referral_code`` (of the touch that counts; None where it
        tells none). Nothing is due by itself that needs a review.
    """
    rows = []
    known = touches[touches["signed_up_date"].notna()]
    for account, of in known.groupby("referred_account_id"):
        row = _referral(str(account), of, today)
        if row:
            rows.append(row)
    if not rows:
        return pd.DataFrame(columns=list(_COLUMNS))
    found = pd.DataFrame(rows)
    flagged = referral_flags(
        found.rename(
            columns={
                "referrer_account_id": "referrer_id",
                "referred_account_id": "referred_id",
                "referred_on": "referred_at",
            }
        ).assign(**dict.fromkeys(_UNKNOWN))
    )
    names = list(FLAGS)
    beyond = _beyond_cap(found)
    told = [
        [name for name in names if row[name]] + ["over_cap"] * over
        for row, over in zip(flagged.to_dict("records"), beyond, strict=True)
    ]
    return found.assign(
        flags=pd.Series(told, found.index, dtype=object),
        referral_code=pd.Series(
            [row["referral_code"] for row in rows], found.index, dtype=object
        ),
        flag_score=flagged["score"],
        needs_review=flagged["to_review"] | beyond,
    )[list(_COLUMNS)]


# No file tells these; what is unknown raises nothing.
_UNKNOWN: Final = tuple(
    f"{who}_{what}"
    for who in ("referrer", "referred")
    for what in ("email", "device_id", "payment_fingerprint", "ip_address", "tax_id")
)


def _referral(
    account: str, touches: pd.DataFrame, today: pd.Timestamp
) -> dict[str, Any] | None:
    first = touches.iloc[0]
    signup, until = pd.Timestamp(first["signed_up_date"]), first["was_customer_until"]
    paid_from = first["first_paid_date"]
    told = touches.rename(
        columns={"referrer_account_id": "referrer_id", "touch_kind": "kind"}
    ).sort_values("touched_at")
    referred = attribute(
        signup,
        told.assign(touched_at=told["touch_date"]),
        account_id=account,
        was_customer_until=None if pd.isna(until) else pd.Timestamp(until),
        was_customer_from=None if pd.isna(paid_from) else pd.Timestamp(paid_from),
    )
    if referred.referrer_id is None:
        return None
    paid = first["first_settled_date"]
    state = reward_state(
        paid_invoice_count=int(first["paid_invoice_count"]),
        days_since_first_paid=None
        if pd.isna(paid)
        else float((today - pd.Timestamp(paid)).days),
        is_undone=bool(first["is_refunded"]) or bool(touches["was_merged"].any()),
    )
    return {
        "referred_account_id": account,
        "referrer_account_id": referred.referrer_id,
        "attributed_by": referred.by,
        "referral_code": referred.code,
        "referred_on": signup,
        "touch_count": len(touches),
        "paid_invoice_count": int(first["paid_invoice_count"]),
        "reward_state": state,
        "is_on_coupon_site": bool(touches["is_on_coupon_site"].any()),
        "was_ever_active": first["was_ever_active"],
    }


def _beyond_cap(found: pd.DataFrame) -> pd.Series:
    month = found["referred_on"].dt.to_period("M")
    order = found.sort_values(["referred_on", "referred_account_id"])
    place = order.groupby([order["referrer_account_id"], month]).cumcount()
    return place.reindex(found.index) >= CAP_PER_MONTH
