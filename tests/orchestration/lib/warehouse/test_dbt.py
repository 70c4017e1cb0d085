"""The parsed dbt project: made once, by one process."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
from dagster_dbt import DagsterDbtCliRuntimeError, DbtProject

from orchestration.lib.warehouse import dbt
from orchestration.lib.warehouse.database import libpq_environment
from orchestration.lib.warehouse.told_tests import told_plainly
from tests.conftest import KnowsProject

PROGRAM = """#!/bin/sh
# As long as another process may need to arrive, in the target folder that is told last.
for target; do :; done
echo parsed >> calls
sleep 0.5
echo '{"nodes": {}}' > "$target/manifest.json"
touch "$target/partial_parse.msgpack"
"""


def test_of_processes_that_start_together_one_parses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\n")
    program = tmp_path / "parse"
    program.write_text(PROGRAM)
    program.chmod(0o700)
    monkeypatch.setattr(dbt, "dbt_project", DbtProject(project_dir=tmp_path))
    monkeypatch.setattr(dbt, "BRIEF_DBT", (str(program),))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: dbt.prepare_manifest(), range(3)))
    dbt.prepare_manifest()

    assert (tmp_path / "calls").read_text().splitlines() == ["parsed"]
    assert (tmp_path / "target" / "manifest.json").exists()


def test_the_project_is_parsed_again_once_a_model_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models" / "core"
    models.mkdir(parents=True)
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\n")
    (models / "orders.sql").write_text("select 1")
    program = tmp_path / "parse"
    program.write_text(PROGRAM)
    program.chmod(0o700)
    monkeypatch.setattr(dbt, "dbt_project", DbtProject(project_dir=tmp_path))
    monkeypatch.setattr(dbt, "BRIEF_DBT", (str(program),))
    dbt.prepare_manifest()

    (models / "orders.sql").unlink()
    dbt.prepare_manifest()

    assert (tmp_path / "calls").read_text().splitlines() == ["parsed", "parsed"]


def test_what_was_parsed_holds_for_a_server_that_is_found_later(
    database_url: str, knows_project: KnowsProject
) -> None:
    elsewhere = {
        **libpq_environment(database_url),
        **knows_project(database_url),
        "PGHOST": "db.example.com",
        "PGPORT": "6543",
        "PGUSER": "analyst",
    }

    said = subprocess.run(
        [*dbt.BRIEF_DBT, "parse", "--profiles-dir", "."],
        cwd=dbt.dbt_project.project_dir,
        env={**os.environ, **elsewhere},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "Running with dbt" in said
    assert "Unable to do partial parsing" not in said


def test_what_a_test_tells_of_rows_is_told_without_dbts_words() -> None:
    said = """
        The dbt CLI process failed with exit code `1`.
        8 of 54 ERROR assert_totals ... [ERROR in 1.16s]
        Failure in test assert_totals (tests/assert_totals.sql)
        Compilation Error in test assert_totals (tests/assert_totals.sql)
          january.csv of acme: 60.00 missing.
          february.csv of acme: 1.00 missing.

          > in macro postgres__get_test_sql (macros/platform/test_messages.sql)
          > called by test assert_totals (tests/assert_totals.sql)
        Failure in test unique_orders (models/orders.yml)
          Got 1 result, configured to fail if != 0
        """

    with pytest.raises(dg.Failure) as failure, told_plainly():
        raise DagsterDbtCliRuntimeError(said)
    assert failure.value.description == (
        "january.csv of acme: 60.00 missing.\nfebruary.csv of acme: 1.00 missing.\n"
        "Failed as well: unique_orders; see the output of dbt."
    )

    with pytest.raises(DagsterDbtCliRuntimeError), told_plainly():
        raise DagsterDbtCliRuntimeError("Got 1 result, configured to fail if != 0")
