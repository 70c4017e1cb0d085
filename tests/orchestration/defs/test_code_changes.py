"""Code that changed is run again; code that did not is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from orchestration.cli.refresh import Refresher
from orchestration.defs.transformation import dbt
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.runs import input_version
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse import standing
from orchestration.lib.warehouse.database import connect

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
DAY = date(2026, 11, 22)


def test_other_code_is_another_input_of_a_run(database_url: str) -> None:
    add_company(database_url, ACME)
    with connect(database_url, "loader") as database:
        database.execute("create schema raw_files")
        database.execute(
            "create table raw_files.files"
            " (company_id text, file_name text, file_sha256 text)"
        )

    before, again, after = (
        input_version(database_url, ACME, DAY, code)
        for code in ("before", "before", "after")
    )

    assert before == again
    assert before != after


@pytest.mark.parametrize(
    ("project", "is_part", "are_there", "is_unchanged"),
    [
        ("before", False, True, True),
        ("after", False, True, False),
        # Somebody dropped a view, or asks for this one asset.
        ("before", False, False, False),
        ("before", True, True, False),
    ],
)
def test_views_are_made_again_when_the_project_changed(
    monkeypatch: pytest.MonkeyPatch,
    project: str,
    *,
    is_part: bool,
    are_there: bool,
    is_unchanged: bool,
) -> None:
    monkeypatch.setattr(standing, "built_from", lambda url, schema: "before")
    monkeypatch.setattr(standing, "project_fingerprint", lambda: project)
    monkeypatch.setattr(standing, "are_all_there", lambda url, keys: are_there)
    models = {"orders": "marts/orders", "customers": "marts/customers"}
    asset = SimpleNamespace(
        keys_by_output_name={"orders": "marts/orders"} if is_part else models,
        node_keys_by_output_name=models,
        keys=frozenset(),
    )
    context: Any = SimpleNamespace(assets_def=asset)

    assert dbt._is_unchanged(context, "url", "staging") is is_unchanged


@pytest.mark.parametrize(
    ("tags", "has_all_tests"),
    [
        ({"timonel/rhythm": "nightly"}, True),
        ({"timonel/rhythm": "tactical"}, False),
        # A command runs the night's job, and tests all of it when it is told to.
        ({"timonel/rhythm": "nightly", "timonel/pid": "1"}, False),
        ({"timonel/pid": "1", "timonel/tests": "all"}, True),
    ],
)
def test_nights_and_force_test_everything(
    tags: dict[str, str], *, has_all_tests: bool
) -> None:
    run = dg.DagsterRun(job_name="refresh_company", tags=tags)

    assert dbt._has_all_tests(run) is has_all_tests


def test_a_command_says_force_to_dbt(tmp_path: Path) -> None:
    settings = Settings(tmp_path, None)

    asked = [Refresher(settings, "", force=force)._assets for force in (True, False)]

    assert [each.has_all_tests for each in asked] == [True, False]
