"""The days of a company: two years of history and two months still to come."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sandbox.simulation.companies import Company

__all__ = ["FUTURE_DAYS", "HISTORY_DAYS", "REMEMBERED", "Timeline"]

HISTORY_DAYS: Final = 730
FUTURE_DAYS: Final = 60
REMEMBERED: Final = timedelta(days=40)
_DAY: Final = 86_400
_HOUR: Final = 3_600

Ints = npt.NDArray[np.int64]
Dates: TypeAlias = list[date]


@dataclass(frozen=True)
class Timeline:
    """Day 0 is `HISTORY_DAYS` before the anchor; day `history` is the anchor.

    Days are the company's own; `anchor` is its today when the world was made, and
    the day before is the last one that is complete.
    """

    company: Company
    anchor: date
    history: int = HISTORY_DAYS
    future: int = FUTURE_DAYS

    @property
    def days(self) -> int:
        """All days, those to come included."""
        return self.history + self.future

    @property
    def first_day(self) -> date:
        """Day 0."""
        return self.anchor - timedelta(days=self.history)

    @property
    def as_of_date(self) -> date:
        """The last complete day."""
        return self.anchor - timedelta(days=1)

    @property
    def known_until(self) -> datetime:
        """When the anchor begins at the company: what came before is history."""
        return self.midnight(self.history)

    @property
    def remembered_from(self) -> datetime:
        """The clock can go back to here; versions superseded before are not kept."""
        return self.known_until - REMEMBERED

    def date(self, day: int) -> date:
        """The date of a day."""
        return self._dates[day]

    def midnight(self, day: int) -> datetime:
        """When a day begins at the company, in UTC."""
        return self._midnights[day]

    def moments(self, days: Ints, seconds: Ints) -> Ints:
        """Unix seconds of local clock times, given as day and second of the day.

        A time skipped when summer begins is as long after midnight as it says.
        """
        offsets = self._offsets[days, seconds // _HOUR]
        epoch = int(datetime.combine(self.first_day, time(), UTC).timestamp())
        return np.asarray(epoch + days * _DAY + seconds - offsets)

    @cached_property
    def _dates(self) -> Dates:
        return [self.first_day + timedelta(days=day) for day in range(self.days)]

    @cached_property
    def _midnights(self) -> list[datetime]:
        zone = self.company.zone
        return [
            datetime.combine(day, time(), zone).astimezone(UTC) for day in self._dates
        ]

    @cached_property
    def _offsets(self) -> Ints:
        """Seconds the local clock is ahead of UTC, shape (days, 24)."""
        zone = self.company.zone
        return np.array(
            [
                [
                    int(
                        datetime.combine(day, time(hour), zone)
                        .utcoffset()  # type: ignore[union-attr]
                        .total_seconds()
                    )
                    for hour in range(24)
                ]
                for day in self._dates
            ]
        )
