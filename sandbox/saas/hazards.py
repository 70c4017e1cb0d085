"""Why accounts of Cuaderno leave: what is true, day by day.

An account is calm or in one trouble. Each day it may come into trouble, get over it, or
leave; days know nothing of the days before. Troubles are seen in the files: seats that
stay away, tickets, payments that fail. Other causes to leave are seen nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

__all__ = ["FAILS_TO_START", "TROUBLES", "UNSEEN", "Rates", "leaving_chance", "told"]


@dataclass(frozen=True)
class Rates:
    """Chance a day to come into a trouble, and of who is in it to leave or recover."""

    enters: float
    leaves: float
    recovers: float


TROUBLES: Final[Mapping[str, Rates]] = {
    "onboarding": Rates(0, 0.011, 0.006),
    "support": Rates(1 / 1_900, 0.012, 0.006),
    "features": Rates(1 / 2_200, 0.009, 0.005),
    "payment": Rates(1 / 2_500, 0.020, 0.010),
}
UNSEEN: Final[Mapping[str, float]] = {"price": 0.00028, "competition": 0.00012}
"""Chance a day, of who pays by the month, to leave for what no file tells."""
FAILS_TO_START: Final = 0.2
"""Share of accounts whose onboarding fails: they begin in that trouble."""
RENEWS: Final = {"calm": 0.88, "troubled": 0.3}
"""Chance that who pays by the year stays for another; within the year nobody leaves."""

_STATES: Final = (None, *TROUBLES)


@lru_cache(maxsize=4096)
def leaving_chance(
    trouble: str | None, days: int, renewal_in: int | None = None
) -> float:
    """True chance to have left in so many days, of who is in a trouble or in none.

    Parameters
    ----------
    renewal_in
        Days until the year that is paid for is over; None of who pays by the month.
    """
    start = np.eye(len(_STATES))[_STATES.index(trouble)]
    if renewal_in is None:
        there = start @ np.linalg.matrix_power(_stays(), days)
        return float(1 - there.sum())
    if renewal_in > days:
        return 0.0
    there = start @ np.linalg.matrix_power(_moves(), renewal_in - 1)
    stays = there[0] * RENEWS["calm"] + there[1:].sum() * RENEWS["troubled"]
    return float(1 - stays)


def told() -> dict[str, Any]:
    """All of it, as the truth tells it."""
    return {
        "troubles": {name: asdict(one) for name, one in TROUBLES.items()},
        "unseen": dict(UNSEEN),
        "fails_to_start_share": FAILS_TO_START,
        "renews": RENEWS,
    }


def _moves() -> np.ndarray:
    """Chance of each state a day later, of each that nobody leaves."""
    moves = np.eye(len(_STATES))
    for at, one in enumerate(TROUBLES.values(), start=1):
        moves[0, at], moves[at, 0] = one.enters, one.recovers
        moves[0, 0] -= one.enters
        moves[at, at] -= one.recovers
    return moves


def _stays() -> np.ndarray:
    """The same, less who leaves."""
    leaves = [0.0, *(one.leaves for one in TROUBLES.values())]
    return _moves() - np.diag(np.array(leaves) + sum(UNSEEN.values()))
