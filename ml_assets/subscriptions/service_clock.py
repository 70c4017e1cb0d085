"""How long a ticket waited by the clock of its tier, and whether that was in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.grading import Estimate, share

__all__ = ["Attainment", "Schedule", "Ticket", "attainment", "decide"]

Hours = tuple[dt.time, dt.time | None]
Verdict = Literal["met", "missed", "undecided"]
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """Hours in which support works, by local time.

    ``hours`` are half-open and by weekday (0 is Monday); an end of None is midnight.
    On ``holidays`` there are none. A day of 23 or 25 hours has as many.
    """

    zone: ZoneInfo
    hours: Mapping[int, Sequence[Hours]]
    holidays: Collection[dt.date] = field(default=frozenset())

    def __post_init__(self) -> None:
        for day, hours in self.hours.items():
            ends = [time for pair in hours for time in pair]
            inner = [time for time in ends[:-1] if time is not None]
            is_rising = all(one <= other for one, other in pairwise(inner))
            last_rises = not ends or ends[-1] is None or ends[-1] > inner[-1]
            if len(inner) != max(len(ends) - 1, 0) or not is_rising or not last_rises:
                raise InvalidSetting(f"hours of weekday {day} overlap or end early.")

    def worked(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Working time between two instants, both with a zone.

        Raises
        ------
        InvalidSetting
            An instant has no zone.
        """
        start, end = _utc(start), _utc(end)
        worked = dt.timedelta()
        for opens, closes in self._open(start, end):
            worked += max(min(closes, end) - max(opens, start), dt.timedelta())
        return worked

    def _open(
        self, start: dt.datetime, end: dt.datetime
    ) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Spans in UTC of every local day that is touched."""
        day = start.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            if day not in self.holidays:
                for opens, closes in self.hours.get(day.weekday(), ()):
                    ends_on = day if closes is not None else day + _DAY
                    yield (
                        self._instant(day, opens),
                        self._instant(ends_on, closes or dt.time()),
                    )
            day += _DAY

    def _instant(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)


@dataclass(frozen=True)
class Ticket:
    """First message of the customer, and first public reply of a person, if any."""

    asked_at: dt.datetime
    replied_at: dt.datetime | None


@dataclass(frozen=True)
class Attainment:
    """Tickets that must be decided, those met of them, and those that are too young."""

    met_count: int
    decided_count: int
    undecided_count: int
    ratio: Estimate


def decide(
    ticket: Ticket,
    target: dt.timedelta,
    as_of: dt.datetime,
    schedule: Schedule | None = None,
) -> Verdict:
    """Whether a ticket was answered in time.

    Open and older than the target it is missed; open and younger it is undecided, and
    in no rate. Only what was replied to would hide the worst.

    Parameters
    ----------
    target
        Of the tier: 2 hours, 1 hour or 30 minutes.
    schedule
        The business clock; None is the calendar's.
    """
    replied, as_of = ticket.replied_at and _utc(ticket.replied_at), _utc(as_of)
    is_open = replied is None or replied > as_of
    until = as_of if replied is None or is_open else replied
    if schedule is None:
        waited = _utc(until) - _utc(ticket.asked_at)
    else:
        waited = schedule.worked(ticket.asked_at, until)
    if waited > target:
        return "missed"
    return "undecided" if is_open else "met"


def attainment(verdicts: Sequence[Verdict]) -> Attainment:
    """Share met of those that are decided, with Wilson's interval."""
    met, missed = verdicts.count("met"), verdicts.count("missed")
    undecided = len(verdicts) - met - missed
    return Attainment(met, met + missed, undecided, share(met, met + missed))


def _utc(instant: dt.datetime) -> dt.datetime:
    """Two times of one zone are subtracted as if no clock were ever changed."""
    if instant.tzinfo is None:
        raise InvalidSetting("an instant needs a zone.")
    return instant.astimezone(dt.UTC)
