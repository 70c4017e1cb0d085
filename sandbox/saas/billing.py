"""What Cuaderno charges: invoices that are paid, fail, are saved or are lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import Account
from sandbox.saas.lives import next_renewal

__all__ = ["billing"]

Row = Mapping[str, object]
_EVERY: Final = timedelta(days=30)
_FAILS_BY_CHANCE: Final = 0.05
"""A card that is declined once, of an account that is not in trouble."""
_TRIED_AGAIN: Final = (3, 7, 14)
_REASONS: Final = ("card_expired", "insufficient_funds", "declined")


def billing(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    """Invoices, and the attempts to pay them."""
    invoices: list[Row] = []
    payments: list[Row] = []
    for one in accounts:
        for number, (day, left_on) in enumerate(_bills(one, last_day)):
            end = min(left_on or last_day, last_day)
            failed, paid_on = _attempts(one, day, end, rng)
            key = f"inv_{one.number:04}_{number:02}"
            amount = one.terms_on(day).monthly * (12 if one.is_annual else 1)
            bill = {"invoice_id": key, "account_id": one.account_id}
            lost = "uncollectible" if left_on else "open"
            invoices.append(
                {
                    **bill,
                    "status": "paid" if paid_on else lost,
                    "amount_due": amount,
                    "currency_code": "EUR",
                    "issued_at": day,
                    "due_at": day,
                    "paid_at": paid_on or "",
                }
            )
            tried = [(each, "failed") for each in failed]
            tried += [(paid_on, "succeeded")] if paid_on else []
            payments += [
                {
                    "payment_id": f"{key}_{at}",
                    **bill,
                    "status": status,
                    "failure_reason": ""
                    if status == "succeeded"
                    else _REASONS[one.number % len(_REASONS)],
                    "amount": amount,
                    "currency_code": "EUR",
                    "attempted_at": when,
                }
                for at, (when, status) in enumerate(tried)
            ]
    return invoices, payments


def _bills(one: Account, last_day: date) -> Iterator[tuple[date, date | None]]:
    """Each day on which it is charged, and the one on which that stay ends."""
    for stay in one.stays:
        day = stay.began_on
        while day <= last_day and stay.is_on(day):
            yield day, stay.left_on
            day = next_renewal(stay.began_on, day) if one.is_annual else day + _EVERY


def _attempts(
    one: Account, day: date, end: date, rng: np.random.Generator
) -> tuple[list[date], date | None]:
    """Days on which it was tried in vain, and the day on which it was paid, if any."""
    trouble = one.trouble_on(day)
    if trouble is not None and trouble.cause == "payment":
        # Who recovers pays the day it does.
        paid_on = trouble.until if trouble.until < end else None
    elif rng.random() < _FAILS_BY_CHANCE:
        paid_on = day + timedelta(days=int(rng.integers(1, 10)))
        paid_on = paid_on if paid_on < end else None
    else:
        return [], day
    until = paid_on or end
    again = (day + timedelta(days=days) for days in _TRIED_AGAIN)
    return [day, *(each for each in again if each < until)], paid_on
