"""Partitions: one unit of work is a company and a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import dagster as dg

__all__ = [
    "CompanyDay",
    "companies",
    "company_day",
    "company_days",
    "days_by_company",
    "partition_key",
]

AnyContext = dg.AssetExecutionContext | dg.AssetCheckExecutionContext

# Days are run days, not history: the first run of any company is after this date.
_FIRST_DAY = "2026-01-01"

companies = dg.DynamicPartitionsDefinition(name="companies")

# The default time zone (UTC) only names the days; each company's schedule runs at
# 02:00 of its own zone.
_days = dg.DailyPartitionsDefinition(
    # East of Greenwich a day is over before it is over in UTC.
    start_date=_FIRST_DAY,
    end_offset=1,
)
company_days = dg.MultiPartitionsDefinition({"company": companies, "day": _days})


class CompanyDay(dg.ConfigurableResource[None]):
    """Which company-day an asset computes, and as of which date.

    ``as_of_date`` (``YYYY-MM-DD``) looks at an earlier date than the partition's
    day: the predictions are those that would have been made then. ``read_from`` and
    ``read_to`` make sources read exactly those days again, both included.
    """

    as_of_date: str = ""
    read_from: str = ""
    read_to: str = ""

    def company_id(self, context: AnyContext) -> str:
        """Company of the partition being materialised."""
        return company_day(context)[0]

    def as_of(self, context: AnyContext) -> date:
        """Last day whose orders the run may know."""
        return date.fromisoformat(self.as_of_date or company_day(context)[1])

    def days_to_read_again(
        self, days: list[date], last_complete_day: date
    ) -> tuple[date, date] | None:
        """First and last day to read again; None to read what is new.

        Parameters
        ----------
        days
            Days of the company's partitions in this run.
        last_complete_day
            A run over it alone, or over the day under way, is the daily one.
        """
        if self.read_from or self.read_to:
            first = date.fromisoformat(self.read_from or self.read_to)
            return first, date.fromisoformat(self.read_to or self.read_from)
        if len(days) == 1 and days[0] >= last_complete_day:
            return None
        return min(days), max(days)


def company_day(context: AnyContext) -> tuple[str, str]:
    """Company id and day (``YYYY-MM-DD``) of the partition being materialised."""
    return _dimensions(context.partition_key)


def days_by_company(
    context: dg.AssetExecutionContext | dg.OpExecutionContext,
) -> dict[str, list[date]]:
    """Days of each company in the run: one, or those of a backfill."""
    keys = (
        [context.partition_key] if context.has_partition_key else context.partition_keys
    )
    days: dict[str, list[date]] = defaultdict(list)
    for key in keys:
        company_id, day = _dimensions(key)
        days[company_id].append(date.fromisoformat(day))
    return dict(days)


def partition_key(company_id: str, day: date) -> dg.MultiPartitionKey:
    """The partition of a company and a day."""
    return dg.MultiPartitionKey({"company": company_id, "day": day.isoformat()})


def _dimensions(key: str) -> tuple[str, str]:
    if not isinstance(key, dg.MultiPartitionKey):
        raise dg.DagsterInvariantViolationError(f"{key} is not a company-day.")
    return key.keys_by_dimension["company"], key.keys_by_dimension["day"]
