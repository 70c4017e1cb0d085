"""When a report is due: in the company's time, and in that of the server.

Metabase sends by the clock of its report time zone, in whole hours. Half an hour
between the zones, or a first of the month that is another day there, cannot be said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["RHYTHMS", "Schedule", "UnsupportedSchedule", "shift"]

RHYTHMS = ("daily", "weekly", "monthly")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = timedelta(hours=1)
_FRAMES = {("first", 0): "first", ("first", -1): "last"}


class UnsupportedSchedule(ValueError):
    """Metabase has no schedule for that moment; the message says why."""


@dataclass(frozen=True)
class Schedule:
    """``day``: of the week for weekly, ``first`` for monthly, None for daily."""

    rhythm: str
    hour: int
    day: str | None = None

    def keys(self) -> dict[str, Any]:
        """As the channel of a subscription says it."""
        is_monthly = self.rhythm == "monthly"
        return {
            "schedule_type": self.rhythm,
            "schedule_hour": self.hour,
            "schedule_day": None if is_monthly else self.day,
            "schedule_frame": self.day if is_monthly else None,
        }


def shift(schedule: Schedule, own: str, server: str, now: datetime) -> Schedule:
    """Say a schedule of the zone ``own`` by the clock of the zone ``server``.

    It holds for the offsets of ``now`` (aware). Where only one of the zones changes
    its clock, the next apply after the change writes the new hour.

    Raises
    ------
    UnsupportedSchedule
    """
    try:
        there, here = (now.astimezone(ZoneInfo(zone)) for zone in (server, own))
    except ZoneInfoNotFoundError as unknown:
        raise UnsupportedSchedule(
            f"{unknown}: the server's or the company's zone"
        ) from None
    offset = (there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta())
    if offset % _HOUR:
        raise UnsupportedSchedule(
            f"{own} and the server's {server} are not whole hours apart: set "
            f"METABASE_TIME_ZONE to {own}"
        )
    days, hour = divmod(schedule.hour + offset // _HOUR, 24)
    if schedule.rhythm == "daily":
        return Schedule("daily", hour)
    if schedule.rhythm == "weekly":
        day = _DAYS[(_DAYS.index(schedule.day or "mon") + days) % 7]
        return Schedule("weekly", hour, day)
    frame = _FRAMES.get((schedule.day or "first", days))
    if frame is None:
        raise UnsupportedSchedule(
            f"the first of the month at {schedule.hour}:00 in {own} is another day of "
            f"the month in the server's {server}: set METABASE_TIME_ZONE to {own}"
        )
    return Schedule("monthly", hour, frame)
