"""Partitions: one unit of work is a company and a day."""

from __future__ import annotations

from datetime import date

import dagster as dg

__all__ = ["CompanyDay", "companies", "company_day", "company_days", "partition_key"]

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
    day: the predictions are those that would have been made then.
    """

    as_of_date: str = ""

    def company_id(self, context: dg.AssetExecutionContext) -> str:
        """Company of the partition being materialised."""
        return company_day(context)[0]

    def as_of(self, context: dg.AssetExecutionContext) -> date:
        """Last day whose orders the run may know."""
        return date.fromisoformat(self.as_of_date or company_day(context)[1])


def company_day(context: dg.AssetExecutionContext) -> tuple[str, str]:
    """Company id and day (``YYYY-MM-DD``) of the partition being materialised."""
    key = context.partition_key
    if not isinstance(key, dg.MultiPartitionKey):
        raise dg.DagsterInvariantViolationError(f"{key} is not a company-day.")
    return key.keys_by_dimension["company"], key.keys_by_dimension["day"]


def partition_key(company_id: str, day: date) -> dg.MultiPartitionKey:
    """The partition of a company and a day."""
    return dg.MultiPartitionKey({"company": company_id, "day": day.isoformat()})
