"""Who referred an account, and whether the referral has earned its reward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.reading import column_of

__all__ = ["Referred", "attribute", "reward_state"]

CLICK_DAYS: Final = 30
LAPSED_DAYS: Final = 180
_MATURE_INVOICES, _HOLD_DAYS = 2, 60

State = Literal["waiting", "due", "reversed"]
By = Literal["code", "click", "none"]


@dataclass(frozen=True)
class Referred:
    """Who is credited with an account, by what and which code; or why nobody is."""

    referrer_id: str | None
    by: By
    reason: str = ""
    code: str | None = None


def attribute(
    signup: pd.Timestamp,
    touches: pd.DataFrame,
    *,
    account_id: str,
    was_customer_until: pd.Timestamp | None = None,
    was_customer_from: pd.Timestamp | None = None,
) -> Referred:
    """The referrer of an account: its code, else the last click before it signed up.

    One account has one referrer, and who signed up already keeps it. Who is or was a
    customer less than 180 days before is not referred by what came after they became
    one, nor anybody by themselves.

    Parameters
    ----------
    touches
        ``referrer_id``, ``kind`` (``code`` used at signup, ``click`` on a link) and
        ``touched_at``; ``referral_code`` where it is known. All are to be stored, not
        only the one that counts.
    was_customer_until
        The last day as a customer; the day of signup or later if it is one.
    was_customer_from
        The first such day, where it is known: who pays may be listed only later.

    Raises
    ------
    InvalidAccounts
        A touch is of no known kind.
    """
    kind = column_of(touches, "kind")
    if not kind.isin(["code", "click"]).all():
        raise InvalidAccounts("a touch is a code or a click.")
    at = pd.to_datetime(column_of(touches, "touched_at"))
    if was_customer_until is not None:
        away = (signup - was_customer_until) / pd.Timedelta(days=1)
        if away < LAPSED_DAYS:
            if was_customer_from is None or not (at <= was_customer_from).any():
                return Referred(None, "none", "was a customer")
            # What came before the first payment sent them.
            signup = was_customer_from
    recent = at >= signup - pd.Timedelta(days=CLICK_DAYS)
    counts = (at <= signup) & ((kind == "code") | recent)
    known = touches[counts].assign(at=at[counts]).sort_values("at", kind="stable")
    others = known[known["referrer_id"] != account_id]
    # Of codes the first is the one that was used; of clicks the last.
    codes, clicks = (others[others["kind"] == one] for one in ("code", "click"))
    if len(codes):
        return _credited(codes.iloc[0], "code")
    if len(clicks):
        return _credited(clicks.iloc[-1], "click")
    return Referred(None, "none", "itself" if len(known) else "no touch")


def _credited(touch: pd.Series, by: By) -> Referred:
    code = touch.get("referral_code")
    told = None if code is None or pd.isna(code) else str(code)
    return Referred(str(touch["referrer_id"]), by, code=told)


def reward_state(
    *, paid_invoice_count: int, days_since_first_paid: float | None, is_undone: bool
) -> State:
    """Whether a reward is due: after the second paid invoice, or 60 days after a first.

    Parameters
    ----------
    days_since_first_paid
        None while nothing is paid.
    is_undone
        A refund, dispute, merge or verdict of fraud: what was given is taken back.
    """
    if is_undone:
        return "reversed"
    if paid_invoice_count >= _MATURE_INVOICES:
        return "due"
    has_held = days_since_first_paid is not None and (
        days_since_first_paid >= _HOLD_DAYS
    )
    return "due" if paid_invoice_count and has_held else "waiting"
