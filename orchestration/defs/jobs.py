"""Jobs and the daily schedule: every company at 02:00 of its own time zone."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.lib.companies import Company, list_companies
from orchestration.lib.partitions import partition_key
from orchestration.lib.warehouse import Warehouse

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
        "Requests each company's last complete day from 02:00 there, once. Ticks every "
        "15 minutes because time zones differ by quarters of an hour."
    ),
)
def daily_refresh(
    context: dg.ScheduleEvaluationContext, warehouse: Warehouse
) -> list[dg.RunRequest]:
    """Request every company whose day is complete and has not been requested yet.

    A machine that slept at 02:00 catches up at its first tick.
    """
    tick = context.scheduled_execution_time.astimezone(UTC)
    instance = context.instance
    due = {
        partition_key(company.company_id, company.last_complete_day(tick))
        for company in list_companies(warehouse.url())
        if is_due(company, tick)
        # The sensor adds the partition of a new company within a minute.
        and instance.has_dynamic_partition("companies", company.company_id)
    }
    return [
        dg.RunRequest(run_key=key, partition_key=key)
        for key in sorted(due)
        if not _was_requested(instance, key)
    ]


def _was_requested(instance: dg.DagsterInstance, key: str) -> bool:
    of_the_day = dg.RunsFilter(
        job_name=refresh_company.name, tags={"dagster/partition": key}
    )
    return any(
        # Runs of the command line ask for dates of their own.
        not run.tags.get("timonel/pid")
        for run in instance.get_runs(filters=of_the_day)
    )


def is_due(company: Company, tick: datetime) -> bool:
    """Whether it is 02:00 or later where the company is.

    On the night clocks go forward 02:00 does not exist in some zones; the moment
    meant is then the one an hour after 01:00, so that no day is skipped.
    """
    zone = ZoneInfo(company.time_zone)
    start = datetime.combine(tick.astimezone(zone).date(), _START, tzinfo=zone)
    return start.astimezone(UTC) <= tick
