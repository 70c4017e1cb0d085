"""Past events: how many registered, how many came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_assets.webinars.errors import InvalidEvents

__all__ = ["Events", "Floats"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Events:
    """Events in the order they took place.

    Attributes
    ----------
    registrants, shows
        Shape (events,): people registered at the start, and of them those who came.
    series
        What each belongs to: a course, a monthly format. An event without a series has
        one of its own.

    Raises
    ------
    InvalidEvents
        Nobody registered for an event, or more came than registered.
    """

    registrants: Floats
    shows: Floats
    series: tuple[str, ...]

    @classmethod
    def of(
        cls, registrants: Sequence[int], shows: Sequence[int], series: Sequence[str]
    ) -> Events:
        """Events of plain counts."""
        return cls(
            np.asarray(registrants, dtype=np.float64),
            np.asarray(shows, dtype=np.float64),
            tuple(series),
        )

    def __post_init__(self) -> None:
        """Refuse what cannot be, naming the event."""
        _check(self)

    def __len__(self) -> int:
        """How many."""
        return len(self.series)

    def first(self, count: int) -> Events:
        """Those that took place first."""
        return Events(self.registrants[:count], self.shows[:count], self.series[:count])

    def by_series(self) -> Iterator[tuple[str, Floats, Floats]]:
        """Each series with the registrants and shows of its events."""
        names = np.asarray(self.series, dtype=object)
        for name in dict.fromkeys(self.series):
            mine = names == name
            yield name, self.registrants[mine], self.shows[mine]


def _check(events: Events) -> None:
    n, k = events.registrants, events.shows
    if not len(n) == len(k) == len(events.series):
        raise InvalidEvents("Registrants, shows and series are of other lengths.")
    good = (n >= 1) & (k >= 0) & (k <= n)
    if not good.all():
        at = int(np.flatnonzero(~good)[0])
        raise InvalidEvents(
            f"Event {at + 1} has {k[at]:.0f} shows of {n[at]:.0f} registrants: count "
            "who registered before the start, and of these who came."
        )
