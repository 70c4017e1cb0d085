"""How far back a source keeps its days."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

__all__ = ["first_day_kept"]


def first_day_kept(today: date, months: int) -> date:
    """The oldest day to ask a source for that keeps so many months.

    One day is spared: the source's day may change while a long first read is going on.
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last)) + timedelta(days=1)
