"""A database server killed in ten places of a run: a sentence, and the next company."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.warehouse.database import libpq_environment
from orchestration.lib.warehouse.embedded_postgres import (
    EmbeddedPostgres,
    PostgresWillNotStart,
)
from tests.conftest import KnowsProject
from tests.end_to_end.conftest import (
    SECOND,
    Predicted,
    Timonel,
    copied,
    final_tables,
    write_log,
)
from tests.suite.template_cluster import FAST, CopiedPostgres, TemplateCluster

# A killed server has what it committed.
_KEEPS = (*FAST, ("synchronous_commit", "on"))
# The first company stands still at a place until the server is killed there.
_STAND_STILL = (("killed.company", "calm"),)
_PLACES = """
    create function public.stand_still() returns trigger language plpgsql as $$
    begin
        if new.company_id = current_setting('killed.company', true) then
            perform pg_sleep(600);
        end if;
        return new;
    end $$;
    grant execute on function public.stand_still() to public;
"""
_STANDS_STILL = """
    select from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'
"""
_DBT_TESTS = """
    select from pg_stat_activity
    where datname = current_database() and application_name = 'dbt'
        and state = 'active' and query like '%%"test.timonel.%%'
"""
_FITS = f"""
    select from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where datname = current_database() and locktype = 'advisory'
        and mode = 'ShareLock' and exists (
            select from marts.customer_summaries
            where company_id = 'calm' and as_of_date = '{SECOND}'
        ) and not exists (
            select from pg_stat_activity
            where datname = current_database() and application_name = 'dbt'
        )
"""
_PUBLISHES = f"""
    select from pg_stat_activity
    where datname = current_database() and application_name = 'dbt' and exists (
        select from predictions.predictions_customer
        where company_id = 'calm' and as_of_date = '{SECOND}'
    )
"""
_RUNS = """
    select company_id, status from ops.runs where as_of_date = %s
    order by company_id, started_at
"""
# What both companies bought since they were predicted from.
_BOUGHT = ("c0", date(2024, 12, 10), Decimal("50.25"))


@dataclass(frozen=True)
class Place:
    """Where a run is when its server is killed.

    Parameters
    ----------
    stop : str
        Before which change of which table the first company stands still; empty where
        it is only watched.
    seen : str
        A query that has rows once it is there.
    options : tuple
        Of the command, that it comes there.
    is_mended : bool or None
        The run waits for a server that is back, and ends well; None where that depends
        on whether the server is asked anything before it is back.
    """

    stop: str = ""
    seen: str = _STANDS_STILL
    options: tuple[str, ...] = ()
    is_mended: bool | None = False


_ALWAYS = {
    "load": Place("insert on raw_files.purchases"),
    "predictions": Place("insert on predictions.predictions_customer"),
}
_SOAKED = {
    "reading": Place("insert on ops.connection_reads"),
    "read": Place("update of version_read on ops.source_landings"),
    "orders": Place("insert on marts.orders"),
    "customers": Place("insert on marts.customers"),
    "checks": Place(seen=_DBT_TESTS),
    "fit": Place(seen=_FITS, is_mended=None),
    "recording": Place("update of status on ops.runs", is_mended=True),
    "publishing": Place(seen=_PUBLISHES, options=("--force",)),
}
_ALL = [
    *(pytest.param(place, id=name) for name, place in _ALWAYS.items()),
    *(
        pytest.param(place, id=name, marks=pytest.mark.soak)
        for name, place in _SOAKED.items()
    ),
]


@pytest.fixture(scope="module")
def predicted_server(
    predicted: Predicted,
    _template: TemplateCluster,
    memory: Path,
) -> Iterator[CopiedPostgres]:
    """A server of this module's own, with the predicted installation."""
    server = CopiedPostgres(
        memory / "killed",
        settings=_KEEPS,
        origin=EmbeddedPostgres(_template.server),
    )
    url = f"{server.start().rsplit('/', 1)[0]}/predicted"
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute("create database predicted")
    with subprocess.Popen(
        (server.program("pg_dump"), "--format=plain"),
        env={"PATH": os.defpath, **libpq_environment(predicted.origin.url)},
        stdout=subprocess.PIPE,
    ) as dump:
        subprocess.run(
            (server.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
            env={"PATH": os.defpath, **libpq_environment(url)},
            stdin=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    with psycopg.connect(url) as admin:
        admin.execute(_PLACES)
    yield server
    server.remove()


@pytest.fixture
def waiting_timonel(
    predicted: Predicted,
    predicted_server: CopiedPostgres,
    home: Path,
    knows_project: KnowsProject,
) -> Iterator[Timonel]:
    """A copy of that installation, on a server that can be made to wait."""
    predicted_server.stop()
    replace(predicted_server, settings=(*_KEEPS, *_STAND_STILL)).start()
    url = f"{predicted_server.url().rsplit('/', 1)[0]}/predicted"
    origin = replace(predicted.origin, url=url)
    with copied(origin, home, knows_project) as timonel:
        yield timonel


@pytest.mark.parametrize("place", _ALL)
def test_a_server_killed_in_a_run_costs_one_company_a_second_run(
    place: Place,
    predicted: Predicted,
    predicted_server: CopiedPostgres,
    waiting_timonel: Timonel,
    killers: list[subprocess.Popen[str]],
) -> None:
    timonel = waiting_timonel
    write_log(predicted.export, [*predicted.rows, _BOUGHT])
    if place.stop:
        _stand_still(timonel, place)
    run = timonel.start("run", "--as-of", SECOND, *place.options)
    killers.append(run)
    while not timonel.rows(place.seen):
        assert run.poll() is None, run.communicate()[0]
        time.sleep(0.01)
    _kill(predicted_server)
    said, _ = run.communicate()

    assert "Traceback" not in said
    is_mended = run.returncode == 0
    assert run.returncode in {0, 1}, said
    assert place.is_mended in {None, is_mended}, said
    stopped = "The database was stopped or restarted meanwhile"
    assert (stopped in said) is not is_mended, said
    ended = "succeeded" if is_mended else "failed"
    assert timonel.rows(_RUNS, SECOND) == [("calm", ended), ("tienda", "succeeded")]

    timonel.run("run", "--company", "calm", "--as-of", SECOND)
    assert final_tables(timonel, "calm") == final_tables(timonel, "tienda")


def _stand_still(timonel: Timonel, place: Place) -> None:
    statement = f"""
        create trigger stand_still before {place.stop}
        for each row execute function public.stand_still()
    """
    with psycopg.connect(timonel.url) as admin:
        admin.execute(statement.encode())


def _kill(server: CopiedPostgres) -> None:
    """As the system does where memory is short; then it is started again."""
    postmaster = int((server._data / "postmaster.pid").read_text().split()[0])
    port = (server.home / "port").read_text()
    os.kill(postmaster, signal.SIGKILL)
    ends_at = time.monotonic() + 60
    while server.is_running():
        assert time.monotonic() < ends_at
        time.sleep(0.01)
    while True:
        # Its processes see that they are alone, and end one by one.
        with suppress(PostgresWillNotStart):
            server.start()
            if (server.home / "port").read_text() == port:
                return
            # Somebody's connection has it for a moment; whom the test runs knows no
            # other, and would wait for it in vain.
            server.stop()
            (server.home / "port").write_text(port)
        assert time.monotonic() < ends_at
        time.sleep(0.1)
