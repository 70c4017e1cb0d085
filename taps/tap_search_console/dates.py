"""The days of Search Console: Pacific time, a few days late, 16 months long.

Source: developers.google.com/webmaster-tools/v1/searchanalytics/query.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = [
    "TIME_ZONE",
    "first_day_kept",
    "has_too_many_impressions",
    "pacific_date",
    "probably_final",
]

TIME_ZONE = "America/Los_Angeles"

_MONTHS_KEPT = 16
# Google takes two or three days; longer when something is broken there.
_USUAL_LAG_DAYS = 5

# Google's "Data anomalies in Search Console": impressions were logged too often.
# Clicks were not affected; CTR and position are, because both rest on impressions.
_OVER_REPORTED = (date(2025, 5, 13), date(2026, 4, 27))


def pacific_date(moment: datetime) -> date:
    """The date that Search Console calls today at that moment."""
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()


def first_day_kept(today: date) -> date:
    """The oldest day that can still be asked for."""
    months = today.year * 12 + today.month - 1 - _MONTHS_KEPT
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def probably_final(today: date) -> date:
    """The last day that is usually counted, for when Google does not say."""
    return today - timedelta(days=_USUAL_LAG_DAYS)


def has_too_many_impressions(day: date) -> bool:
    """Whether Google admits to have counted too many impressions on that day."""
    return _OVER_REPORTED[0] <= day <= _OVER_REPORTED[1]
