"""From when on it can be told whether the queue works, by those who are waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ml_assets.sentences import Sentence

__all__ = ["Side", "says_too_early", "sides_of"]


@dataclass(frozen=True)
class Side:
    """Accounts of one side of the lot.

    ``count`` of those who have had their time, ``due_on`` the day on which each of the
    others will have had it, in any order.
    """

    count: int
    due_on: Sequence[date]

    def enough_on(self, least: int) -> date | None:
        """The day on which ``least`` have had their time; None if more must come."""
        lacking = least - self.count
        if lacking <= 0:
            return date.min
        if len(self.due_on) < lacking:
            return None
        return sorted(self.due_on)[lacking - 1]


def sides_of(
    entries: pd.DataFrame, counts: Sequence[int], days: int, today: date
) -> tuple[Side, Side]:
    """Those acted on, and those watched, by entries whose outcome is not known yet.

    Parameters
    ----------
    entries
        ``opened_on`` (date) and ``is_watched`` of these; who had their ``days`` by
        ``today``, and of whom nothing is known, waits for nothing.
    counts
        How many of each have had their time.
    """
    due_on: tuple[list[date], list[date]] = ([], [])
    for opened_on, is_watched in zip(
        entries["opened_on"], entries["is_watched"], strict=True
    ):
        day = opened_on + timedelta(days=days)
        if day > today:
            due_on[bool(is_watched)].append(day)
    return Side(counts[0], due_on[0]), Side(counts[1], due_on[1])


def says_too_early(acted: Side, watched: Side, least: int) -> Sentence:
    """That there are not ``least`` on each side, and when there are."""
    return Sentence(
        "queue.too_early",
        "Cannot be told yet: {acted} acted on and {watched} only watched have had "
        "their time; {least} of each are needed. {when}",
        acted=acted.count,
        watched=watched.count,
        least=least,
        when=_says_when(acted, watched, least),
    )


def _says_when(acted: Side, watched: Side, least: int) -> Sentence:
    """Whether those on the queue make ``least`` on each side, and when."""
    days = [side.enough_on(least) for side in (acted, watched)]
    known = [day for day in days if day is not None]
    if len(known) == len(days):
        return Sentence(
            "queue.enough_on",
            "Those who came in already are enough on {day}.",
            day=max(known),
        )
    waiting = (*acted.due_on, *watched.due_on)
    if not waiting:
        return Sentence(
            "queue.nobody_waits", "Nobody else has come in since the queue began."
        )
    return Sentence(
        "queue.first_on",
        "{acted} acted on and {watched} only watched are in theirs, the first until "
        "{day}; more have to come in.",
        acted=len(acted.due_on),
        watched=len(watched.due_on),
        day=min(waiting),
    )
