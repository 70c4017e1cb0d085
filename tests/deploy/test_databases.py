"""The databases of docker compose, made on a server of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest
import yaml
from dagster._core.workspace.load_target import WorkspaceFileTarget

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.backups import back_up
from orchestration.lib.operations.restores import restore
from orchestration.lib.operations.run_retention import KEPT, forget_old_runs
from orchestration.lib.tenancy.companies import (
    Company,
    add_company,
    list_companies,
    reader_role,
)
from orchestration.lib.warehouse.database import connect, libpq_environment, migrate
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.conftest import NewDatabase
from tests.deploy.compose_file import ROOT, container_environment, services

_DEPLOY = ROOT / "orchestration" / "deploy"
_SCRIPTS = ("create_databases.sql", "limit_readers.sql")
_PASSWORDS = {
    "TIMONEL_DATABASE_PASSWORD": "of-timonel",
    "DAGSTER_DATABASE_PASSWORD": "of-dagster",
    "METABASE_DATABASE_PASSWORD": "of-metabase",
}


@dataclass(frozen=True)
class Server:
    """A server on which the scripts of a new container ran."""

    address: str

    def url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@{self.address}/{database}"

    @property
    def warehouse(self) -> str:
        return self.url("timonel", "of-timonel", "timonel")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp())
    postgres = EmbeddedPostgres(folder / "postgres", settings=(("fsync", "off"),))
    admin = postgres.start().rpartition("/")[0] + "/postgres"
    try:
        with psycopg.connect(admin, autocommit=True) as connection:
            # A container starts without the embedded server's own database.
            connection.execute("drop database timonel")
        for script in _SCRIPTS:
            done = _run_script(postgres, admin, _PASSWORDS, script)
            assert done.returncode == 0, done.stderr
        yield Server(admin.partition("@")[2].partition("/")[0])
    finally:
        postgres.remove()
        shutil.rmtree(folder)


def _run_script(
    postgres: EmbeddedPostgres,
    admin: str,
    passwords: Mapping[str, str],
    script: str = _SCRIPTS[0],
) -> subprocess.CompletedProcess[str]:
    file = str(_DEPLOY / script)
    return subprocess.run(
        [str(postgres.program("psql")), "--no-psqlrc", "--file", file],
        env={"PATH": os.defpath} | libpq_environment(admin) | dict(passwords),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def warehouse(server: Server) -> str:
    """URL of the migrated warehouse, as the role `timonel`."""
    migrate(server.warehouse)
    return server.warehouse


def test_passwords_of_the_script_are_given_to_its_container() -> None:
    given = container_environment(services()["postgres"])

    assert set(_PASSWORDS) <= set(given)


def test_the_script_stops_when_a_password_is_missing(
    postgres: EmbeddedPostgres,
) -> None:
    admin = postgres.url().rpartition("/")[0] + "/postgres"

    done = _run_script(postgres, admin, {})

    assert done.returncode != 0


def test_the_databases_are_those_the_services_ask_for(server: Server) -> None:
    dagster = container_environment(services()["dagster-daemon"])
    metabase = container_environment(services()["metabase"])

    assert dagster["DAGSTER_DATABASE_URL"].endswith("/dagster")
    for role, password, database in (
        ("dagster", "of-dagster", "dagster"),
        (metabase["MB_DB_USER"], "of-metabase", metabase["MB_DB_DBNAME"]),
    ):
        with psycopg.connect(server.url(role, password, database)) as connection:
            connection.execute("create table of_its_own (id int)")
            connection.rollback()


def test_the_schema_is_made_by_a_role_that_is_no_superuser(warehouse: str) -> None:
    with psycopg.connect(warehouse) as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()

    assert row == (False, False)
    with connect(warehouse, "transformer") as connection:
        connection.execute("create table marts.it_may_build (company_id text)")
        connection.rollback()


def test_companies_get_their_read_role_and_a_password_there(
    server: Server, warehouse: str
) -> None:
    add_company(warehouse, Company("acme", "Acme", "EUR", "Europe/Madrid"))
    role = reader_role("acme")
    with psycopg.connect(warehouse) as connection:
        connection.execute(f"alter role {role} password 'of-acme'")

    with (
        psycopg.connect(server.url(role, "of-acme", "timonel")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select * from ops.companies")


def test_the_container_runs_every_script_on_an_empty_volume() -> None:
    mounts = [mount.split(":")[:2] for mount in services()["postgres"]["volumes"]]

    for script in _SCRIPTS:
        place = f"/docker-entrypoint-initdb.d/{script}"
        assert [f"./orchestration/deploy/{script}", place] in mounts


@pytest.mark.parametrize(
    "attempt",
    [
        "select pg_advisory_lock(7467001)",
        "select lo_create(0)",
        "select * from pg_locks",
        "select * from pg_stat_activity",
        "select pg_logical_emit_message(false, 'x', 'x')",
        "create temporary table t (x int)",
        "set temp_file_limit = -1",
    ],
)
def test_a_company_cannot_stop_the_others_there(
    attempt: str, server: Server, warehouse: str
) -> None:
    add_company(warehouse, Company("calm", "Calm", "EUR", "Europe/Madrid"))
    role = reader_role("calm")
    with psycopg.connect(warehouse) as connection:
        connection.execute(f"alter role {role} password 'of-calm'")

    with psycopg.connect(server.url(role, "of-calm", "timonel")) as connection:
        assert connection.execute("show temp_file_limit").fetchone() == ("2GB",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(attempt.encode())


@pytest.mark.parametrize("role", ["loader", "transformer", "orchestrator"])
def test_our_own_roles_lock_there(role: str, warehouse: str) -> None:
    with connect(warehouse, role) as connection:
        connection.execute("select pg_advisory_xact_lock(1)")
        # Who holds a lock is told by name.
        connection.execute("select 1 from pg_locks join pg_stat_activity using (pid)")


def test_a_backup_of_a_laptop_is_restored_there_and_back_again(
    warehouse: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    """Here the platform's login is no superuser, and called otherwise."""
    laptop = Settings(tmp_path / "laptop", None)
    there = Settings(tmp_path / "there", None)
    with new_database() as url:
        add_company(url, Company("dune", "Dune", "EUR", "Europe/Madrid"))
        back_up(laptop, url, tmp_path / "first", "x", _silently)
    restore(there, warehouse, tmp_path / "first", "x", _silently)
    back_up(there, warehouse, tmp_path / "second", "x", _silently)
    with new_database() as url:
        restore(laptop, url, tmp_path / "second", "x", _silently)
        found = list_companies(url)

    assert [each.company_id for each in list_companies(warehouse)] == ["dune"]
    assert [each.company_id for each in found] == ["dune"]
    with connect(warehouse, "transformer") as connection:
        connection.execute("create table marts.it_may_build (company_id text)")
        connection.rollback()


