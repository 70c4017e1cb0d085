"""How a stay of an account goes: troubles that come and go, and the day it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.hazards import FAILS_TO_START, RENEWS, TROUBLES, UNSEEN

__all__ = ["Stay", "Trouble", "live", "next_renewal"]

_DECIDES_DAYS: Final = 30


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with an account from a day on, until it leaves or recovers."""

    cause: str
    since: date
    until: date


@dataclass(frozen=True)
class Stay:
    """``left_on`` is the first day on which it is gone; none while it is there."""

    began_on: date
    left_on: date | None = None
    cause: str | None = None
    decided_on: date | None = None

    def is_on(self, day: date) -> bool:
        """Whether it is there on a day."""
        return self.began_on <= day and (self.left_on is None or day < self.left_on)

    def left_on_or_never(self) -> date:
        """The first day on which it is gone, far away while it is there."""
        return self.left_on or date.max


def next_renewal(began_on: date, day: date) -> date:
    """The day after another one on which a year that is paid for is over."""
    year = day.year - began_on.year
    return next(
        each
        for each in (_anniversary(began_on, year + more) for more in (0, 1))
        if each > day
    )


def live(
    began_on: date,
    last_day: date,
    rng: np.random.Generator,
    *,
    is_annual: bool,
    is_first: bool = False,
) -> tuple[Stay, list[Trouble]]:
    """A stay by the true hazards, up to the last day, with its troubles.

    Parameters
    ----------
    is_first
        Whether its onboarding is yet to come, which may fail.
    """
    fails = is_first and bool(rng.random() < FAILS_TO_START)
    state = "onboarding" if fails else None
    troubles: list[Trouble] = []
    since = began_on
    for day, becomes in _steps(began_on, state, rng, is_annual=is_annual):
        if state is not None and day > since:
            troubles.append(Trouble(state, since, min(day, last_day + _DAY)))
        if day > last_day:
            return Stay(began_on), troubles
        if becomes.startswith(_LEFT):
            cause = becomes.removeprefix(_LEFT)
            before = int(rng.integers(3, _DECIDES_DAYS))
            # Who decided did so once it was in the trouble it left for.
            least = since if cause == state else began_on
            decided = max(day - timedelta(days=before), least)
            return Stay(began_on, day, cause, decided), troubles
        state, since = becomes or None, day
    raise AssertionError


_DAY: Final = timedelta(days=1)
_LEFT: Final = "left for "


def _steps(
    began_on: date, state: str | None, rng: np.random.Generator, *, is_annual: bool
) -> Iterator[tuple[date, str]]:
    """Days on which something changes, and into what; without an end."""
    day = began_on
    while True:
        ways = _ways(state, is_annual=is_annual)
        total = sum(ways.values())
        change = day + timedelta(days=int(rng.geometric(total)))
        renewal = next_renewal(began_on, day) if is_annual else None
        if renewal is not None and renewal <= change:
            day = renewal
            if rng.random() >= RENEWS["troubled" if state else "calm"]:
                share = np.array(list(UNSEEN.values()))
                drawn = rng.choice(list(UNSEEN), p=share / share.sum())
                yield day, _LEFT + (state or str(drawn))
            continue
        share = np.array(list(ways.values())) / total
        state = str(rng.choice(list(ways), p=share)) or None
        day = change
        yield day, state or ""


def _ways(state: str | None, *, is_annual: bool) -> dict[str, float]:
    """Chance a day of each thing that may become of it; "" is calm."""
    if state is None:
        ways = {name: one.enters for name, one in TROUBLES.items() if one.enters}
    else:
        ways = {"": TROUBLES[state].recovers}
        if not is_annual:
            ways[_LEFT + state] = TROUBLES[state].leaves
    if not is_annual:
        ways |= {_LEFT + name: chance for name, chance in UNSEEN.items()}
    return ways


def _anniversary(began_on: date, year: int) -> date:
    """So many years later; of the 29th of February its last day."""
    try:
        return began_on.replace(year=began_on.year + year)
    except ValueError:
        return began_on.replace(year=began_on.year + year, day=28)
