"""The clock asks for reports and dashboards once, and says what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.delivery import metabase, reports
from orchestration.lib.reporting.report_delivery import Outcome
from orchestration.lib.reporting.report_schedules import DueReport
from orchestration.lib.warehouse.warehouse import Warehouse

TICK = datetime.fromisoformat("2026-11-23 08:15+00:00")
DUE = [
    DueReport("acme", "operational_report", date(2026, 11, 23)),
    DueReport("bolt", "executive_summary", date(2026, 11, 23)),
]
MAIL = {
    "ops": {"mail_report": {"config": {"company_id": "acme", "template": "executive"}}}
}


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Warehouse, "url", lambda self: "postgresql://nowhere")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def _evaluated(schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance) -> Any:
    # Left open, the context would leave its instance behind for the tests after it.
    with dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=TICK,
        resources={"warehouse": Warehouse()},
    ) as context:
        told = schedule(context)
        return list(told) if isinstance(told, Iterator) else told


def test_what_is_due_is_asked_for_with_a_key_of_its_day(
    monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    monkeypatch.setattr(reports, "list_due", lambda *_: DUE)

    first, second = _evaluated(reports.due_reports, instance)

    assert first.run_key == "acme operational_report 2026-11-23"
    assert second.run_key == "bolt executive_summary 2026-11-23"
    assert first.run_config["ops"]["mail_report"]["config"] == {
        "company_id": "acme",
        "template": "operational_report",
    }


def test_a_tick_without_anything_due_says_so(
    monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    monkeypatch.setattr(reports, "list_due", lambda *_: [])

    told = _evaluated(reports.due_reports, instance)

    assert "No report is due" in told.skip_message


@pytest.mark.parametrize("state", ["sent", "kept", "failed"])
def test_a_run_fails_only_where_a_mail_was_refused(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    asked: list[tuple[str, str]] = []

    def deliver(url: str, settings: object, *whose: str) -> list[Outcome]:
        asked.append((whose[0], whose[1]))
        told = "550 no such person" if state == "failed" else ""
        return [Outcome("ana@example.com", state, told)]

    monkeypatch.setattr(reports, "deliver", deliver)

    with dg.DagsterInstance.ephemeral() as instance:
        done = reports.mail_reports.execute_in_process(
            run_config=MAIL,
            resources={"warehouse": Warehouse()},
            instance=instance,
            raise_on_error=False,
        )

    assert asked == [("acme", "executive")]
    assert done.success == (state != "failed")
    if not done.success:
        (failed,) = done.get_step_failure_events()
        assert "550 no such person" in str(failed.step_failure_data.user_failure_data)


def test_without_a_server_no_dashboard_is_applied(
    monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    monkeypatch.delenv("METABASE_URL", raising=False)

    told = _evaluated(metabase.daily_apply, instance)

    assert "METABASE_URL is not set" in told.skip_message


def test_with_a_server_dashboards_are_applied_once_a_day(
    monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    monkeypatch.setenv("METABASE_URL", "http://127.0.0.1:9")

    asked = _evaluated(metabase.daily_apply, instance)

    assert asked.run_key == "2026-11-23"


def test_an_apply_that_is_refused_fails_its_run_and_says_why(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Warehouse, "url", lambda self: database_url)
    monkeypatch.setenv("METABASE_URL", "no address")
    monkeypatch.setenv("METABASE_ADMIN_EMAIL", "")

    with dg.DagsterInstance.ephemeral() as instance:
        done = metabase.apply_to_server.execute_in_process(
            resources={"warehouse": Warehouse()},
            instance=instance,
            raise_on_error=False,
        )

    (failed,) = done.get_step_failure_events()
    assert "METABASE_ADMIN_EMAIL" in str(failed.step_failure_data.error)
