"""The daemon, its schedules, the code, the port and Metabase are looked at."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations import service_checks as services_examined
from orchestration.lib.operations.dagster_home import end_orphaned_runs, open_instance
from orchestration.lib.operations.findings import Finding
from orchestration.lib.operations.service_checks import examine_services
from orchestration.lib.warehouse.dbt import dbt_project

NOW = datetime.now(UTC)
DAEMONS = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR", "MONITORING")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("METABASE_URL", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setattr(services_examined, "_PORT", 0)
    return Settings(home=tmp_path / "home", database_url=None)


def found(settings: Settings, load: Any = lambda: None) -> dict[str, Finding]:
    return {each.subject: each for each in examine_services(settings, NOW, load)}


def beat(name: str, ago: timedelta, errors: Any = ()) -> DaemonHeartbeat:
    return DaemonHeartbeat((NOW - ago).timestamp(), name, "1", errors)


def watch(
    monkeypatch: pytest.MonkeyPatch,
    beats: list[DaemonHeartbeat],
    off: Any = (),
    url: str = "sqlite://",
) -> None:
    """Let the instance have heard these, these be switched off, its events be there."""
    states = [
        SimpleNamespace(instigator_name=name, is_running=name not in off)
        for name in ("alert_dispatch", "hourly_refresh")
    ]
    events = create_engine(url, poolclass=NullPool)
    instance = SimpleNamespace(
        event_log_storage=SimpleNamespace(index_connection=events.connect),
        get_daemon_heartbeats=lambda: {each.daemon_type: each for each in beats},
        all_instigator_state=lambda: states,
    )
    monkeypatch.setattr(
        services_examined, "deployed_instance", lambda settings: nullcontext(instance)
    )


def test_each_part_of_the_daemon_is_looked_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = timedelta(minutes=1)
    error = SerializableErrorInfo("no such table\nmore", [], "Error")
    watch(
        monkeypatch,
        [
            beat("SCHEDULER", minute),
            beat("SENSOR", 6 * minute),
            beat("MONITORING", minute, [error]),
        ],
    )

    seen = found(settings)

    assert seen["scheduler"].outcome == "fine"
    assert seen["sensors"].outcome == "warning"
    assert "alerts wait" in seen["sensors"].seen
    # It never ran, while others do.
    assert seen["queue of runs"].outcome == "warning"
    assert seen["watch over runs"].outcome == "broken"
    assert seen["watch over runs"].seen == "it runs with an error: no such table"


def test_schedules_that_somebody_switched_off_are_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = [beat(name, timedelta(0)) for name in DAEMONS]
    watch(monkeypatch, beats)
    assert "automation" not in found(settings)

    watch(monkeypatch, beats, off=("hourly_refresh",))

    assert found(settings)["automation"].seen == "switched off: hourly_refresh"


def test_the_instance_that_dagster_home_configures_is_looked_at(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(settings)["scheduler"].outcome == "warning"
    # As in docker compose, but without its Postgres.
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        instance.add_daemon_heartbeat(beat("SCHEDULER", timedelta(0)))

    assert found(settings)["scheduler"] == Finding("scheduler", "fine", "it runs")


def test_what_is_large_is_told_with_what_may_be_deleted(
    settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = found(settings)["history"]
    assert (history.outcome, found(settings)["dbt"].outcome) == ("fine", "fine")
    assert str(settings.dagster_home) in history.seen

    monkeypatch.setattr(services_examined, "_LARGE", 0)
    seen = found(settings)

    assert "only history is lost" in seen["history"].remedy
    assert f"rm -r {dbt_project.project_dir}/target" in seen["dbt"].remedy

    # In docker compose its history is a database, and the folder says nothing of it.
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    watch(monkeypatch, [beat(name, timedelta(0)) for name in DAEMONS], url=url)
    monkeypatch.setattr(services_examined, "_folder_size", lambda folder: 0)
    seen = found(settings)

    assert seen["dbt"].outcome == "fine"
    assert seen["history"].outcome == "warning"
    assert "its own Postgres" in seen["history"].seen
    assert "vacuum full event_logs" in seen["history"].remedy


def test_code_that_does_not_load_is_broken_with_its_first_line(
    settings: Settings,
) -> None:
    def load() -> None:
        raise ValueError("models/orders.sql: unexpected 'from'\nand more")

    seen = found(settings, load)["code location"]

    assert seen.outcome == "broken"
    assert seen.seen.endswith("models/orders.sql: unexpected 'from'")


def test_a_port_that_another_program_has_is_told_while_nothing_of_ours_runs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(services_examined, "_PORT", port)

        remedy = found(settings)[f"port {port}"].remedy
        assert f"timonel dev --port {port + 1}" in remedy

        watch(monkeypatch, [beat(name, timedelta(0)) for name in DAEMONS])
        assert f"port {port}" not in found(settings)


@contextmanager
def _metabase(status: int) -> Iterator[str]:
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/api/health" else 404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://user:hunter2@127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_metabase_is_asked_where_it_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Metabase" not in found(settings)
    outcomes = []
    for status in (200, 503):
        with _metabase(status) as url:
            monkeypatch.setenv("METABASE_URL", url)
            outcomes.append(found(settings)["Metabase"])
    outcomes.append(found(settings)["Metabase"])

    assert [each.outcome for each in outcomes] == ["fine", "broken", "broken"]
    assert "hunter2" not in f"{outcomes}"


def test_a_run_whose_machine_died_is_ended_when_nothing_lives(
    settings: Settings,
) -> None:
    with open_instance(settings) as instance:
        ids = {
            tag: instance.add_run(
                dg.DagsterRun(
                    job_name="refresh_company",
                    run_id=f"0000000{number}-0000-0000-0000-000000000000",
                    status=dg.DagsterRunStatus.STARTED,
                    tags={"timonel/pid": str(os.getpid())} if tag == "alive" else {},
                )
            ).run_id
            for number, tag in enumerate(("alive", "orphan"))
        }

        def statuses() -> dict[str, dg.DagsterRunStatus]:
            found = {tag: instance.get_run_by_id(each) for tag, each in ids.items()}
            return {tag: run.status for tag, run in found.items() if run}

        # Another `timonel dev` runs: the run may be its own.
        instance.add_daemon_heartbeat(beat("SCHEDULER", timedelta(0)))
        end_orphaned_runs(instance, NOW)
        assert set(statuses().values()) == {dg.DagsterRunStatus.STARTED}

        end_orphaned_runs(instance, NOW + timedelta(minutes=5))
        assert statuses() == {
            "alive": dg.DagsterRunStatus.STARTED,
            "orphan": dg.DagsterRunStatus.FAILURE,
        }
