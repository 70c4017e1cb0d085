"""Dates and times as exports write them, read to the instant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from taps.tap_files.problems import RowRejected
from taps.tap_files.values.written_dates import (
    AT,
    as_mail,
    numbered,
    with_month_name,
    without_zone,
)

__all__ = ["DAY_FIRST", "MONTH_FIRST", "Moment", "MomentReader", "moment_reader"]
__all__ += ["is_open_date", "order_named", "order_shown_by"]

DAY_FIRST, MONTH_FIRST = "DD/MM/YYYY", "MM/DD/YYYY"


class Moment(NamedTuple):
    """A point in time.

    Attributes
    ----------
    instant : ISO 8601 in UTC; sorts as text.
    local_date : ISO date in the company's time zone.
    is_date_only : the file gave no time, and local midnight was taken.
    clock_change : "skipped" for a local time that never was, "repeated" for one
        that was twice (the first is taken), else "".
    """

    instant: str
    local_date: str
    is_date_only: bool
    clock_change: str


MomentReader = Callable[[str], Moment]
"""text -> Moment; raises RowRejected."""

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[T ](\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*"
    r"(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})"
    rf"(?:[T ,]+{AT}(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:\.\d+)?)?"
    r"(?:\s*([ap])\.?\s?m\.?|\s*hs?\.?|\s*Uhr)?)?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:(?P<day>[dtjg]{1,2})[/.-](?P<month>m{1,2})"
    r"|(?P<first>m{1,2})[/.-](?P<second>[dtjg]{1,2}))[/.-](?:[ayj]{2}){1,2}\b",
    re.IGNORECASE,
)
"""How dates are written, as a header names it: ``Fecha (dd/mm/aaaa)``."""
_YEARS = range(1900, 2101)
_PIVOT = 69
"""Two-digit years up to 68 are of this century, as POSIX reads them."""
_EMPTY = date(1970, 1, 1)
"""Spreadsheets write an empty date as 1900, programs as this day."""
_IS_EMPTY = "the date is before 1970, as an empty one is written"


class _EmptyDate(Exception):
    """The date is that of an empty cell."""


def order_shown_by(text: str) -> str | None:
    """The order of day and month that a written date proves, or None."""
    match = _SLASHED.fullmatch(without_zone(text)[0])
    if match is None or len(match[1]) > 2:
        return None
    first, second = int(match[1]), int(match[3])
    if first > 12 >= second or match[2] == ".":
        return DAY_FIRST
    return MONTH_FIRST if second > 12 >= first else None


def order_named(header: str) -> str | None:
    """The order of day and month that a header names, or None."""
    match = _NAMED.search(header)
    if match is None:
        return None
    return DAY_FIRST if match["day"] else MONTH_FIRST


def is_open_date(text: str) -> bool:
    """Whether day and month could be swapped and give another date."""
    match = _SLASHED.fullmatch(without_zone(text)[0])
    if match is None or len(match[1]) > 2 or match[2] == ".":
        return False
    return match[1].zfill(2) != match[3].zfill(2) and order_shown_by(text) is None


def moment_reader(
    time_zone: ZoneInfo,
    order: str,
    written_in: ZoneInfo | None = None,
    *,
    is_year_first: bool = False,
) -> MomentReader:
    """A reader of dates for one file.

    Parameters
    ----------
    time_zone : zone of the company's days.
    order : DAY_FIRST or MONTH_FIRST, for dates with slashes.
    written_in : zone of the times without an offset, if it is another.
    is_year_first : whether the file writes its years first and whole, so that a date
        with a short one is a piece of another cell.
    """

    @lru_cache(maxsize=20_000)
    def read(text: str) -> Moment:
        try:
            if is_year_first and _is_short(text):
                raise ValueError(text)
            return _moment(*_parse(text, order), time_zone, written_in or time_zone)
        except (ValueError, OverflowError):
            raise RowRejected("the date cannot be read") from None
        except _EmptyDate:
            raise RowRejected(_IS_EMPTY) from None

    return read


def _is_short(text: str) -> bool:
    """Whether a date is written with two digits of its year."""
    match = _SLASHED.fullmatch(text)
    return match is not None and max(len(match[1]), len(match[3])) < len("2026")


def _parse(text: str, order: str) -> tuple[datetime, bool]:
    """The written time, naive or with its offset, and whether it is a date only."""
    if iso := _ISO.fullmatch(text):
        return _parse_iso(*iso.groups())
    if slashed := _SLASHED.fullmatch(text):
        return _parse_slashed(slashed, order)
    if told := numbered(text) or as_mail(text):
        return told
    plain, offset = without_zone(text)
    if offset is not None and any(kind.fullmatch(plain) for kind in (_ISO, _SLASHED)):
        written, is_date_only = _parse(plain, order)
        zone = None if is_date_only else written.tzinfo or offset
        return written.replace(tzinfo=zone), is_date_only
    if named := with_month_name(plain):
        midnight, (hour, minute, second, half) = named
        if hour is None:
            return midnight, True
        clock = time(_hours(int(hour), half), int(minute or 0), int(second or 0))
        return datetime.combine(midnight, clock, offset), False
    raise ValueError(text)


def _parse_iso(
    day: str, clock: str | None, offset: str | None
) -> tuple[datetime, bool]:
    if clock is None:
        return datetime.combine(date.fromisoformat(day), time()), True
    hour, rest = clock.replace(",", ".").split(":", 1)
    written = datetime.fromisoformat(f"{day}T{hour.zfill(2)}:{rest}")
    if offset is None:
        return written, False
    zone = "+00:00" if offset[0] not in "+-" else offset
    return datetime.fromisoformat(f"{written.isoformat()}{zone}"), False


def _parse_slashed(match: re.Match[str], order: str) -> tuple[datetime, bool]:
    first, separator, second, third, hour, minute, seconds, half = match.groups()
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    elif order == DAY_FIRST or separator == ".":
        year, month, day = _year(third), int(second), int(first)
    else:
        year, month, day = _year(third), int(first), int(second)
    if hour is None:
        return datetime(year, month, day), True
    hours = _hours(int(hour), half)
    return datetime(year, month, day, hours, int(minute), int(seconds or 0)), False


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    if len(text) != 2:
        raise ValueError(text)
    return year + (2000 if year < _PIVOT else 1900)


def _hours(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _moment(
    written: datetime, is_date_only: bool, time_zone: ZoneInfo, written_in: ZoneInfo
) -> Moment:
    if written.year not in _YEARS:
        raise ValueError(written.year)
    if written.date() <= _EMPTY:
        raise _EmptyDate
    clock_change = ""
    if written.tzinfo is None:
        # A day without a time is a day of the company, wherever it was written down.
        written = written.replace(tzinfo=time_zone if is_date_only else written_in)
        clock_change = _clock_change(written)
    instant = written.astimezone(UTC)
    local = instant.astimezone(time_zone)
    return Moment(
        instant.isoformat(), local.date().isoformat(), is_date_only, clock_change
    )


def _clock_change(local: datetime) -> str:
    """Compare the offsets before and after: they differ only around a change."""
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None or before == after:
        return ""
    return "skipped" if before < after else "repeated"
