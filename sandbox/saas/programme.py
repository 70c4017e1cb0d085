"""What Cuaderno spends on keeping and on winning accounts, and what it aims at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

__all__ = ["MARGIN_RATE", "kpi_targets", "program_costs"]

MARGIN_RATE: Final = 0.8
_PROGRAMME_MONTHS: Final = 6
_ACQUISITION_MONTHS: Final = 12
_MONTHLY: Final = {"team": 900, "tools": 150}
_ONCE: Final = 1500
_ACQUISITION: Final = 700
Row = Mapping[str, object]


def program_costs(last_day: date) -> Iterator[Row]:
    """Acquisition for a year; team and tools for half of it, and a start once."""
    for age in range(_ACQUISITION_MONTHS, 0, -1):
        month = _month(last_day, age)
        kinds = {"acquisition": _ACQUISITION}
        if age <= _PROGRAMME_MONTHS:
            kinds |= _MONTHLY
        if age == _PROGRAMME_MONTHS:
            kinds["implementation"] = _ONCE
        for kind, cost in kinds.items():
            yield {
                "cost_month": month,
                "cost_kind": kind,
                "program_cost": cost,
                "currency_code": "EUR",
            }


def kpi_targets(last_day: date) -> Iterator[Row]:
    """Churn of a month, and invoices that are paid in the end."""
    for name, target in (("logo_churn_ratio", 0.02), ("recovered_invoice_ratio", 0.8)):
        yield {
            "metric_name": name,
            "target_month": _month(last_day, 0),
            "target_value": target,
        }


def _month(last_day: date, age: int) -> date:
    """First day of the month so many before that of a day."""
    day = last_day.replace(day=1)
    for _ in range(age):
        day = (day - timedelta(days=1)).replace(day=1)
    return day
