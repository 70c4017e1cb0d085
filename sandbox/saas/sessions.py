"""Sessions in a product: what they say of each account, and the file of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sandbox.saas.accounts import Account
from sandbox.saas.features import FEATURES, VALUE

__all__ = ["Usage", "sessions_csv"]


@dataclass(frozen=True)
class Usage:
    """Sessions, each (n,), by account and day.

    ``day`` counts from ``first_day``; ``feature`` is a place in `FEATURES`.
    """

    first_day: date
    names: tuple[str, ...]
    account: np.ndarray
    day: np.ndarray
    person: np.ndarray
    minute: np.ndarray
    seconds: np.ndarray
    feature: np.ndarray

    @property
    def until(self) -> int:
        """The day after the last of a session."""
        return int(self.day.max(initial=-1)) + 1

    def months(self) -> set[tuple[str, date]]:
        """The first days of the months of use of each account."""
        starts = [each.replace(day=1) for each in _dates(self.first_day, self.until)]
        days = np.unique(np.stack([self.account, self.day], axis=1), axis=0).tolist()
        return {(self.names[one], starts[day]) for one, day in days}

    def first_uses(self) -> dict[tuple[str, str], date]:
        """The day on which each account used each feature first."""
        key = self.account * len(FEATURES) + self.feature
        # Sessions are in the order of their days.
        keys, first = np.unique(key, return_index=True)
        return {
            (
                self.names[int(one) // len(FEATURES)],
                FEATURES[int(one) % len(FEATURES)][0],
            ): self.first_day + timedelta(days=int(self.day[at]))
            for one, at in zip(keys, first, strict=True)
        }

    def values_reached(self, accounts: Sequence[Account]) -> int:
        """How many came to their first value, of those seen from their start."""
        if not self.day.size:
            return 0
        began = self.first_day + timedelta(days=int(self.day.min()))
        is_value = self.feature == VALUE
        pairs = np.stack([self.account[is_value], self.day[is_value]], axis=1)
        # Of an account the earliest stays, being the last that is told.
        first = dict(pairs[::-1].tolist())
        return sum(
            one.signed_up_on >= began
            and one.number in first
            and one.stays[0].left_on_or_never()
            > self.first_day + timedelta(days=first[one.number])
            for one in accounts
        )


def sessions_csv(usage: Usage) -> str:
    """The file of product events: who begins a session uses a feature in it."""
    dates = [str(each) for each in _dates(usage.first_day, usage.until)]
    clock = [f"T{each // 60:02}:{each % 60:02}:00Z" for each in range(24 * 60)]
    used = [f"Session Started,{name}" for name, _, _ in FEATURES]
    columns = (usage.account, usage.day, usage.person, usage.minute)
    rows = zip(
        *(each.tolist() for each in (*columns, usage.seconds, usage.feature)),
        strict=True,
    )
    told = "user_id,account_id,occurred_at,duration_seconds"
    lines = [
        f"m{at},{used[feature]},{usage.names[one]}_{person},{usage.names[one]},"
        f"{dates[day]}{clock[minute]},{seconds}"
        for at, (one, day, person, minute, seconds, feature) in enumerate(rows)
    ]
    return "\n".join([f"message_id,event,feature,{told}", *lines, ""])


def _dates(first_day: date, until: int) -> list[date]:
    return [first_day + timedelta(days=number) for number in range(until)]
