"""What a newcomer can get wrong, looked at one by one, each with its remedy."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg

from orchestration.lib.connections.connection_secrets import load_secrets
from orchestration.lib.connections.connection_states import (
    ConnectionStatus,
    list_statuses,
)
from orchestration.lib.core.secrets import SecretsUnreadable
from orchestration.lib.core.settings import PROJECT_ROOT, Settings
from orchestration.lib.operations.company_checks import examine_companies
from orchestration.lib.operations.failed_runs import broken_runs
from orchestration.lib.operations.findings import Finding, Outcome
from orchestration.lib.operations.service_checks import examine_services
from orchestration.lib.warehouse.database import (
    DatabaseUnreachable,
    connect,
    embedded_postgres,
    open_database,
)
from orchestration.lib.warehouse.dbt import dbt_program
from orchestration.lib.warehouse.embedded_postgres import PostgresWillNotStart

__all__ = ["Finding", "examine"]

_LOCK = PROJECT_ROOT / "requirements.lock"
_PINNED = re.compile(r"^([a-z0-9._-]+)==([^\s;]+)([^\\]*)", re.MULTILINE)
_OLDEST_PYTHON, _OLDEST_POSTGRES = (3, 11), 150000
_ROOM = (
    "make room: companies that nobody reads any more (timonel company remove), old "
    "backups and exports, and what is told to be large below"
)
_LITTLE_SPACE, _NO_SPACE = 5 * 2**30, 2**29
# A daily schedule that works never lets a source wait longer.
_LATE = timedelta(days=2)

_Found = tuple[Outcome, str, str] | None


def examine(
    settings: Settings, now: datetime, load: Callable[[], object]
) -> Iterator[Finding]:
    """Look at the machine, the database, the programs around it, then each company.

    Without a database nothing is said of companies. Starts the embedded server, as
    every command does; changes nothing else.

    Parameters
    ----------
    now : datetime
        Aware.
    load
        Loads the definitions, as Dagster does.
    """
    yield _python()
    yield _packages(_LOCK)
    yield _space("disk", settings.home, "TIMONEL_HOME")
    try:
        url = open_database(settings)
    except (DatabaseUnreachable, PostgresWillNotStart) as failure:
        yield Finding("database", "broken", str(failure), "see the sentence above")
        return
    yield _database(url)
    yield _readers(url)
    yield _rooms(url)
    if settings.database_url is None:
        data = embedded_postgres(settings).state
        yield _space("database's disk", data, "TIMONEL_DATABASE_URL")
    yield from examine_services(settings, now, load)
    yield from _companies(url)
    yield from examine_companies(url)
    for status in list_statuses(url):
        yield _connection(url, settings, status, now)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        oldest = ".".join(map(str, _OLDEST_PYTHON))
        return Finding(
            "Python",
            "broken",
            f"{found}, and {oldest} is the oldest that works",
            f"install Python {oldest} or newer, delete .venv, and: make demo",
        )
    return Finding("Python", "fine", found)


def _packages(lock: Path) -> Finding:
    """Whether what is installed is what was tested."""
    if not lock.exists():
        return Finding("packages", "fine", "installed without the project's lock")
    if not Path(dbt_program()).exists():
        return Finding(
            "packages",
            "broken",
            f"there is no dbt beside {sys.executable}",
            "use the project's own environment: make demo builds it in .venv",
        )
    other = sorted(
        name
        for name, wanted, condition in _PINNED.findall(lock.read_text())
        # What is for another system only is not looked for.
        if ";" not in condition and _installed(name) not in {wanted, None}
    )
    if other:
        return Finding(
            "packages",
            "warning",
            f"not the versions that were tested: {', '.join(other)}",
            "delete .venv, then: make demo",
        )
    return Finding("packages", "fine", "the versions that were tested")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _space(subject: str, home: Path, elsewhere: str) -> Finding:
    """Whether there is room where things are kept; `elsewhere` names what moves it."""
    there = next(each for each in (home, *home.parents) if each.exists())
    if not os.access(there, os.W_OK):
        return Finding(
            subject,
            "broken",
            f"{there} cannot be written to",
            f"give this account the folder, or set {elsewhere} to another place",
        )
    free = shutil.disk_usage(there).free
    seen = f"{_gib(free)} free at {there}"
    if free < _LITTLE_SPACE:
        outcome: Outcome = "broken" if free < _NO_SPACE else "warning"
        return Finding(
            subject,
            outcome,
            seen,
            f"{_ROOM}, or set {elsewhere} to a place on a larger disk",
        )
    return Finding(subject, "fine", seen)


def _database(url: str) -> Finding:
    with psycopg.connect(url) as database:
        found = database.info.server_version
    major = f"Postgres {found // 10000}"
    if found < _OLDEST_POSTGRES:
        return Finding(
            "database",
            "broken",
            f"{major}, and {_OLDEST_POSTGRES // 10000} is the oldest that works",
            "set TIMONEL_DATABASE_URL to a newer server, or unset it",
        )
    return Finding("database", "fine", f"{major} answers, its schema is up to date")


def _readers(url: str) -> Finding:
    """Whether a login of a company could stop the others, or see them at work."""
    with psycopg.connect(url) as database:
        row = database.execute(
            """select bool_or(has_function_privilege('bi_reader', name, 'execute'))
            from unnest(%s::text[]) as name""",
            (["pg_advisory_lock(bigint)", "pg_lock_status()"],),
        ).fetchone()
    if row == (True,):
        return Finding(
            "readers",
            "warning",
            "whoever signs in as a company may take locks that stop every command, or "
            "see who else is signed in",
            "as the server's superuser: psql -f orchestration/deploy/limit_readers.sql",
        )
    return Finding("readers", "fine", "they hold up nobody")


def _rooms(url: str) -> Finding:
    """How large the database is, and where: what to look at when its disk fills."""
    with psycopg.connect(url) as database:
        rooms = database.execute(
            """select relnamespace::regnamespace::text, sum(pg_total_relation_size(oid))
            from pg_class where relkind in ('r', 'm')
            group by 1 order by 2 desc, 1 limit 3"""
        ).fetchall()
        row = database.execute("select pg_database_size(current_database())").fetchone()
    largest = ", ".join(f"{name} {_gib(size)}" for name, size in rooms)
    seen = f"the database holds {_gib(row[0] if row else 0)}: {largest}"
    return Finding("database's size", "fine", seen)


def _gib(size: float) -> str:
    return f"{float(size) / 2**30:,.1f} GiB"


def _companies(url: str) -> Iterator[Finding]:
    with connect(url, "orchestrator") as database:
        latest = database.execute(
            """select distinct on (companies.company_id)
                companies.company_id, runs.status, runs.as_of_date
            from ops.companies as companies
            left join ops.runs as runs
                on runs.company_id = companies.company_id and runs.status <> 'started'
            where companies.plan <> 'agency'
            order by companies.company_id, runs.started_at desc nulls last"""
        ).fetchall()
        broken = {run.company_id: run for run in broken_runs(database)}
    if not latest:
        yield Finding(
            "companies", "warning", "there is none yet", "timonel company add my_shop"
        )
    for company_id, status, as_of_date in latest:
        again = f"timonel run --company {company_id}"
        if status is None:
            yield Finding(company_id, "warning", "never computed here", again)
        elif run := broken.get(company_id):
            said = (run.message or "no message").strip().splitlines()[0]
            yield Finding(
                company_id, "broken", f"its last run failed: {said}", f"then: {again}"
            )
        elif status == "stopped":
            yield Finding(company_id, "warning", "its last run was stopped", again)
        else:
            yield Finding(company_id, "fine", f"computed as of {as_of_date}")


def _connection(
    url: str, settings: Settings, status: ConnectionStatus, now: datetime
) -> Finding:
    """The first thing that is wrong with a connection, as reading it would meet it."""
    name = f"{status.company_id}/{status.connection_id}"
    found = (
        _secrets(url, settings, status)
        or _paths(status)
        or _state(status)
        or _reading(status, now)
    )
    return Finding(name, *(found or ("fine", f"read {status.last_read_at:%Y-%m-%d}")))


def _secrets(url: str, settings: Settings, status: ConnectionStatus) -> _Found:
    try:
        load_secrets(url, settings, status.company_id, status.connection_id)
    except SecretsUnreadable as failure:
        return "broken", str(failure), "bring back the key, or connect it again"
    return None


def _paths(status: ConnectionStatus) -> _Found:
    gone = [
        path for path in status.settings.get("paths", []) if not Path(path).exists()
    ]
    if not gone:
        return None
    again = f"timonel connect files PATH --company {status.company_id}"
    return "broken", f"there is nothing at {', '.join(gone)}", again


def _state(status: ConnectionStatus) -> _Found:
    if status.state == "failing":
        said = status.last_error or "its last check failed"
        again = f"timonel connect test {status.connection_id}"
        return "broken", said, f"{again} --company {status.company_id}"
    if status.state == "limited":
        warnings = (status.check_result or {}).get("warnings") or []
        told = [*warnings, *filter(None, [status.last_error])]
        return "warning", " ".join(told) or "it works with limits", ""
    return None


def _reading(status: ConnectionStatus, now: datetime) -> _Found:
    again = f"timonel run --company {status.company_id}"
    if status.last_read_at is None:
        return "warning", "never read", again
    if now - status.last_read_at > _LATE:
        return (
            "warning",
            f"last read {(now - status.last_read_at).days} days ago",
            again,
        )
    return None
