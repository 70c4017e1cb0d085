"""What a run from the command line asks Dagster for, and what it tells people."""

from __future__ import annotations

import os
from datetime import datetime
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, console, refresh
from orchestration.cli.asset_runs import selected_keys
from orchestration.cli.refresh import Refresher, code_version
from orchestration.defs.transformation.dbt import dbt_marts
from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.run_phases import BELOW_PREDICTIONS
from orchestration.lib.tenancy.companies import Company, add_company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")


def test_a_run_asks_for_every_model_below_the_predictions() -> None:
    assert set(dbt_marts.group_names_by_key.values()) == set(BELOW_PREDICTIONS)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--to", "2026-01-01"), "--to needs --from"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "is after"),
        (("--from", "2999-01-01"), "has not come yet"),
        (("--select", "marts/ordrs"), "Did you mean marts/orders"),
        (("--select", "group:ml_cvl"), "Did you mean group:ml_clv"),
        (("--select", "marts/orders", "--source", "shopify"), "exclude each other"),
    ],
)
def test_a_range_or_selection_that_cannot_be_is_refused_before_anything_runs(
    arguments: tuple[str, ...], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    monkeypatch.setattr(console, "_errors", Console(file=said, width=300))

    result = CliRunner().invoke(app, ["run", *arguments])

    assert result.exit_code == 1
    assert complaint in said.getvalue()


def test_a_selection_names_assets_and_what_follows_from_them() -> None:
    names = {key.to_user_string() for key in selected_keys("marts/customer_summaries+")}

    assert "marts/customer_summaries" in names
    assert "predictions/predictions_customer" in names
    assert not any(name.startswith("raw_") for name in names)


def test_a_table_brings_those_that_its_step_writes_with_it() -> None:
    names = {key.to_user_string() for key in selected_keys("predictions/budget_grid")}

    assert names > {"predictions/budget_grid", "predictions/marketing_curves"}
    assert {name.split("/")[0] for name in names} == {"predictions"}
    assert len(selected_keys("marts/orders")) == 1


def test_alerts_that_cannot_be_looked_at_warn_and_fail_no_run(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, database_url: str
) -> None:
    def broken(self: Dispatcher, company: Company, now: datetime) -> None:
        raise psycopg.OperationalError("the server went away")

    said = StringIO()
    settings.home.mkdir()
    monkeypatch.setattr(refresh, "console", Console(file=said, width=200))
    monkeypatch.setattr(refresh, "_metrics", lambda: ())
    monkeypatch.setattr(Dispatcher, "dispatch", broken)

    Refresher(settings, database_url).dispatch_alerts(ACME)

    assert "Alerts were not looked at: the server went away" in said.getvalue()


def test_after_a_run_its_alerts_are_open(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, database_url: str
) -> None:
    add_company(database_url, ACME)
    settings.home.mkdir()
    monkeypatch.setattr(refresh, "_metrics", lambda: ())
    with psycopg.connect(database_url) as database:
        database.execute(
            """insert into ops.runs values ('acme', 'r', '2026-11-22', '', 'failed',
                'the disk is full', now(), now())"""
        )

    Refresher(settings, database_url).dispatch_alerts(ACME)

    with psycopg.connect(database_url) as database:
        rows = database.execute("select title_en, facts ->> 'detail' from ops.alerts")
        assert rows.fetchall() == [("Failed: the full run", "the disk is full")]


def test_a_folder_that_another_run_removes_meanwhile_disturbs_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Runs of dbt make and remove folders in `target` while others look around."""
    scan = os.scandir

    def gone(path: str | os.PathLike[str] = ".") -> object:
        if "target" in Path(os.fspath(path)).parts:
            raise FileNotFoundError(path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", gone)

    assert len(code_version.__wrapped__()) == 64
