"""The programs around a company's data, looked at: Dagster's, and Metabase."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import requests
from sqlalchemy import text

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.dagster_home import deployed_instance
from orchestration.lib.operations.findings import Finding
from orchestration.lib.warehouse.dbt import dbt_project

__all__ = ["examine_services"]

# What the daemon does, and what does not happen while it does not.
_DAEMONS = {
    "SCHEDULER": ("scheduler", "nothing runs by itself at night"),
    "SENSOR": ("sensors", "alerts wait and runs are not kept"),
    "QUEUED_RUN_COORDINATOR": ("queue of runs", "runs that are asked for do not begin"),
    "MONITORING": ("watch over runs", "a run that dies holds up its company"),
}
_ALIVE = timedelta(minutes=5)
_PORT = 3000
_PATIENCE_SECONDS = 5.0
_LARGE = 5 * 2**30
_DATABASE_SIZE = text("select pg_database_size(current_database())")
_LESS_HISTORY = (
    "keep `timonel dev` or docker compose running, whose sensor old_runs deletes what "
    "is old; with everything stopped the folder may be deleted: only history is lost"
)
_LESS_IN_POSTGRES = (
    "let the sensor old_runs delete what is old, then give the room back, in Dagster's "
    "database and while nothing runs: vacuum full event_logs"
)
_KEEP_RUNNING = (
    "keep `timonel dev --schedules` or docker compose running, or let cron call "
    "timonel run each night and timonel alerts send every few minutes"
)


def examine_services(
    settings: Settings, now: datetime, load: Callable[[], object]
) -> Iterator[Finding]:
    """Look at the code, the daemon, its schedules, the port of its page, Metabase.

    Parameters
    ----------
    now : datetime
        Aware.
    load
        Loads the definitions, as Dagster does.
    """
    yield _code(load)
    with deployed_instance(settings) as instance:
        daemons = list(_daemons(instance, now))
        yield from daemons
        yield from _switched_off(instance)
        yield _history(instance, settings.dagster_home)
    yield _parsed(dbt_project.project_dir / "target")
    if daemons[0].outcome != "fine":
        yield from _port(_PORT)
    yield from _metabase(os.environ.get("METABASE_URL"))


def _history(instance: dg.DagsterInstance, home: Path) -> Finding:
    """How much Dagster remembers, which the sensor `old_runs` keeps small."""
    size, place, less = _folder_size(home), str(home), _LESS_HISTORY
    # Files, memory and Postgres are all SQL.
    storage: Any = instance.event_log_storage
    with storage.index_connection() as connection:
        if connection.dialect.name == "postgresql":
            size = connection.execute(_DATABASE_SIZE).scalar_one()
            place, less = "its own Postgres", _LESS_IN_POSTGRES
    return _measured("history", "Dagster's history", size, place, less)


def _parsed(target: Path) -> Finding:
    """How much dbt and its killed runs left, which every run keeps small."""
    less = f"while nothing runs, delete it: rm -r {target}; the next run makes it anew"
    return _measured("dbt", "dbt's folder", _folder_size(target), str(target), less)


def _measured(subject: str, what: str, size: int, place: str, less: str) -> Finding:
    seen = f"{what} holds {size / 2**30:,.1f} GiB at {place}"
    if size > _LARGE:
        return Finding(subject, "warning", seen, less)
    return Finding(subject, "fine", seen)


def _folder_size(folder: Path) -> int:
    return sum(map(_size, folder.rglob("*")))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:
        return 0  # deleted while we look


def _code(load: Callable[[], object]) -> Finding:
    """Whether Dagster would find the assets, whatever it is that stops it."""
    try:
        load()
    except Exception as failure:
        said = str(failure).strip() or type(failure).__name__
        return Finding(
            "code location",
            "broken",
            f"the definitions do not load: {said.splitlines()[0]}",
            "correct what it names; `dagster definitions validate -m "
            "orchestration.definitions` shows all of it",
        )
    return Finding("code location", "fine", "the definitions load")


def _daemons(instance: dg.DagsterInstance, now: datetime) -> Iterator[Finding]:
    """Whether anything will run tonight by itself."""
    beats = instance.get_daemon_heartbeats()
    for name, (subject, consequence) in _DAEMONS.items():
        beat = beats.get(name)
        if beat is None:
            # One sentence for a daemon that never ran is enough.
            if name == "SCHEDULER" or beats:
                yield Finding(subject, "warning", consequence, _KEEP_RUNNING)
            continue
        last = datetime.fromtimestamp(beat.timestamp, UTC)
        if now - last > _ALIVE:
            seen = f"it stopped at {last:%Y-%m-%d %H:%M} UTC, so {consequence}"
            yield Finding(subject, "warning", seen, _KEEP_RUNNING)
        elif beat.errors:
            said = beat.errors[0].message.strip().splitlines()[0]
            remedy = "the daemon's own log has the rest: docker compose logs"
            yield Finding(subject, "broken", f"it runs with an error: {said}", remedy)
        else:
            yield Finding(subject, "fine", "it runs")


def _switched_off(instance: dg.DagsterInstance) -> Iterator[Finding]:
    """Schedules and sensors are on by default: off is what somebody did."""
    off = sorted(
        state.instigator_name
        for state in instance.all_instigator_state()
        if not state.is_running
    )
    if off:
        yield Finding(
            "automation",
            "warning",
            f"switched off: {', '.join(off)}",
            "switch them on again in Dagster, under Automation",
        )


def _port(port: int) -> Iterator[Finding]:
    """Whether `timonel dev` could open its page, while nothing of ours is there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            yield Finding(
                f"port {port}",
                "warning",
                "another program has it, and `timonel dev` would not start",
                f"stop that program, or: timonel dev --port {port + 1}",
            )


def _metabase(url: str | None) -> Iterator[Finding]:
    if not url:
        return
    try:
        answer = requests.get(
            f"{url.rstrip('/')}/api/health", timeout=_PATIENCE_SECONDS
        )
        answer.raise_for_status()
    except requests.RequestException as failure:
        # What the library says may hold the whole address, with what is in it.
        yield Finding(
            "Metabase",
            "broken",
            f"METABASE_URL does not answer ({type(failure).__name__})",
            "start it (docker compose up -d metabase), or correct METABASE_URL",
        )
        return
    yield Finding("Metabase", "fine", "it answers")
