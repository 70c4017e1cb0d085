"""The recipe of a REST source, followed with its own example in a copy of the house."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.lib.warehouse.database import libpq_environment
from sandbox.declared.source import declared_sources, settings
from tests.conftest import NewDatabase
from tests.sandbox.serving import serving_source
from tests.taps.target_postgres.singer import Loader

ROOT = Path(__file__).parents[2]
ROOMS = ("taps", "orchestration", "dbt_project")
RECIPE = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, in which the recipe's declaration is one of the sources."""
    house = tmp_path_factory.mktemp("house")
    left_out = shutil.ignore_patterns("__pycache__", "target", "logs")
    for room in ROOMS:
        shutil.copytree(ROOT / room, house / room, ignore=left_out)
    # What is not of this source would be parsed for a minute.
    for folder in ("intermediate", "marts", "personal", "reporting"):
        shutil.rmtree(house / "dbt_project/models" / folder)
    for folder in ("exposures", "tests"):
        shutil.rmtree(house / "dbt_project" / folder)
    # Its hooks are about marts.
    project = house / "dbt_project/dbt_project.yml"
    hooks = re.compile(r"^on-run-.*?(?=^seeds:)", re.DOTALL | re.MULTILINE)
    project.write_text(hooks.sub("", project.read_text()))
    example = re.search(r"```yaml\n(# taps/sources/toys\.yml.*?)```", RECIPE, re.DOTALL)
    assert example
    (house / "taps/sources/toys.yml").write_text(example[1], encoding="utf-8")
    return house


def run(house: Path, *command: str, **environment: str) -> str:
    """What a program of the copy says."""
    done = subprocess.run(
        command,
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def program(house: Path, module: str, *arguments: str, call: str = "main") -> str:
    """What a module of the copy says; by its name it would be forked from ours."""
    text = f"from {module} import {call}; {call}()"
    return run(house, sys.executable, "-c", text, *arguments, COLUMNS="400")


def timonel(house: Path, *arguments: str) -> str:
    return program(house, "orchestration.cli", *arguments, call="app")


def tap(house: Path, *arguments: str) -> str:
    return program(house, "taps.declared.__main__", "toys", *arguments)


@pytest.fixture
def config(house: Path, tmp_path: Path) -> Iterator[Path]:
    """Settings with which the tap reads the sandbox."""
    (toys,) = (s for s in declared_sources(house / "taps/sources") if s.slug == "toys")
    with serving_source(toys, datetime(2026, 11, 20, 12, tzinfo=UTC)) as url:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(settings(toys, url)))
        yield path


def test_the_command_line_knows_the_source_and_what_it_needs(house: Path) -> None:
    connect = timonel(house, "connect", "toys", "--help")
    about = tap(house, "--about")

    assert "Read Toys: toys and who made them." in connect
    assert "--secret" in connect
    assert "access_token" in about
    assert "toys" in timonel(house, "run", "--help")


def test_it_loads_twice_with_the_same_totals_and_its_skeleton_builds(
    house: Path, config: Path, tmp_path: Path, new_installation: NewDatabase
) -> None:
    first = tap(house, "--config", str(config))
    state = tmp_path / "state.json"
    state.write_text(json.dumps(json.loads(first.splitlines()[-1])["value"]))
    written = timonel(house, "source", "scaffold", "toys")

    with new_installation() as url:
        target = tmp_path / "target.json"
        target.write_text(json.dumps({"database_url": url}))
        tables = ("--source", "toys", "--config", str(target))
        program(house, "taps.raw_tables", *tables)
        loaded = [_loaded(url, each) for each in (first, first)]
        again = tap(house, "--config", str(config), "--state", str(state))
        loaded.append(_loaded(url, again))
        dbt = (sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build")
        places = ("--project-dir", "dbt_project", "--profiles-dir", "dbt_project")
        chosen = ("--select", "stg_toys__toys")
        run(house, *dbt, *places, *chosen, **libpq_environment(url))
        staged = Loader(url).rows("select * from staging.stg_toys__toys order by 2")

    assert "stg_toys__toys.sql" in written
    assert loaded[0] == {"rows": 25, "total": loaded[0]["total"]}
    assert loaded[0] == loaded[1] == loaded[2]
    assert len(staged) == 25
    assert staged[0]["company_id"] == "acme"
    assert {"toy_id", "toy_name", "price", "updated_at"} <= set(staged[0])


def _loaded(url: str, output: str) -> dict[str, Any]:
    loader = Loader(url)
    loader.load(*map(str.encode, output.splitlines(keepends=True)), schema="raw_toys")
    (found,) = loader.rows("select count(*) rows, sum(price) total from raw_toys.toys")
    return found
