"""Whether a company sells as it did: one judgement for checks and alerts."""

from __future__ import annotations

from datetime import date

from psycopg import Connection, sql

from ml_assets.measurement.alarm_rates import FALSE_ALARMS
from ml_assets.measurement.level_changes import HISTORY, LevelChange, judge_level

__all__ = ["COUNTS", "TOTALS", "judge_total"]

#: Columns of ``marts.company_days`` that can be judged; those of `COUNTS` are counts.
COUNTS = frozenset({"order_count", "purchase_count"})
TOTALS = frozenset({"net_revenue"}) | COUNTS


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
        Acting as a role that reads ``marts.company_days``.
    total
        One of `TOTALS`; a sum of amounts varies by its orders' amounts as well.
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
    if total not in TOTALS:
        raise ValueError(f"'{total}' is no daily total: {', '.join(sorted(TOTALS))}.")
    query = sql.SQL(
        """select calendar_date, coalesce({}, 0)::float8, order_count::float8
        from marts.company_days
        where company_id = %s and calendar_date between %s and %s"""
    ).format(sql.Identifier(total))
    rows = database.execute(query, (company_id, day - HISTORY, day)).fetchall()
    values = {calendar_date: value for calendar_date, value, _ in rows}
    if total in COUNTS:
        return judge_level(values, day, rate=rate)
    amount, count = sum(values.values()), sum(row[2] for row in rows)
    # Amounts that vary like an exponential distribution: E[X²] is twice E[X]².
    unit = 2 * amount / count if count and amount > 0 else 1.0
    return judge_level(values, day, unit, rate)
