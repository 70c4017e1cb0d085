"""Runs of the daemon become rows of ops.runs, as those of the command line are."""

import dagster as dg

from orchestration.lib.operations.scheduled_runs import (
    finished_run,
    record_finished_run,
)
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps every run that succeeded, for the history people see.",
)
def run_succeeded(context: dg.RunStatusSensorContext, warehouse: Warehouse) -> None:
    """Keep a run that succeeded."""
    if run := finished_run(context.instance, context.dagster_run, ()):
        record_finished_run(warehouse.url(), run)


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps every run that failed, with the reason.",
)
def run_failed(context: dg.RunFailureSensorContext, warehouse: Warehouse) -> None:
    """Keep a run that failed."""
    failures = context.get_step_failure_events()
    told = context.failure_event.message
    if run := finished_run(context.instance, context.dagster_run, failures, told):
        record_finished_run(warehouse.url(), run)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps every run that somebody cancelled, also before it began.",
)
def run_canceled(context: dg.RunStatusSensorContext, warehouse: Warehouse) -> None:
    """Keep a run that was cancelled, which is no failure."""
    if run := finished_run(context.instance, context.dagster_run, ()):
        record_finished_run(warehouse.url(), run)
