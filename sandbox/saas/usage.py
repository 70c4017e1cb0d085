"""What people of Cuaderno's accounts do in the product: a line a session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import PLANS, TRIAL_DAYS, Account
from sandbox.saas.features import BEFORE, FEATURES, VALUE, levels, value_days
from sandbox.saas.lives import Trouble
from sandbox.saas.sessions import Usage
from sandbox.saas.subscriptions import Trial

__all__ = ["TRACKED_DAYS", "use"]

TRACKED_DAYS: Final = 420
"""Since when the product tells its events."""

_FADES_DAYS: Final = {"onboarding": 6, "support": 28, "features": 14, "payment": 40}
"""How fast those in a trouble stay away: to 37 % in so many days."""
_LEAST: Final = {"onboarding": 0.25, "support": 0.4, "features": 0.15, "payment": 0.5}
_NARROW: Final = {"onboarding": 0.35, "features": 0.3}
"""Share of the features they use that is left in a trouble."""
_BREADTH: Final = 0.8
_IDLE_SEATS: Final = 0.15
"""Share of seats, but the first, that are paid for and used by nobody."""
_AWAY_A_DAY: Final = 1 / 300
_AWAY_DAYS: Final = (7, 22)
"""Holidays: nobody comes, and nobody leaves for it."""
_TRIAL_CHANCE: Final = 0.35
_TRIES: Final = 0.5
"""Share of those who never pay that look at it at all."""


def use(
    accounts: Sequence[Account],
    trials: Sequence[Trial],
    last_day: date,
    rng: np.random.Generator,
) -> Usage:
    """Sessions of the days that are tracked, in their order, tries among them."""
    first_day = last_day - timedelta(days=TRACKED_DAYS - 1)
    places = _Places(len(accounts) + len(trials), first_day)
    for one in accounts:
        places.fill_account(one, last_day)
    for number, (_, began) in enumerate(trials, start=len(accounts)):
        if rng.random() < _TRIES:
            until = began + timedelta(days=TRIAL_DAYS)
            places.fill(number, began, until, _TRIAL_CHANCE)
    places.be_away(rng)
    account, day, person = _drawn(places, rng)
    begins = [(each - first_day).days for each in value_days(accounts, rng)]
    begins += [TRACKED_DAYS] * len(trials)
    size = account.size
    chance = places.chance[account, day]
    usual = 60 * (4 + 14 * chance) * rng.lognormal(0, 0.35, size)
    return Usage(
        first_day,
        (*(one.account_id for one in accounts), *(name for name, _ in trials)),
        account,
        day,
        person,
        # From eight to four, UTC.
        8 * 60 + rng.integers(0, 8 * 60, size),
        usual.astype(int),
        _features(places, account, day, np.array(begins), rng),
    )


class _Places:
    """What holds of each account and day, arrays of shape (accounts, days)."""

    def __init__(self, count: int, first_day: date) -> None:
        shape = (count, TRACKED_DAYS)
        self.first_day = first_day
        self.chance = np.zeros(shape)
        # Of who tries it one works, with what the least plan has.
        self.seats = np.ones(shape, dtype=np.int8)
        self.level = np.zeros(shape, dtype=np.int8)
        self.breadth = np.full(shape, _BREADTH)

    def fill(self, at: int, since: date, until: date, chance: float) -> None:
        """From a day up to another one, people work with a chance a working day."""
        self.chance[at, self._days(since, until)] = chance

    def fill_account(self, one: Account, last_day: date) -> None:
        """The stays of an account, with what changes and what goes wrong in them."""
        at, after = one.number, last_day + timedelta(days=1)
        if one.tried_on:
            self.fill(at, one.tried_on, one.joined_on, one.engagement)
        for stay in one.stays:
            self.fill(at, stay.began_on, stay.left_on or after, one.engagement)
        for terms in one.terms:
            days = self._days(terms.since, after)
            self.seats[at, days] = terms.seats
            self.level[at, days] = PLANS.index(terms.plan)
        for trouble in one.troubles:
            self._fade(at, trouble)

    def be_away(self, rng: np.random.Generator) -> None:
        """Some weeks in which nobody of an account comes."""
        begins = np.argwhere(rng.random(self.chance.shape) < _AWAY_A_DAY)
        for at, day in begins:
            self.chance[at, day : day + int(rng.integers(*_AWAY_DAYS))] = 0

    def _fade(self, at: int, trouble: Trouble) -> None:
        days = self._days(trouble.since, trouble.until)
        ages = np.arange(days.start, days.stop) - (trouble.since - self.first_day).days
        left = np.exp(-ages / _FADES_DAYS[trouble.cause])
        self.chance[at, days] *= np.maximum(left, _LEAST[trouble.cause])
        self.breadth[at, days] *= _NARROW.get(trouble.cause, 1)

    def _days(self, since: date, until: date) -> slice:
        first, last = (
            min(max((each - self.first_day).days, 0), TRACKED_DAYS)
            for each in (since, until)
        )
        return slice(first, last)


def _drawn(
    places: _Places, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Account, day and person of each session, by account and day."""
    days = np.arange(TRACKED_DAYS) + places.first_day.weekday()
    chance = places.chance * (days % 7 < 5)
    found = []
    for seat in range(int(places.seats.max(initial=0))):
        is_used = (rng.random((len(chance), 1)) >= _IDLE_SEATS) | (seat == 0)
        works = rng.random(chance.shape) < chance
        found.append(np.argwhere(works & is_used & (seat < places.seats)))
    rows = np.concatenate(
        [np.insert(each, 2, seat, axis=1) for seat, each in enumerate(found)]
    )
    order = np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))
    account, day, person = rows[order].T
    return account, day, person


def _features(
    places: _Places,
    account: np.ndarray,
    day: np.ndarray,
    begins: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """What is used in each session: of what the plan has, what is liked most often."""
    least = levels()
    liked = rng.permuted(np.tile(np.arange(len(FEATURES)), (len(begins), 1)), axis=1)
    level = places.level[account, day]
    has = np.stack([least <= each for each in range(len(PLANS))])
    # What a plan has comes first, in the order in which it is liked.
    orders = np.stack(
        [
            np.take_along_axis(
                liked, np.argsort(~has[each][liked], axis=1, kind="stable"), axis=1
            )
            for each in range(len(PLANS))
        ]
    )
    count = np.maximum(
        np.rint(places.breadth[account, day] * has.sum(axis=1)[level]), 1
    )
    place = (rng.random(account.size) ** 1.4 * count).astype(int)
    used = orders[level, account, place]
    used = np.where((used == VALUE) & (day < begins[account]), BEFORE, used)
    # The first session from the day of value on is a task.
    late = np.flatnonzero(day >= begins[account])
    _, first = np.unique(account[late], return_index=True)
    used[late[first]] = VALUE
    return used
