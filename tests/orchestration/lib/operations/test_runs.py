"""What is kept of a run: how it ended, whatever happened to the server meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest

from orchestration.lib.operations import runs
from orchestration.lib.operations.runs import RunFailed, is_done, recorded_run
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import connect

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
DAY = date(2026, 1, 31)
# To every client, what a restart of the server is.
_HANG_UP = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""
_BUILT = """
    insert into ops.mart_builds (company_id, mart, definition, seen_through, as_of_date)
    values ('acme', 'companies', '', 0, %(day)s)
"""


@pytest.fixture
def url(database_url: str) -> str:
    add_company(database_url, ACME)
    return database_url


def kept(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(
            "select status, message, input_version from ops.runs order by started_at"
        ).fetchall()


def restart(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(_HANG_UP)


def fail_after(happening: Callable[[], None], message: str) -> None:
    happening()
    raise RuntimeError(message)


def test_where_a_run_failed_is_kept_with_why(url: str) -> None:
    with pytest.raises(RunFailed), recorded_run(url, "acme", DAY):
        raise RunFailed("A table is gone.", "d0c5", ("marts", "orders"))

    with psycopg.connect(url) as database:
        assert database.execute(
            "select message, dagster_run_id, failed_asset from ops.runs"
        ).fetchall() == [("A table is gone.", "d0c5", ["marts", "orders"])]


def test_a_good_run_is_kept_as_such_although_the_server_restarted(url: str) -> None:
    with recorded_run(url, "acme", DAY) as run:
        run.computes("v1")
        restart(url)

    assert kept(url) == [("succeeded", None, "v1")]


def test_a_run_that_failed_by_a_restart_does_not_stay_started(url: str) -> None:
    with pytest.raises(RuntimeError), recorded_run(url, "acme", DAY):
        fail_after(lambda: restart(url), "the server went away")

    assert kept(url) == [("failed", "the server went away", "")]


def test_a_server_that_is_still_starting_is_waited_for(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [psycopg.OperationalError("the database system is starting up")]

    def starting(*arguments: str) -> psycopg.Connection:
        if answers:
            raise answers.pop()
        return connect(*arguments)

    monkeypatch.setattr(runs, "_POLL_SECONDS", 0)
    with recorded_run(url, "acme", DAY):
        monkeypatch.setattr(runs, "connect", starting)

    assert answers == []
    assert kept(url) == [("succeeded", None, "")]


def test_a_server_that_never_comes_back_hides_no_reason(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*arguments: str) -> psycopg.Connection:
        raise psycopg.OperationalError("Connection refused")

    monkeypatch.setattr(runs, "_PATIENCE_SECONDS", 0)
    with (
        pytest.raises(RuntimeError, match="the shop moved"),
        recorded_run(url, "acme", DAY),
    ):
        fail_after(lambda: monkeypatch.setattr(runs, "connect", gone), "the shop moved")


def test_who_stops_a_run_made_nothing_fail(url: str) -> None:
    with pytest.raises(KeyboardInterrupt), recorded_run(url, "acme", DAY, "v1"):
        raise KeyboardInterrupt

    ((status, message, _),) = kept(url)
    assert status == "stopped"
    assert "goes on where it stopped" in str(message)
    assert not is_done(url, ACME, DAY, "v1")


@pytest.mark.parametrize(
    ("customer_day", "built_day", "is_skipped"),
    [
        (DAY, DAY, True),
        (DAY + timedelta(days=1), DAY, False),
        # A community has no customers.
        (None, DAY, True),
        (None, DAY + timedelta(days=1), False),
        (None, None, False),
    ],
)
def test_what_was_done_is_not_done_again_unless_somebody_ran_since(
    url: str, customer_day: date | None, built_day: date | None, is_skipped: bool
) -> None:
    with recorded_run(url, "acme", DAY, "v1"):
        pass
    with psycopg.connect(url) as admin:
        admin.execute("create schema if not exists marts")
        admin.execute(
            "create table marts.customer_summaries (company_id text, as_of_date date)"
        )
        admin.execute("grant usage on schema marts to transformer")
        admin.execute("grant select on marts.customer_summaries to transformer")
        if customer_day:
            query = "insert into marts.customer_summaries values ('acme', %s)"
            admin.execute(query, (customer_day,))
        if built_day:
            admin.execute(_BUILT, {"day": built_day})

    assert is_done(url, ACME, DAY, "v1") == is_skipped
    assert not is_done(url, ACME, DAY, "v2")


def test_a_run_with_nothing_to_do_leaves_no_row(url: str) -> None:
    with recorded_run(url, "acme", DAY) as run:
        run.forget()

    assert kept(url) == []
