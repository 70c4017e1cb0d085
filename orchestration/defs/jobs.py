"""Jobs and the daily schedule: every company at 02:00 of its own time zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.lib.companies import Company, list_companies
from orchestration.lib.partitions import partition_key
from orchestration.lib.warehouse import Warehouse

_TICK = timedelta(minutes=15)
_START = time(2, 0)

refresh_company = dg.define_asset_job(
    name="refresh_company",
    selection=dg.AssetSelection.all(),
    description="Everything of one company and day, from its sources to its dashboard.",
)


@dg.schedule(
    job=refresh_company,
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Requests each company's last complete day when it is 02:00 there. Ticks every "
        "15 minutes because time zones differ by quarters of an hour."
    ),
)
def daily_refresh(
    context: dg.ScheduleEvaluationContext, warehouse: Warehouse
) -> list[dg.RunRequest]:
    """Request the companies for which 02:00 fell in the last quarter of an hour."""
    tick = context.scheduled_execution_time.astimezone(UTC)
    return [
        dg.RunRequest(
            run_key=f"{company.company_id}/{company.last_complete_day(tick)}",
            partition_key=partition_key(
                company.company_id, company.last_complete_day(tick)
            ),
        )
        for company in list_companies(warehouse.url())
        if is_due(company, tick)
    ]


def is_due(company: Company, tick: datetime) -> bool:
    """Whether the company's 02:00 lies within the quarter of an hour up to ``tick``.

    On the night clocks go forward 02:00 does not exist in some zones; the moment
    meant is then the one an hour after 01:00, so that no day is skipped.
    """
    zone = ZoneInfo(company.time_zone)
    start = datetime.combine(tick.astimezone(zone).date(), _START, tzinfo=zone)
    return tick - _TICK < start.astimezone(UTC) <= tick
