"""The days a marketplace has been open, in Chile's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

__all__ = ["TIME_ZONE", "Period"]

TIME_ZONE: Final = ZoneInfo("America/Santiago")
# Hours people order at: around noon and in the evening.
_HOURS: Final = np.array(
    [2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 11, 9, 7, 6, 6, 7, 9, 11, 12, 10, 7, 4]
)


@dataclass(frozen=True)
class Period:
    """Whole local days, from the first to the last."""

    last_day: date
    days: int

    @property
    def first_day(self) -> date:
        """The first of the days."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def end(self) -> datetime:
        """The midnight after the last day."""
        return self.midnight(self.days)

    def midnight(self, day: int) -> datetime:
        """The moment a day begins, days counted from 0."""
        local = datetime.combine(self.first_day + timedelta(days=day), time())
        return local.replace(tzinfo=TIME_ZONE)

    def later(self, moment: datetime, span: timedelta) -> datetime:
        """So much later by the clock that has no summer time, to the second."""
        there = (moment.astimezone(UTC) + span).replace(microsecond=0)
        return there.astimezone(TIME_ZONE)

    def moment(self, day: int, rng: np.random.Generator) -> datetime:
        """A moment of a day, at an hour when people order."""
        hour = rng.choice(24, p=_HOURS / _HOURS.sum())
        seconds = 3600 * int(hour) + int(rng.integers(3600))
        # A day with a change of clocks may have an hour less: it stays in its day.
        last_second = self.midnight(day + 1).astimezone(UTC) - timedelta(seconds=1)
        moment = self.later(self.midnight(day), timedelta(seconds=seconds))
        return min(moment, last_second.astimezone(TIME_ZONE))