def _silently(line: str) -> None:
    del line


@pytest.mark.parametrize("database", ["dagster", "metabase_app", "postgres"])
def test_a_company_cannot_enter_another_database(
    database: str, server: Server, warehouse: str
) -> None:
    add_company(warehouse, Company("bolt", "Bolt", "EUR", "Europe/Madrid"))
    role = reader_role("bolt")
    with psycopg.connect(warehouse) as connection:
        connection.execute(f"alter role {role} password 'of-bolt'")

    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(server.url(role, "of-bolt", database))


def test_metabases_own_role_reads_nothing_of_the_warehouse(
    server: Server, warehouse: str
) -> None:
    url = server.url("metabase_app", "of-metabase", "timonel")
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            """select nspname from pg_namespace
            where nspname !~ '^(pg_|information_schema)'
            and has_schema_privilege(oid, 'usage')"""
        ).fetchall()

    assert rows == []


def test_dagster_keeps_its_runs_and_events_there_until_they_are_old(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _prepare_dagster_home(tmp_path)
    asked = container_environment(services()["dagster-code"])["DAGSTER_DATABASE_URL"]
    driver = asked.partition("://")[0]
    address = server.url("dagster", "of-dagster", "dagster").partition("://")[2]
    monkeypatch.setenv("DAGSTER_DATABASE_URL", f"{driver}://{address}")

    @dg.asset(check_specs=[dg.AssetCheckSpec("is_there", asset="kept")])
    def kept() -> Iterator[Any]:
        """Nothing but a run with events and a check."""
        yield dg.AssetCheckResult(passed=True)
        yield dg.MaterializeResult()

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        result = dg.materialize([kept], instance=instance)

        assert result.success
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        assert instance.get_latest_materialization_event(dg.AssetKey("kept"))

        later = datetime.now(UTC) + KEPT + timedelta(minutes=1)
        assert forget_old_runs(instance, later) == 1
        assert instance.get_runs() == []

    with psycopg.connect(server.url("dagster", "of-dagster", "dagster")) as connection:
        for table in ("event_logs", "asset_check_executions"):
            left = connection.execute(f"select from {table}".encode()).fetchall()
            assert left == [], table


def test_containers_run_dagster_by_the_rules_of_the_command_line() -> None:
    storage = {"run_storage", "event_log_storage"}
    settings = _read("dagster.yaml")
    on_a_laptop = {key: settings[key] for key in settings.keys() - storage}
    in_containers = _read("dagster.compose.yaml")

    assert {key: in_containers[key] for key in on_a_laptop} == on_a_laptop


def test_dagster_writes_below_the_shared_volume() -> None:
    settings = _read("dagster.compose.yaml")

    for key in ("compute_logs", "local_artifact_storage"):
        folder = settings[key]["config"]["base_dir"]
        for name in ("dagster-code", "dagster-webserver", "dagster-daemon"):
            mounts = [mount.split(":")[1] for mount in services()[name]["volumes"]]
            assert any(folder.startswith(f"{mount}/") for mount in mounts), name


def test_dagster_reads_the_workspace_file() -> None:
    target = WorkspaceFileTarget([str(_DEPLOY / "workspace.yaml")])

    (origin,) = target.create_origins()

    assert origin.location_name == "timonel"


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((_DEPLOY / name).read_text())
    return content


def _prepare_dagster_home(home: Path) -> None:
    """dagster.compose.yaml, with its files below ``home`` instead of the volume."""
    settings = (_DEPLOY / "dagster.compose.yaml").read_text()
    (home / "dagster.yaml").write_text(settings.replace("/srv/timonel", str(home)))
