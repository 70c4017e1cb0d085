"""Rows and files that cover several days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from taps.tap_files.problems import RowRejected
from taps.tap_files.settings import AUTO
from taps.tap_files.values.moments import DAY_FIRST, moment_reader

__all__ = ["LONGEST_DAYS", "both_ends", "last_day_of", "period_above"]

LONGEST_DAYS = 366
_BETWEEN = re.compile(
    r"\s+(?:-|\u2013|\u2014|to|al?|hasta|until)\s+|\s*(?:~|\u2013|\u2014)\s*"
    # 17/03/2025-23/03/2025
    r"|(?<=[/.]\d{4})-(?=\d{1,2}[/.]\d)",
    re.I,
)
_LEADING = re.compile(
    r"^(?:from|desde|del?|period|periodo|período|date range)[:\s]+", re.I
)


def both_ends(text: str) -> tuple[str, str] | None:
    """The two dates of ``2025-01-01 - 2025-01-31``, as written; None of one date."""
    parts = _BETWEEN.split(_LEADING.sub("", text.strip()))
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else None


def last_day_of(first: date, kind: str) -> date:
    """The last day of the week or month that begins on a day."""
    if kind == "week":
        return first + timedelta(days=6)
    next_month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return next_month - timedelta(days=1)


def period_above(above: Sequence[str], date_format: str) -> Mapping[str, str] | None:
    """The period that a line above the header names, as constants of a spend file."""
    order = DAY_FIRST if date_format == AUTO else date_format
    read = moment_reader(ZoneInfo("UTC"), order)
    for line in above:
        ends = both_ends(line.strip("\"' "))
        if ends is None:
            continue
        try:
            first, last = (read(end.strip()).local_date for end in ends)
        except RowRejected:
            continue
        return {"spend_date": first, "period_end": last}
    return None
