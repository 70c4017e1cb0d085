"""Registrants of events in groups that are alike, and how many of each came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml_assets.webinars.errors import InvalidEvents
from ml_assets.webinars.events import Floats

__all__ = ["TRAITS", "RegistrantGroups", "registrant_groups"]

#: The first features: logarithm of 1 + days since registration, and whether they came
#: to the last event they had registered for or stayed away (neither where it is their
#: first). A feature for each channel follows.
TRAITS: Final = ("lead_log_days", "came_last", "stayed_away")


@dataclass(frozen=True)
class RegistrantGroups:
    """Groups of registrants of some events.

    Attributes
    ----------
    features
        Shape (groups, features): `TRAITS`, then 1 for the channel they came by.
    registrants, shows
        Shape (groups,): people registered at the start, and of them those who came.
    event
        Shape (groups,): position of the event each group is of, ascending.
    series
        Of each event, in the order they took place.

    Raises
    ------
    InvalidEvents
        More of a group came than registered.
    """

    features: Floats
    registrants: Floats
    shows: Floats
    event: NDArray[np.int64]
    series: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        good = (self.shows >= 0) & (self.shows <= self.registrants)
        if not good.all():
            at = int(np.flatnonzero(~good)[0])
            raise InvalidEvents(
                f"{self.shows[at]:.0f} of {self.registrants[at]:.0f} registrants of a "
                f"group came to event {self.event[at] + 1}."
            )

    def __len__(self) -> int:
        """How many events."""
        return len(self.series)

    def of(self, events: Sequence[int]) -> RegistrantGroups:
        """Only some of the events, by their positions in ascending order."""
        wanted = np.isin(self.event, events)
        return RegistrantGroups(
            self.features[wanted],
            self.registrants[wanted],
            self.shows[wanted],
            np.searchsorted(np.asarray(events), self.event[wanted]),
            tuple(self.series[at] for at in events),
        )


def registrant_groups(groups: pd.DataFrame, webinars: pd.DataFrame) -> RegistrantGroups:
    """The groups of some webinars.

    Parameters
    ----------
    groups : DataFrame
        A row per webinar and group: `webinar_id`, `channel_id`, `lead_days` (mean of
        the group), `last_time` (`came`, `stayed_away` or `first`), `registrant_count`,
        `show_count`.
    webinars : DataFrame
        `webinar_id` and `series` of the webinars meant, in the order they took place.
    """
    place = {webinar: at for at, webinar in enumerate(webinars["webinar_id"])}
    told = groups[groups["webinar_id"].isin(place)]
    told = told.assign(event=told["webinar_id"].map(place)).sort_values("event")
    channels = sorted(set(told["channel_id"]))
    columns = (
        np.log1p(told["lead_days"].astype(float).clip(lower=0)),
        told["last_time"] == "came",
        told["last_time"] == "stayed_away",
        *(told["channel_id"] == each for each in channels),
    )
    return RegistrantGroups(
        features=np.column_stack([np.asarray(each, dtype=float) for each in columns]),
        registrants=told["registrant_count"].to_numpy(dtype=np.float64),
        shows=told["show_count"].to_numpy(dtype=np.float64),
        event=told["event"].to_numpy(dtype=np.int64),
        series=tuple(webinars["series"]),
    )
