"""Who signs in as a company can neither stop the others nor fill their disk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import connect, migrate


@pytest.fixture(params=["bi_acme", "actions_acme"])
def login(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """A company's login, as it is when it was made by ``company add``."""
    add_company(database_url, Company("acme", "Acme", "EUR", "UTC"))
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(f"alter role {request.param} password 'reader'")
    yield f"postgresql://{request.param}:reader@{database_url.split('@')[1]}"
    with psycopg.connect(database_url, autocommit=True) as admin:
        for role in ("bi_acme", "actions_acme"):
            admin.execute(f"drop role {role}".encode())


@pytest.mark.parametrize(
    "attempt",
    [
        "select pg_advisory_lock(7467001)",
        "select pg_advisory_lock_shared(hashtext('dbt'))",
        "select pg_try_advisory_lock(1, 2)",
        "select pg_advisory_xact_lock(hashtext('company bolt'))",
        "select pg_try_advisory_xact_lock_shared(1)",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select lo_from_bytea(0, 'x')",
        "select pg_logical_emit_message(false, 'x', repeat('x', 1000))",
        "create temporary table t (x int)",
        "create table public.t (x int)",
        "create schema mine",
        "set temp_file_limit = -1",
        "set log_statement = 'all'",
        "alter role current_user connection limit -1",
        "lock table ops.companies in access share mode",
        "select pg_reload_conf()",
    ],
)
def test_what_would_stop_others_is_refused(login: str, attempt: str) -> None:
    with (
        psycopg.connect(login) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute(attempt.encode())


def test_a_login_has_a_part_of_the_servers_connections(login: str) -> None:
    opened: list[psycopg.Connection] = []
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            opened.extend(psycopg.connect(login) for _ in iter(int, 1))
        assert len(opened) == 20
    finally:
        for connection in opened:
            connection.close()


def test_a_login_is_bounded_in_time_and_in_files(login: str) -> None:
    with psycopg.connect(login) as reader:
        found = {
            name: (reader.execute(f"show {name}".encode()).fetchone() or [None])[0]
            for name in (
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "temp_file_limit",
            )
        }

    assert found == {
        "statement_timeout": "2min",
        "idle_in_transaction_session_timeout": "1min",
        "temp_file_limit": "2GB",
    }


def test_our_own_roles_still_lock_and_make_temporary_tables(database_url: str) -> None:
    for role in ("loader", "transformer", "orchestrator"):
        with connect(database_url, role) as ours:
            ours.execute("select pg_advisory_xact_lock(1)")
            ours.execute("create temporary table t (x int)")


def test_logins_of_before_are_bounded_by_the_migration(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("create role bi_older login in role bi_reader")
        admin.execute("update ops.alembic_version set version_num = '0033'")

    migrate(database_url)

    with psycopg.connect(database_url, autocommit=True) as admin:
        found = admin.execute(
            "select rolconnlimit, rolconfig from pg_roles where rolname = 'bi_older'"
        ).fetchone()
        admin.execute("drop role bi_older")
    assert found == (
        20,
        [
            "statement_timeout=2min",
            "idle_in_transaction_session_timeout=1min",
            "temp_file_limit=2GB",
        ],
    )


def test_places_of_the_server_are_kept_for_us(database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        row = admin.execute("show superuser_reserved_connections").fetchone()

    assert row is not None
    assert re.fullmatch("20", row[0])
