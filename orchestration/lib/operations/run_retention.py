"""Dagster's history is not kept for ever: what is asked of it is how runs went lately.

A run of all models leaves some five megabytes. What people and alerts read of runs is
in ``ops.runs``, which stays.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import text

from orchestration.lib.operations.run_tags import FREQUENT, RHYTHM

__all__ = [
    "FREQUENT_KEPT",
    "KEPT",
    "WELL_KEPT",
    "forget_old_folders",
    "forget_old_runs",
]

#: Those that come every few minutes and went well; the next one says the same again.
FREQUENT_KEPT = timedelta(hours=3)
#: Nights, backfills and commands that went well.
WELL_KEPT = timedelta(days=14)
#: All others: whatever failed.
KEPT = timedelta(days=90)
#: No dbt run takes longer; a killed one leaves its folder behind.
_FOLDERS_KEPT = timedelta(days=1)
# As dagster-dbt names them: by step and run, or by chance where there is no step.
_FOLDER_OF_DBT = re.compile(r"dbt_\w+-[0-9a-f]{7}-[0-9a-f]{7}|[0-9a-f]{7}")
_WENT_WELL = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.CANCELED]
_CHECKS_OF_RUN = text("delete from asset_check_executions where run_id = :run_id")
_OVER = [*_WENT_WELL, dg.DagsterRunStatus.FAILURE]


def forget_old_runs(
    instance: dg.DagsterInstance, now: datetime, limit: int = 200
) -> int:
    """Delete runs that are over and old, with their events and logs; how many.

    Parameters
    ----------
    now : datetime
        Aware.
    limit : int
        At most so many of each kind: the next call goes on.
    """
    # What is very old is found more than once.
    old = dict.fromkeys(_old_runs(instance, now, limit))
    for run_id in old:
        _forget_checks(instance, run_id)
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        # A command captures nothing, and its manager deletes nothing of the daemon's.
        shutil.rmtree(Path(instance.storage_directory()) / run_id, ignore_errors=True)
        instance.delete_run(run_id)
    return len(old)


def forget_old_folders(target: Path, now: datetime) -> int:
    """Delete what dbt runs left in its folder of targets a day ago; how many.

    Parameters
    ----------
    target
        Folder in which each run has one of its own.
    now : datetime
        Aware.
    """
    oldest = (now - _FOLDERS_KEPT).timestamp()
    old = [
        folder
        for folder in target.glob("*")
        if _FOLDER_OF_DBT.fullmatch(folder.name) and _touched_at(folder) < oldest
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _touched_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return math.inf  # somebody else was faster


def _old_runs(instance: dg.DagsterInstance, now: datetime, limit: int) -> Iterator[str]:
    for filters in (
        dg.RunsFilter(
            statuses=_WENT_WELL,
            tags={RHYTHM: list(FREQUENT)},
            updated_before=now - FREQUENT_KEPT,
        ),
        dg.RunsFilter(statuses=_WENT_WELL, updated_before=now - WELL_KEPT),
        dg.RunsFilter(statuses=_OVER, updated_before=now - KEPT),
    ):
        # The oldest first.
        records = instance.get_run_records(filters, limit=limit, ascending=True)
        yield from (record.dagster_run.run_id for record in records)


def _forget_checks(instance: dg.DagsterInstance, run_id: str) -> None:
    """What the run's checks found, which Dagster forgets to delete with a run."""
    # Files, memory and Postgres are all SQL, with one table of this name.
    storage: Any = instance.event_log_storage
    with storage.index_connection() as connection:
        connection.execute(_CHECKS_OF_RUN, {"run_id": run_id})
