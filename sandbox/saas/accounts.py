"""Accounts of Cuaderno: who joins, what goes wrong, and who leaves because of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

__all__ = ["CAUSES", "PRICES", "Account", "Trouble", "simulate_accounts"]

CAUSES: Final = ("onboarding", "support", "price", "features", "competition", "payment")
_SHARES: Final = (0.3, 0.22, 0.12, 0.13, 0.08, 0.15)
PRICES: Final = {"basico": 9, "equipo": 15, "empresa": 24}
"""EUR per seat and month, by plan."""

_TROUBLED_A_DAY: Final = 1 / 420
_LEAVES: Final = 0.7
_UPGRADES: Final = 0.2
_RECOVERS_DAYS: Final = 75


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with an account from a day on, until it leaves or recovers."""

    cause: str
    since: date
    until: date


@dataclass(frozen=True)
class Account:
    """An account and its life; ``left_on`` is the day on which it ends, if it does.

    ``engagement`` is the chance that a person of it works on a working day; from
    ``upgraded_on`` on it pays for a seat more.
    """

    account_id: str
    number: int
    joined_on: date
    plan: str
    seats: int
    is_annual: bool
    engagement: float
    cs_manager: str
    troubles: tuple[Trouble, ...]
    left_on: date | None
    cause: str | None
    upgraded_on: date | None

    @property
    def monthly(self) -> int:
        """EUR a month at the end, or on its last day."""
        return PRICES[self.plan] * (self.seats + bool(self.upgraded_on))

    def trouble_on(self, day: date) -> Trouble | None:
        """What is wrong on a day."""
        return next((t for t in self.troubles if t.since <= day < t.until), None)


def simulate_accounts(
    count: int, first_day: date, last_day: date, rng: np.random.Generator
) -> list[Account]:
    """Half are there on the first day, the others join one by one."""
    span = (last_day - first_day).days
    joins = np.sort(rng.integers(0, span, count) * (rng.random(count) < 0.5))
    return [
        _account(number, first_day + timedelta(days=int(day)), last_day, rng)
        for number, day in enumerate(joins)
    ]


def _account(
    number: int, joined_on: date, last_day: date, rng: np.random.Generator
) -> Account:
    plan = str(rng.choice(list(PRICES), p=(0.45, 0.4, 0.15)))
    is_annual = bool(rng.random() < 0.2)
    troubles = tuple(_troubles(joined_on, last_day, rng))
    left_on, cause = None, None
    for trouble in troubles:
        if rng.random() < _LEAVES:
            left_on, cause = _end(joined_on, trouble.until, is_annual), trouble.cause
            break
    if left_on is not None and left_on > last_day:
        left_on, cause = None, None
    upgraded_on = _upgrade(joined_on, left_on or last_day, is_annual, rng)
    return Account(
        account_id=f"cta_{number:04}",
        number=number,
        joined_on=joined_on,
        plan=plan,
        seats=int(
            rng.integers(*{"basico": (1, 3), "equipo": (2, 4)}.get(plan, (3, 6)))
        ),
        is_annual=is_annual,
        engagement=float(rng.beta(6, 4)),
        cs_manager=str(rng.choice(("", "Ana", "Bruno", "Carla"))),
        troubles=troubles,
        left_on=left_on,
        cause=cause,
        upgraded_on=upgraded_on,
    )


def _upgrade(
    joined_on: date, until: date, is_annual: bool, rng: np.random.Generator
) -> date | None:
    """One in five who pays by the month takes a seat more, not before 60 days."""
    day = joined_on + timedelta(days=60 + int(rng.exponential(200)))
    is_one = rng.random() < _UPGRADES and not is_annual
    return day if is_one and day < until else None


def _troubles(
    joined_on: date, last_day: date, rng: np.random.Generator
) -> Iterator[Trouble]:
    day = joined_on
    while (day := day + timedelta(days=int(rng.exponential(1 / _TROUBLED_A_DAY)))) < (
        last_day
    ):
        until = day + timedelta(days=int(rng.integers(35, _RECOVERS_DAYS)))
        yield Trouble(str(rng.choice(CAUSES, p=_SHARES)), day, until)
        day = until


def _end(joined_on: date, decided_on: date, is_annual: bool) -> date:
    """Who pays by the year stays until the year is over."""
    if not is_annual:
        return decided_on
    years = (decided_on - joined_on).days // 365 + 1
    return joined_on + timedelta(days=365 * years + years // 4)
