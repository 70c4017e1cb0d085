"""Which days a query asks for, and the date segments of a day."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sandbox.google_ads.gaql import Condition, InvalidQuery, Query

__all__ = ["DATE_SEGMENTS", "DateRange", "DateTooOld", "requested_range"]

_GRANULAR_MONTHS: Final = 37


class DateTooOld(Exception):
    """Daily figures are kept for 37 months."""


@dataclass(frozen=True)
class DateRange:
    """Days from `first` to `last`, both included; None where it is open."""

    first: date | None
    last: date | None

    def narrowed(self, other: "DateRange") -> "DateRange":
        """The days in both."""
        firsts = [day for day in (self.first, other.first) if day]
        lasts = [day for day in (self.last, other.last) if day]
        return DateRange(max(firsts, default=None), min(lasts, default=None))


def requested_range(query: Query, today: date) -> DateRange:
    """The days that the conditions on `segments.date` leave.

    Raises
    ------
    InvalidQuery
        When a date segment is selected and the range is not finite, or a date is not
        one.
    DateTooOld
        When days are selected that lie beyond 37 months.
    """
    found = DateRange(None, None)
    for condition in query.conditions:
        if condition.field == "segments.date":
            found = found.narrowed(_range_of(condition, today))
    if not any(field in DATE_SEGMENTS for field in query.fields):
        return found
    if found.first is None or found.last is None:
        raise InvalidQuery(
            "EXPECTED_FILTERS_ON_DATE_RANGE",
            "Expects filters on the following field to limit a finite date range: "
            "'segments.date'",
        )
    if found.first < _months_before(today, _GRANULAR_MONTHS):
        raise DateTooOld
    return found


def _range_of(condition: Condition, today: date) -> DateRange:
    if condition.operator == "DURING":
        return _named_range(condition.values[0].upper(), today)
    days = [_date(value) for value in condition.values]
    if condition.operator == "BETWEEN":
        return DateRange(days[0], days[1])
    one_day = timedelta(days=1)
    ranges = {
        "=": DateRange(days[0], days[0]),
        ">=": DateRange(days[0], None),
        ">": DateRange(days[0] + one_day, None),
        "<=": DateRange(None, days[0]),
        "<": DateRange(None, days[0] - one_day),
    }
    if condition.operator not in ranges:
        raise InvalidQuery(
            "OPERATOR_FIELD_MISMATCH",
            f"Error in WHERE clause: operator {condition.operator} is not supported "
            "for 'segments.date'.",
        )
    return ranges[condition.operator]


def _named_range(name: str, today: date) -> DateRange:
    yesterday = today - timedelta(days=1)
    month = today.replace(day=1)
    previous = (month - timedelta(days=1)).replace(day=1)
    ranges = {
        "TODAY": DateRange(today, today),
        "YESTERDAY": DateRange(yesterday, yesterday),
        "LAST_7_DAYS": DateRange(today - timedelta(days=7), yesterday),
        "LAST_14_DAYS": DateRange(today - timedelta(days=14), yesterday),
        "LAST_30_DAYS": DateRange(today - timedelta(days=30), yesterday),
        "THIS_MONTH": DateRange(month, today),
        "LAST_MONTH": DateRange(previous, month - timedelta(days=1)),
    }
    if name not in ranges:
        raise InvalidQuery(
            "INVALID_VALUE_WITH_DURING_OPERATOR",
            f"Error in WHERE clause: invalid value {name} with DURING operator.",
        )
    return ranges[name]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidQuery(
            "INVALID_DATE_FORMAT",
            f"Error in WHERE clause: '{text}' is not a date in format YYYY-MM-DD.",
        ) from None


def _months_before(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _monday(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def _month(day: date) -> str:
    return day.replace(day=1).isoformat()


def _quarter(day: date) -> str:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1).isoformat()


def _year(day: date) -> int:
    return day.year


DATE_SEGMENTS: Final[dict[str, Callable[[date], str | int]]] = {
    "segments.date": date.isoformat,
    "segments.week": _monday,
    "segments.month": _month,
    "segments.quarter": _quarter,
    "segments.year": _year,
}
