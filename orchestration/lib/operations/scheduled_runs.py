"""Runs that Dagster's daemon started, kept beside those of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import dagster as dg

from orchestration.lib.operations.dagster_home import own_process_tag
from orchestration.lib.warehouse.database import connect

__all__ = ["FinishedRun", "failed_asset", "finished_run", "record_finished_run"]

# What a run of the command line would have computed from; nobody asks a daemon's run.
_NO_VERSION = ""
_STATUSES = {
    dg.DagsterRunStatus.SUCCESS: "succeeded",
    dg.DagsterRunStatus.CANCELED: "stopped",
}
_MESSAGES = {"stopped": "It was cancelled in Dagster before its end."}


@dataclass(frozen=True)
class FinishedRun:
    """One run of one company and day.

    ``message`` says why it failed or stopped, ``failed_asset`` is the key of the first
    asset of the step that failed first; None of a run that did not.
    """

    company_id: str
    run_id: str
    job_name: str
    as_of_date: date
    status: str
    message: str | None
    failed_asset: tuple[str, ...] | None
    started_at: datetime
    finished_at: datetime


def finished_run(
    instance: dg.DagsterInstance,
    run: dg.DagsterRun,
    failures: Iterable[dg.DagsterEvent],
    otherwise: str | None = None,
) -> FinishedRun | None:
    """What is kept of a run; None of runs of the command line, which keep their own.

    A backfill over a range of days is no run of a day, and is left to Dagster.
    `otherwise` is why a run failed that failed in no step.
    """
    company_id, day = _company_and_day(run)
    record = instance.get_run_record_by_id(run.run_id)
    is_of_the_command_line = own_process_tag().keys() <= run.tags.keys()
    if is_of_the_command_line or not (company_id and day and record):
        return None
    steps = list(failures)
    status = _STATUSES.get(run.status, "failed")
    # What was cancelled, or never started, in the queue has no time of its own.
    began = record.start_time or record.create_timestamp.timestamp()
    return FinishedRun(
        company_id,
        run.run_id,
        run.job_name,
        date.fromisoformat(day),
        status,
        _reasons(steps, otherwise) if status == "failed" else _MESSAGES.get(status),
        failed_asset(instance, run.run_id, steps) if status == "failed" else None,
        datetime.fromtimestamp(began, UTC),
        datetime.fromtimestamp(
            record.end_time or record.update_timestamp.timestamp(), UTC
        ),
    )


def record_finished_run(url: str, run: FinishedRun) -> None:
    """Keep a row of ``ops.runs``; of a company that was removed meanwhile, none."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.runs (company_id, run_id, dagster_run_id, job_name,
                as_of_date, input_version, status, message, failed_asset, started_at,
                finished_at)
            select company_id, %(run_id)s, %(run_id)s, %(job_name)s, %(as_of_date)s,
                %(version)s, %(status)s, %(message)s, %(failed_asset)s,
                %(started_at)s, %(finished_at)s
            from ops.companies where company_id = %(company_id)s
            on conflict do nothing""",
            {
                **vars(run),
                "failed_asset": run.failed_asset and list(run.failed_asset),
                "version": _NO_VERSION,
            },
        )


def _company_and_day(run: dg.DagsterRun) -> tuple[str | None, str | None]:
    return run.tags.get("dagster/partition/company"), run.tags.get(
        "dagster/partition/day"
    )


def failed_asset(
    instance: dg.DagsterInstance, run_id: str, failures: Iterable[dg.DagsterEvent]
) -> tuple[str, ...] | None:
    """The first asset that the first failed step was to make; None of a bare op."""
    step = next((event.step_key for event in failures), None)
    planned = instance.all_logs(
        run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    )
    keys = (
        each.dagster_event.asset_key
        for each in planned
        if each.dagster_event and each.dagster_event.step_key == step
    )
    return next((tuple(key.path) for key in keys if key), None)


def _reasons(failures: Iterable[dg.DagsterEvent], otherwise: str | None) -> str:
    told, raised = [], []
    for event in failures:
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            told.append(data.user_failure_data.description)
        elif data.error:
            raised.append((data.error.cause or data.error).message.strip())
    return (
        "\n".join(told or raised)
        or otherwise
        or "It failed without a reason; see its log."
    )
