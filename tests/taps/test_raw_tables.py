"""Every tap's raw tables can be made before anybody connects a source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from taps.declared.tap import declared_tap
from taps.raw_tables import main
from taps.sources import slugs, tap_class
from tests.taps.tap_runs import sync
from tests.taps.target_postgres.singer import Loader, lines


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "target.json"
    path.write_text(json.dumps({"database_url": database_url}))
    return path


def _tables(database_url: str) -> list[str]:
    """Those of taps; webhooks and probes come by none, and their tables are there."""
    with psycopg.connect(database_url) as reader:
        rows = reader.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema like 'raw\\_%'"
            " and table_schema not in ('raw_probe', 'raw_webhooks') order by 1"
        ).fetchall()
    return [str(row[0]) for row in rows]


def test_the_tables_that_are_listed_are_the_tables_that_are_made(
    config: Path, database_url: str
) -> None:
    command = [sys.executable, "-m", "taps.raw_tables"]

    listed = subprocess.run([*command, "--list"], capture_output=True, check=True)
    subprocess.run([*command, "--config", str(config)], check=True)

    names = json.loads(listed.stdout)
    assert sorted(names) == _tables(database_url)
    assert {"raw_search_console.slices", "raw_weather.days", "raw_files.files"} <= {
        *names
    }


def test_only_the_sources_that_are_named_are_made(
    config: Path, database_url: str
) -> None:
    assert main(["--config", str(config), "--source", "calendar"]) == 0

    assert _tables(database_url) == [
        "raw_calendar.events",
        "raw_calendar.holidays",
        "raw_calendar.slices",
    ]


def test_a_load_finds_the_tables_as_it_would_have_made_them(
    config: Path, database_url: str
) -> None:
    def shape() -> list[tuple[str, ...]]:
        with psycopg.connect(database_url) as reader:
            return reader.execute(
                "select table_name, column_name, data_type, is_nullable"
                " from information_schema.columns"
                " where table_schema = 'raw_calendar' order by 1, 2"
            ).fetchall()

    output = sync(declared_tap("calendar"), {"calendars": ["CL"]})
    loader = Loader(database_url)
    loader.load(lines(output.messages), schema="raw_calendar")
    as_loaded = shape()
    loader.execute("drop schema raw_calendar cascade")

    main(["--config", str(config), "--source", "calendar"])

    assert shape() == as_loaded


def test_tables_with_rows_keep_them(config: Path, database_url: str) -> None:
    output = sync(declared_tap("calendar"), {"calendars": ["CL"]})
    loader = Loader(database_url)
    loader.load(lines(output.messages), schema="raw_calendar")
    count = loader.column("select count(*) from raw_calendar.holidays")

    main(["--config", str(config)])

    assert loader.column("select count(*) from raw_calendar.holidays") == count != [0]


def test_a_database_that_cannot_be_reached_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "target.json"
    url = "postgresql://me:planted-password@127.0.0.1:1/db"
    path.write_text(json.dumps({"database_url": url}))

    assert main(["--config", str(path), "--source", "weather"]) == 1

    said = capsys.readouterr().err
    assert said.startswith("ERROR: Cannot connect")
    assert "planted-password" not in said


@pytest.mark.parametrize("slug", slugs())
def test_every_source_that_is_declared_has_a_tap(slug: str) -> None:
    assert tap_class(slug).name == f"tap-{slug.replace('_', '-')}"
