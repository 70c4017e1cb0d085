"""Dagster's own folder: run history and settings, shared by the CLI and the UI."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from orchestration.lib.settings import PROJECT_ROOT, Settings

__all__ = [
    "end_killed_runs",
    "is_of_dead_process",
    "open_instance",
    "own_process_tag",
    "prepare_home",
]

_PROCESS = "timonel/pid"
_SETTINGS = PROJECT_ROOT / "orchestration" / "deploy" / "dagster.yaml"


def prepare_home(settings: Settings) -> Path:
    """Make the folder ready and name it in ``DAGSTER_HOME``, where Dagster looks."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    wanted, present = _SETTINGS.read_bytes(), home / "dagster.yaml"
    if not present.exists() or present.read_bytes() != wanted:
        # In one step: a daemon may be reading it.
        fresh = home / f"dagster.yaml.{os.getpid()}"
        fresh.write_bytes(wanted)
        fresh.replace(present)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance whose runs `timonel dev` shows."""
    prepare_home(settings)
    return dg.DagsterInstance.get()


def own_process_tag() -> dict[str, str]:
    """Tag of a run that lives and dies with this process."""
    return {_PROCESS: str(os.getpid())}


def end_killed_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs whose process was killed as failed; Dagster would wait for them."""
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(filters=started):
        if is_of_dead_process(run):
            instance.report_run_failed(run, "Its process was killed.")


def is_of_dead_process(run: dg.DagsterRun) -> bool:
    """Whether the run lived in a process of this machine that is no more."""
    pid = run.tags.get(_PROCESS)
    return pid is not None and not _is_alive(int(pid))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
