"""Which attempt at a company's day is due: the first, another one, or none.

Argued in docs/decisions/0061.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.lib.operations.dagster_home import is_of_a_command

__all__ = ["WAITS", "next_attempt"]

#: After the first failure, and after the second; a third is for people.
WAITS = (timedelta(minutes=15), timedelta(hours=1))
_WENT_WRONG = frozenset({dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED})


def next_attempt(
    instance: dg.DagsterInstance, job_name: str, key: str, now: datetime
) -> int | None:
    """Number of the attempt that is due, from 1 on; None when none is.

    A source that was down and a server that restarted may be there again; a gate that
    blocked sees the same tomorrow. Runs of the command line ask for dates of their own
    and do not count.

    Parameters
    ----------
    key
        The partition: a company and a day.
    now : datetime
        Aware.
    """
    of_the_day = dg.RunsFilter(job_name=job_name, tags={"dagster/partition": key})
    records = [
        record
        # The newest first.
        for record in instance.get_run_records(filters=of_the_day)
        if not is_of_a_command(record.dagster_run)
    ]
    if not records:
        return 1
    latest = records[0]
    if latest.dagster_run.status not in _WENT_WRONG or len(records) > len(WAITS):
        return None
    if now < _ended_at(latest) + WAITS[len(records) - 1]:
        return None
    if _was_blocked(instance, latest.dagster_run.run_id):
        return None
    return len(records) + 1


def _ended_at(record: dg.RunRecord) -> datetime:
    if record.end_time is None:
        return record.update_timestamp.replace(tzinfo=UTC)
    return datetime.fromtimestamp(record.end_time, UTC)


def _was_blocked(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether a gate said no, in the run or to it."""
    evaluations = (
        record.event_log_entry.dagster_event
        for record in instance.get_records_for_run(
            run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
    )
    return any(
        event is not None and _blocks(event.asset_check_evaluation_data)
        for event in evaluations
    )


def _blocks(evaluation: dg.AssetCheckEvaluation) -> bool:
    return (
        bool(evaluation.blocking)
        and not evaluation.passed
        and evaluation.severity is dg.AssetCheckSeverity.ERROR
    )
