"""The history of runs, in Dagster's own files, whoever writes or reads them."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.lib.operations.run_history import OpenEventLog, OpenRuns

_START = """
import os, sys
from pathlib import Path
import dagster as dg
from orchestration.lib.operations.dagster_home import open_instance
from orchestration.lib.core.settings import Settings

@dg.asset
def orders():
    return 1

@dg.asset(deps=[orders])
def deadly():
    os.kill(os.getpid(), 9)

instance = open_instance(Settings(Path(sys.argv[1]), ""))
"""
_DIES = "dg.materialize([orders, deadly], instance=instance)"
_RUNS = "for _ in range(5): dg.materialize([orders], instance=instance)"


@dg.asset
def orders() -> int:
    return 1


def test_what_is_written_dagsters_own_storage_reads(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    run = dg.materialize([orders], instance=instance)

    assert isinstance(instance.event_log_storage, OpenEventLog)
    assert isinstance(instance.run_storage, OpenRuns)
    (base,) = {file.parent for file in tmp_path.rglob(f"{run.run_id}.db")}
    theirs = SqliteEventLogStorage(str(base)).get_logs_for_run(run.run_id)
    assert [each.message for each in theirs] == [
        each.message for each in instance.all_logs(run.run_id)
    ]
    assert any(each.is_dagster_event for each in theirs)


def test_processes_side_by_side_lose_no_event(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    processes = [_start(_RUNS, tmp_path) for _ in range(2)]
    ended = [process.wait() for process in processes]

    assert ended == [0, 0]
    assert len(instance.get_runs()) == 2 * 5
    lengths = {len(instance.all_logs(run.run_id)) for run in instance.get_runs()}
    assert len(lengths) == 1
    records = instance.fetch_materializations(orders.key, limit=100).records
    assert len(records) == 2 * 5


def test_old_runs_do_not_keep_their_files_open(instance: dg.DagsterInstance) -> None:
    before = _open_files()

    for _ in range(20):
        dg.materialize([orders], instance=instance)

    # A file, its journal and the index of that, of eight runs at most, and the list.
    assert len(_open_files() - before) <= 3 * 9


def test_a_killed_process_leaves_its_history(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    ended = _start(_DIES, tmp_path).wait()

    assert ended == -signal.SIGKILL
    (run,) = instance.get_runs()
    assert run.status is dg.DagsterRunStatus.STARTED
    assert instance.get_latest_materialization_event(orders.key) is not None


def _start(program: str, home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _START + program, str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _open_files() -> set[str]:
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(link.readlink()))
    return {name for name in found if ".db" in name}
