"""Accounts of Cuaderno: who joins, what goes wrong, who leaves and who comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.lives import Stay, Trouble, live

__all__ = ["PLANS", "PRICES", "TRIAL_DAYS", "Account", "Terms", "simulate_accounts"]

PRICES: Final = {"basico": 9, "equipo": 15, "empresa": 24}
"""EUR per seat and month, by plan."""
PLANS: Final = tuple(PRICES)
"""From the least to the most: each can do what those before it can."""
TRIAL_DAYS: Final = 14

_SEATS: Final = {"basico": (1, 3), "equipo": (2, 4), "empresa": (3, 6)}
_TRIED: Final = 0.6
_ANNUAL: Final = 0.2
_CHANGES_A_DAY: Final = 1 / 260
_CHANGES: Final = {"seat_more": 0.5, "plan_up": 0.2, "seat_less": 0.2, "plan_down": 0.1}
_COMES_BACK: Final = 0.12


@dataclass(frozen=True)
class Terms:
    """What is paid for from a day on."""

    since: date
    plan: str
    seats: int

    @property
    def monthly(self) -> int:
        """EUR a month."""
        return PRICES[self.plan] * self.seats


@dataclass(frozen=True)
class Account:
    """An account and its life: one stay, or two of who came back.

    ``engagement`` is the chance that a person of it works on a working day; who tried
    it first did from ``tried_on`` on.
    """

    account_id: str
    number: int
    tried_on: date | None
    is_annual: bool
    engagement: float
    cs_manager: str
    stays: tuple[Stay, ...]
    troubles: tuple[Trouble, ...]
    terms: tuple[Terms, ...]

    @property
    def joined_on(self) -> date:
        """From when on it paid."""
        return self.stays[0].began_on

    @property
    def signed_up_on(self) -> date:
        """From when on it was there, trying or paying."""
        return self.tried_on or self.joined_on

    @property
    def left_on(self) -> date | None:
        """The first day on which it was gone, for good or not."""
        return self.stays[0].left_on

    def is_here(self, day: date) -> bool:
        """Whether it pays on a day."""
        return any(one.is_on(day) for one in self.stays)

    def terms_on(self, day: date) -> Terms:
        """What it pays for on a day, or paid for last."""
        return [self.terms[0], *(one for one in self.terms if one.since <= day)][-1]

    def trouble_on(self, day: date) -> Trouble | None:
        """What is wrong on a day."""
        return next((t for t in self.troubles if t.since <= day < t.until), None)


def simulate_accounts(
    count: int, first_day: date, last_day: date, rng: np.random.Generator
) -> list[Account]:
    """They join one by one from the first day on, when nobody is there."""
    days = np.sort(rng.integers(0, (last_day - first_day).days, count))
    return [
        _account(number, first_day + timedelta(days=int(day)), last_day, rng)
        for number, day in enumerate(days)
    ]


def _account(
    number: int, joined_on: date, last_day: date, rng: np.random.Generator
) -> Account:
    plan = str(rng.choice(PLANS, p=(0.45, 0.4, 0.15)))
    is_annual = bool(rng.random() < _ANNUAL)
    first, troubles = live(joined_on, last_day, rng, is_annual=is_annual, is_first=True)
    stays = [first]
    if first.left_on and rng.random() < _COMES_BACK:
        began = first.left_on + timedelta(days=int(rng.integers(40, 150)))
        if began < last_day:
            again, more = live(began, last_day, rng, is_annual=is_annual)
            stays, troubles = [first, again], troubles + more
    begun = Terms(joined_on, plan, int(rng.integers(*_SEATS[plan])))
    return Account(
        account_id=f"cta_{number:04}",
        number=number,
        tried_on=joined_on - timedelta(days=TRIAL_DAYS)
        if rng.random() < _TRIED
        else None,
        is_annual=is_annual,
        engagement=float(rng.beta(7, 7)),
        cs_manager=str(rng.choice(("", "Ana", "Bruno", "Carla", "Diego"))),
        stays=tuple(stays),
        troubles=tuple(troubles),
        terms=(begun, *_changes(begun, stays, last_day, rng, is_annual=is_annual)),
    )


def _changes(
    begun: Terms,
    stays: list[Stay],
    last_day: date,
    rng: np.random.Generator,
    *,
    is_annual: bool,
) -> Iterator[Terms]:
    """Seats and plans that grow, and some that shrink; of no year that is paid for."""
    now, day = begun, begun.since
    until = stays[-1].left_on or last_day
    while not is_annual:
        day += timedelta(days=int(rng.geometric(_CHANGES_A_DAY)))
        if day >= until:
            return
        kind = str(rng.choice(list(_CHANGES), p=list(_CHANGES.values())))
        changed = _changed(now, day, kind)
        if changed and any(one.is_on(day) and one.began_on < day for one in stays):
            now = changed
            yield now


def _changed(now: Terms, day: date, kind: str) -> Terms | None:
    """A change, where there is one to be made; none gives up half of what was paid."""
    place = PLANS.index(now.plan)
    if kind == "seat_more":
        return Terms(day, now.plan, now.seats + 1)
    if kind == "seat_less" and now.seats > 2:
        return Terms(day, now.plan, now.seats - 1)
    step = {"plan_up": 1, "plan_down": -1}.get(kind, 0)
    if step and 0 <= place + step < len(PLANS):
        return Terms(day, PLANS[place + step], now.seats)
    return None
