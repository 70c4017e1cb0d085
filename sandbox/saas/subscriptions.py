"""Subscriptions of Cuaderno's accounts, upgrades and trials among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import PRICES, Account

__all__ = ["subscriptions", "trials"]

_TRIAL_DAYS: Final = 14
Row = Mapping[str, object]


def subscriptions(one: Account) -> Iterator[Row]:
    """A row per version: as it began, and from an upgrade on."""
    row = {
        "subscription_id": f"sub_{one.number:04}",
        "account_id": one.account_id,
        "plan": one.plan,
        "interval": "year" if one.is_annual else "month",
        "unit_amount": PRICES[one.plan] * (12 if one.is_annual else 1),
        "currency_code": "EUR",
        "started_at": one.joined_on,
        "ended_at": one.left_on or "",
    }
    seats = {one.joined_on: one.seats}
    if one.upgraded_on:
        seats[one.upgraded_on] = one.seats + 1
    for number, (day, quantity) in enumerate(seats.items(), start=1):
        ended = one.left_on and number == len(seats)
        yield {
            **row,
            "quantity": quantity,
            "status": "cancelled" if ended else "active",
            "effective_from": day,
        }


def trials(
    count: int, first_day: date, last_day: date, rng: np.random.Generator
) -> Iterator[Row]:
    """Who tried it and never paid."""
    span = (last_day - first_day).days - _TRIAL_DAYS
    for number, day in enumerate(np.sort(rng.integers(0, span, count))):
        began = first_day + timedelta(days=int(day))
        yield {
            "subscription_id": f"sub_t{number:04}",
            "account_id": f"cta_t{number:04}",
            "plan": "basico",
            "interval": "month",
            "unit_amount": PRICES["basico"],
            "currency_code": "EUR",
            "started_at": began,
            "ended_at": began + timedelta(days=_TRIAL_DAYS),
            "quantity": 1,
            "status": "cancelled",
            "effective_from": began,
            "trial_ends_at": began + timedelta(days=_TRIAL_DAYS),
        }
