"""Dates whose month is a word, or that are a number: ``12 ene 2025``, 45292."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache

from babel.dates import get_month_names

from taps.tap_files.wording import normalised

__all__ = [
    "AT",
    "as_mail",
    "month_alone",
    "numbered",
    "week_alone",
    "with_month_name",
    "without_zone",
]

_LOCALES = ("en", "es", "pt", "fr", "de", "it", "nl", "ca")
AT = r"(?:(?:at|a las?|às|as|um|à|alle|om|-|\u2013) )?"
"""What people write between a day and its time."""
_CLOCK = (
    rf"(?:[T ,]+{AT}(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:\.\d+)?)?"
    r"(?:\s*([ap])\.?\s?m\.?|\s*hs?\.?|\s*Uhr)?)?"
)
_WEEKDAY = r"(?:[^\W\d]{2,10}\.?,?\s+)?"
_DAY_FIRST = re.compile(
    _WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th|º)?[\s./-]+(?:de\s+)?([^\W\d]+)\.?[\s,./-]+"
    r"(?:del?\s+)?(\d{4}|\d{2})" + _CLOCK,
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    _WEEKDAY
    + r"([^\W\d]+)\.?[\s./-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s./-]+(\d{4}|\d{2})"
    + _CLOCK,
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    r"(\d{4})[\s./-]+([^\W\d]+)\.?[\s./-]+(\d{1,2})" + _CLOCK, re.IGNORECASE
)
_MONTH_ALONE = re.compile(
    # Spreadsheets write "ene-25".
    r"([^\W\d]+)\.?(?:[\s./-]+(?:de\s+)?(\d{4})|[-\s']+(\d{2}))",
    re.IGNORECASE,
)
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_WEEK_ALONE = re.compile(r"(\d{4})[- /]?[WS](\d{1,2})", re.IGNORECASE)
_OFFSETS = {
    **{"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 5.5, "JST": 9},
    **{"CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3},
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6},
    **{"PST": -8, "PDT": -7, "BRT": -3, "ART": -3},
}
_ZONE = re.compile(
    r"(.*\d(?:\s*[ap]\.?\s?m\.?)?)\s+(?:UTC|GMT|(" + "|".join(_OFFSETS) + r"))"
    r"(?:([+-])(\d{1,2})(?::?(\d{2}))?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"(\d{5}|\d{10}|\d{13})(?:[.,](\d+))?")
_MAIL = re.compile(
    r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT)"
)
_SERIAL_DAYS = range(20_000, 80_000)
"""Excel's day numbers from 1954 to 2119."""
_EXCEL_EPOCH = datetime(1899, 12, 30)

Clock = tuple[str | None, str | None, str | None, str | None]


def with_month_name(text: str) -> tuple[datetime, Clock] | None:
    """The day of a written date and its hour, minute, second and half; or None.

    Raises
    ------
    ValueError
        There is no such day.
    """
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, *clock = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        month, day, year, *clock = found.groups()
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day, *clock = found.groups()
    else:
        return None
    number = _months().get(normalised(month))
    if number is None:
        return None
    whole = int(year) + (2000 if len(year) == 2 else 0)
    return datetime(whole, number, int(day)), (clock[0], clock[1], clock[2], clock[3])


def without_zone(text: str) -> tuple[str, timezone | None]:
    """A written time without the zone at its end, and that: ``1:23 PM PST``, -8 hours.

    Letters mean what they do in America and Europe, as reports of Amazon have them.
    """
    found = _ZONE.fullmatch(text)
    if found is None:
        return text, None
    clock, letters, sign, hours, minutes = found.groups()
    offset = timedelta(hours=_OFFSETS.get((letters or "").upper(), 0))
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        offset = -offset if sign == "-" else offset
    return clock, timezone(offset)


def week_alone(text: str) -> date | None:
    """The Monday of an ISO 8601 week, written ``2025-W09`` or ``2025-S09``; or None."""
    found = _WEEK_ALONE.fullmatch(text.strip())
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def month_alone(text: str) -> date | None:
    """The first day of a written month, such as ``enero 2025`` or ``2025-01``."""
    if found := _YEAR_MONTH.fullmatch(text):
        year, number = int(found[1]), int(found[2])
        return date(year, number, 1) if year and 1 <= number <= 12 else None
    found = _MONTH_ALONE.fullmatch(text)
    number = _months().get(normalised(found[1]), 0) if found else 0
    year = int(found[2] or f"20{found[3]}") if found else 0
    return date(year, number, 1) if number and year else None


def numbered(text: str) -> tuple[datetime, bool] | None:
    """The time that a number stands for, and whether it is a day only; or None.

    Five digits are days as Excel counts them (a fraction is the time of day), ten are
    seconds and thirteen are milliseconds since 1970, in UTC; eight are a date.
    """
    if compact := _COMPACT.fullmatch(text):
        year, month, day = map(int, compact.groups())
        return datetime(year, month, day), True
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    whole, fraction = found.groups()
    if len(whole) == 5:
        if int(whole) not in _SERIAL_DAYS:
            return None
        seconds = round(float(f"0.{fraction or 0}") * 86_400)
        moment = _EXCEL_EPOCH + timedelta(days=int(whole), seconds=seconds)
        return moment, seconds == 0
    since_1970 = int(whole) / (1 if len(whole) == 10 else 1_000)
    return datetime.fromtimestamp(since_1970, UTC).replace(microsecond=0), False


def as_mail(text: str) -> tuple[datetime, bool] | None:
    """The time as mail writes it (RFC 5322), which is no day only; or None."""
    return (parsedate_to_datetime(text), False) if _MAIL.fullmatch(text) else None


@cache
def _months() -> Mapping[str, int]:
    """Normalised name of a month, long or short -> its number."""
    found: dict[str, int] = {"set": 9, "setiembre": 9, "sept": 9, "mrz": 3}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            names = get_month_names(width, locale=locale)
            found |= {normalised(name): number for number, name in names.items()}
    return found
