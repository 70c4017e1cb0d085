"""Once a day Metabase is brought to what the files say, so that hours follow clocks.

Subscriptions are said by the clock of the server. Where only it or only the company
changes its clock, the hour that was right is an hour off until the next apply.
"""

import os
from datetime import UTC, datetime

import dagster as dg

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.by_itself import schedule_status
from orchestration.lib.reporting.dashboard_usage import read_usage
from orchestration.lib.reporting.dashboards import apply_to_metabase
from orchestration.lib.warehouse.warehouse import Warehouse

_SERVER = "METABASE_URL"
_TABLES = "METABASE_DATABASE_URL"


@dg.op(description="Runs timonel metabase apply, which writes only what differs.")
def apply_dashboards(context: dg.OpExecutionContext, warehouse: Warehouse) -> None:
    """Apply; fails, and has written nothing, where people changed things by hand."""
    context.log.info(apply_to_metabase(warehouse.url(), Settings.from_environment()))


@dg.op(description="Counts who looked at dashboards, from Metabase's own tables.")
def count_usage(context: dg.OpExecutionContext, warehouse: Warehouse) -> None:
    """Count, where METABASE_DATABASE_URL says where they are."""
    address = os.environ.get(_TABLES)
    if not address:
        context.log.info(f"{_TABLES} is not set: nobody knows who uses dashboards.")
        return
    count = read_usage(warehouse.url(), address, datetime.now(UTC))
    context.log.info(f"{count} weeks of roles counted.")


@dg.job(description="The dashboards of every company, on the Metabase server.")
def apply_to_server() -> None:
    """Two steps that know nothing of each other."""
    apply_dashboards()
    count_usage()


@dg.schedule(
    job=apply_to_server,
    # After the clocks of Europe and America change, before their first report leaves.
    cron_schedule="5 5 * * *",
    execution_timezone="UTC",
    default_status=schedule_status(),
    description="Each morning, timonel metabase apply, where METABASE_URL is set.",
)
def daily_apply(
    context: dg.ScheduleEvaluationContext,
) -> dg.SkipReason | dg.RunRequest:
    """Request it once a day."""
    if not os.environ.get(_SERVER):
        return dg.SkipReason(f"{_SERVER} is not set: there is no Metabase to write to.")
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m-%d}")
