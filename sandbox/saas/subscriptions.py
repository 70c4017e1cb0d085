"""Subscriptions of Cuaderno's accounts: trials, changes, ends and returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import PRICES, TRIAL_DAYS, Account, Terms
from sandbox.saas.lives import Stay

__all__ = ["Trial", "gifts", "subscriptions", "trials"]

Row = Mapping[str, object]
Trial = tuple[str, date]
"""The account that tries, and since when."""
_CANCELLED: Final = "cancelled"


def subscriptions(one: Account) -> Iterator[Row]:
    """A row per version: as it began, and from each change on.

    A trial is a version before those that are paid for; who comes back has another
    subscription.
    """
    for number, stay in enumerate(one.stays):
        name = f"sub_{one.number:04}" + ("_2" if number else "")
        began = one.signed_up_on if not number else stay.began_on
        terms = _terms(one, stay)
        row = {
            "subscription_id": name,
            "account_id": one.account_id,
            "interval": "year" if one.is_annual else "month",
            "currency_code": "EUR",
            "started_at": began,
            "ended_at": stay.left_on or "",
        }
        if began < stay.began_on:
            tried = {"status": "trialing", "trial_ends_at": stay.began_on}
            yield {**row, **_priced(one, terms[0]), **tried, "effective_from": began}
        for at, each in enumerate(terms, start=1):
            is_last = bool(stay.left_on) and at == len(terms)
            yield {
                **row,
                **_priced(one, each),
                "status": _CANCELLED if is_last else "active",
                "effective_from": each.since,
                "trial_ends_at": "",
            }


def trials(
    count: int, first_day: date, last_day: date, rng: np.random.Generator
) -> Iterator[tuple[Trial, Row]]:
    """Who tried it and never paid."""
    span = (last_day - first_day).days - TRIAL_DAYS
    for number, day in enumerate(np.sort(rng.integers(0, span, count))):
        began = first_day + timedelta(days=int(day))
        account = f"cta_t{number:04}"
        yield (
            (account, began),
            {
                "subscription_id": f"sub_t{number:04}",
                "account_id": account,
                "plan": "basico",
                "interval": "month",
                "unit_amount": PRICES["basico"],
                "currency_code": "EUR",
                "started_at": began,
                "ended_at": began + timedelta(days=TRIAL_DAYS),
                "quantity": 1,
                "status": _CANCELLED,
                "effective_from": began,
                "trial_ends_at": began + timedelta(days=TRIAL_DAYS),
            },
        )


def gifts(count: int, first_day: date) -> Iterator[Row]:
    """Who pays nothing: friends of the house, who are no customers."""
    for number in range(count):
        yield {
            "subscription_id": f"sub_g{number:04}",
            "account_id": f"cta_g{number:04}",
            "plan": "equipo",
            "interval": "month",
            "unit_amount": PRICES["equipo"],
            "discount_percent": 100,
            "currency_code": "EUR",
            "started_at": first_day,
            "quantity": 2,
            "status": "active",
            "effective_from": first_day,
        }


def _terms(one: Account, stay: Stay) -> list[Terms]:
    """What was paid for while it stayed, from the first day of it on."""
    first = one.terms_on(stay.began_on)
    later = [each for each in one.terms if each.since > stay.began_on]
    return [
        Terms(stay.began_on, first.plan, first.seats),
        *(each for each in later if stay.is_on(each.since)),
    ]


def _priced(one: Account, terms: Terms) -> Row:
    return {
        "plan": terms.plan,
        "quantity": terms.seats,
        "unit_amount": PRICES[terms.plan] * (12 if one.is_annual else 1),
    }
