"""A server or a disk that gives up costs one company its run, and is told in words."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from orchestration.cli.companies.company_turns import in_turn, in_words
from orchestration.cli.refresh import Refresher
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.company_removal import remove_company
from orchestration.lib.warehouse import server_errors
from orchestration.lib.warehouse.database import embedded_postgres, open_database
from orchestration.lib.warehouse.embedded_postgres import PostgresWillNotStart
from orchestration.lib.warehouse.server_errors import is_full

COMPANIES = [Company(name, name.upper(), "EUR", "UTC") for name in ("acme", "bolt")]


@pytest.fixture
def refresher(tmp_path: Path) -> Iterator[Refresher]:
    """An installation with an embedded server of its own."""
    settings = Settings(tmp_path, None)
    yield Refresher(settings, open_database(settings))
    embedded_postgres(settings).remove()


def ask(refresher: Refresher) -> None:
    with psycopg.connect(refresher.url) as database:
        database.execute("select 1")


def test_a_server_killed_in_one_company_is_there_for_the_next(
    refresher: Refresher,
) -> None:
    done = []

    def work(present: Refresher, company: Company) -> None:
        if company.company_id == "acme":
            state = embedded_postgres(refresher.settings).state
            pid = int((state / "data" / "postmaster.pid").read_text().split()[0])
            with psycopg.connect(present.url) as database:
                os.kill(pid, signal.SIGKILL)
                while True:
                    database.execute("select pg_sleep(0.01)")
        ask(present)
        done.append(company.company_id)

    failures = in_turn(refresher, COMPANIES, work, alerts=False)

    assert done == ["bolt"]
    assert len(failures) == 1
    assert failures[0].startswith("ACME: ")
    assert "The database was stopped or restarted meanwhile" in failures[0]


def test_a_company_removed_meanwhile_is_told_as_that(refresher: Refresher) -> None:
    with psycopg.connect(refresher.url) as admin:
        admin.execute("insert into ops.companies values ('acme', 'ACME', 'EUR', 'UTC')")

    def work(present: Refresher, company: Company) -> None:
        if company.company_id == "acme":
            remove_company(present.url, "acme")
            raise psycopg.errors.ForeignKeyViolation("ops.companies")

    (failure,) = in_turn(refresher, COMPANIES[:1], work, alerts=False)

    assert "acme was removed while it was being run" in failure


def test_a_full_disk_under_dagsters_history_is_a_sentence(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'runs.db'}")
    with engine.connect() as history:
        history.execute(text("pragma max_page_count = 2"))
        history.execute(text("create table runs (body text)"))
        with pytest.raises(OperationalError) as refused:
            history.execute(text(f"insert into runs values ('{'x' * 50_000}')"))

    said = in_words(refused.value)

    assert said.startswith("database or disk is full\n")
    assert "Free space there" in said
    assert "insert into" not in said
    assert isinstance(refused.value.orig, sqlite3.OperationalError)


def test_a_disk_that_was_full_below_another_failure_is_found() -> None:
    failure = RuntimeError("the run ended")
    failure.__cause__ = OSError(28, "No space left on device")

    assert is_full(failure)
    assert not is_full(RuntimeError("the run ended"))


def test_a_start_on_a_full_disk_does_not_advise_to_delete_the_data(
    refresher: Refresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = embedded_postgres(refresher.settings)
    server.stop()
    # It cannot start, and its disk has less room than any log needs.
    (server.state / "data" / "global" / "pg_control").rename(server.state / "aside")
    monkeypatch.setattr(server_errors, "_LEAST_ROOM", 2**80)

    with pytest.raises(PostgresWillNotStart) as refused:
        server.start()

    assert "the data are whole" in str(refused.value)
    assert "make clean" not in str(refused.value)
