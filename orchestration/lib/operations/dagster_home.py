"""Dagster's own folder: run history and settings, shared by the CLI and the UI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from orchestration.lib.core.settings import PROJECT_ROOT, Settings

__all__ = [
    "deployed_instance",
    "end_killed_runs",
    "end_orphaned_runs",
    "is_of_a_command",
    "is_of_dead_process",
    "open_instance",
    "own_process_tag",
    "prepare_home",
]

_PROCESS = "timonel/pid"
_UNCAPTURED = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}
# Seconds of silence after which none of them lives; each is heard every half minute.
_DAEMON_IS_GONE = 120
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
    """The instance whose runs `timonel dev` shows, for a command to run and look.

    What a command's steps print goes to its own log. To keep it for Dagster's pages as
    well takes four processes per run, which know no Ctrl-C and die of it aloud.
    """
    home = prepare_home(settings)
    ref = InstanceRef.from_dir(str(home), overrides={"compute_logs": _UNCAPTURED})
    return dg.DagsterInstance.from_ref(ref)


@contextmanager
def deployed_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance whose daemon runs things here, to look at.

    In docker compose it is the one that ``DAGSTER_HOME`` configures, in Postgres; the
    command line keeps its own (docs/runbook.md).
    """
    named = os.environ.get("DAGSTER_HOME")
    if named is None or not _is_another(Path(named), settings.dagster_home):
        with open_instance(settings) as instance:
            yield instance
        return
    with dg.DagsterInstance.from_config(named) as instance:
        yield instance


def _is_another(named: Path, own: Path) -> bool:
    """Whether somebody configured this home: not we, for these or other settings."""
    configured = named / "dagster.yaml"
    return (
        named.resolve() != own.resolve()
        and configured.exists()
        and configured.read_bytes() != _SETTINGS.read_bytes()
    )


def own_process_tag() -> dict[str, str]:
    """Tag of a run that lives and dies with this process."""
    return {_PROCESS: str(os.getpid())}


def is_of_a_command(run: dg.DagsterRun) -> bool:
    """Whether a command of a terminal runs it, and not the daemon."""
    return _PROCESS in run.tags


def end_killed_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs whose process was killed as failed; Dagster would wait for them."""
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(filters=started):
        if is_of_dead_process(run):
            instance.report_run_failed(run, "Its process was killed.")


def end_orphaned_runs(instance: dg.DagsterInstance, now: datetime) -> None:
    """Mark runs of a daemon that is gone as failed, unless one is alive.

    They are processes of `timonel dev`: when the machine dies, nobody reports their
    end, and their company would wait for it.

    Parameters
    ----------
    now : datetime
        Aware.
    """
    end_killed_runs(instance)
    beats = instance.get_daemon_heartbeats().values()
    if any(now.timestamp() - beat.timestamp < _DAEMON_IS_GONE for beat in beats):
        return
    begun = dg.RunsFilter(
        statuses=[
            dg.DagsterRunStatus.STARTING,
            dg.DagsterRunStatus.STARTED,
            dg.DagsterRunStatus.CANCELING,
        ]
    )
    for run in instance.get_runs(filters=begun):
        if not is_of_a_command(run):
            instance.report_run_failed(run, "The machine, or Dagster, went down.")


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
