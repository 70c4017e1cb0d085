"""Whether a company sells, or gathers people, as it did: for checks and alerts.

And whether as many of its visits buy, and each euro of ads brings as much, as did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from psycopg import Connection

from ml_assets.measurement.alarm_rates import FALSE_ALARMS
from ml_assets.measurement.level_changes import HISTORY, LevelChange, judge_level

__all__ = ["MARTS", "RATIOS", "judge_total"]

# Days by which sales, and visits or spend, may be late.
_LATE = timedelta(days=3)
# Rows of a day, its total, of how many orders it is the sum (of counts, none), and what
# it is divided by, if anything.
_SALES = """select calendar_date, coalesce({}, 0)::float8, order_count::float8,
        null::float8
    from marts.company_days
    where company_id = %s and calendar_date between %s and %s"""
_REGISTRATIONS = """select registered_date, count(*)::float8, null::float8, null::float8
    from marts.people
    where company_id = %s and registered_date between %s and %s group by 1"""
_ACTIVE = """select activity_date, count(*)::float8, null::float8, null::float8
    from marts.person_activity_days
    where company_id = %s and activity_date between %s and %s and is_active
    group by 1"""
_RATIO = """select calendar_date, coalesce({}, 0)::float8, {}::float8, {}::float8
    from marts.performance_days
    where company_id = %s and calendar_date between %s and %s"""
_COUNT = _SALES.replace("order_count::float8", "null::float8")
_TOTALS: Final[Mapping[str, tuple[str, str]]] = {
    "net_revenue": ("company_days", _SALES.format("net_revenue")),
    "order_count": ("company_days", _COUNT.format("order_count")),
    "purchase_count": ("company_days", _COUNT.format("purchase_count")),
    "visit_conversion_rate": (
        "performance_days",
        _RATIO.format("visit_order_count", "null", "session_count"),
    ),
    "blended_return": (
        "performance_days",
        _RATIO.format("net_revenue", "purchase_count", "spend"),
    ),
    "registered_count": ("people", _REGISTRATIONS),
    "active_person_count": ("person_activity_days", _ACTIVE),
}

#: Totals that are divided by another: visits, spend.
RATIOS: Final = ("visit_conversion_rate", "blended_return")
#: The mart each total is taken from.
MARTS: Final[Mapping[str, str]] = {name: mart for name, (mart, _) in _TOTALS.items()}


def judge_total(
    database: Connection,
    company_id: str,
    total: str,
    day: date,
    rate: float = FALSE_ALARMS,
) -> LevelChange | None:
    """Hold a total of the last days against the weeks before.

    Parameters
    ----------
    database
        Acting as a role that reads the mart of the total.
    total
        One of `MARTS`; a sum of amounts varies by its orders' amounts as well.
    rate
        False alarms a quarter that the company puts up with.

    Returns
    -------
    LevelChange or None
        None when history is too short.

    Raises
    ------
    ValueError
        There is no such total.
    """
    if total not in _TOTALS:
        raise ValueError(f"'{total}' is no daily total: {', '.join(sorted(_TOTALS))}.")
    _, query = _TOTALS[total]
    since = day - HISTORY
    rows = database.execute(query.encode(), (company_id, since, day)).fetchall()
    values = {row[0]: row[1] for row in rows}
    amount, count = sum(values.values()), sum(row[2] or 0 for row in rows)
    # Amounts that vary like an exponential distribution: E[X²] is twice E[X]².
    unit = 2 * amount / count if count and amount > 0 else 1.0
    if total not in RATIOS:
        return judge_level(values, day, unit, rate)
    given = {row[0]: row[3] for row in rows if row[3]}
    # Either may be told a day or two later than the other; sales that are later than
    # that are missing, which is another alarm.
    sold = {calendar_date for calendar_date, value in values.items() if value}
    if not (sold and given):
        return None
    told = min(max(sold), max(given))
    return None if day - told > _LATE else judge_level(values, told, unit, rate, given)
