"""The program as its callers meet it: settings, help, errors, secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.taps.target_postgres.singer import ORDERS, Loader, lines, record, schema

_PASSWORD = "hunter2-and-more"


def _run(
    *arguments: str, messages: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "taps.target_postgres", *arguments],
        input=messages.decode(),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LOGLEVEL": "DEBUG"} | environment,
    )


def _config(tmp_path: Path, **settings: Any) -> str:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(settings))
    return str(path)


def test_about_names_every_setting_and_marks_the_secret() -> None:
    done = _run("--about", "--format", "json")

    about = json.loads(done.stdout)
    properties = about["settings"]["properties"]
    assert set(properties) == {
        "database_url",
        "schema",
        "company_id",
        "source",
        "role",
        "run_id",
        "batch_rows",
        "quarantine_table",
        "forgotten",
    }
    assert properties["database_url"]["secret"] is True
    assert properties["forgotten"]["secret"] is True
    assert properties["role"]["default"] == "loader"
    assert about["name"] == "target-postgres"


def test_help_explains_the_options() -> None:
    done = _run("--help")

    assert done.returncode == 0
    assert "--input" in done.stdout


def test_it_loads_from_a_file_and_from_the_environment(
    loader: Loader, tmp_path: Path
) -> None:
    messages = tmp_path / "messages.jsonl"
    messages.write_bytes(lines([schema(ORDERS), record(id="1", total="19.99")]))

    done = _run(
        *("--config", "ENV", "--input", str(messages)),
        TARGET_POSTGRES_DATABASE_URL=loader.database_url,
        TARGET_POSTGRES_SCHEMA="raw_shop",
        TARGET_POSTGRES_COMPANY_ID="acme",
        TARGET_POSTGRES_BATCH_ROWS="10",
    )

    assert done.returncode == 0, done.stderr
    assert loader.column("select total::text from raw_shop.orders") == ["19.99"]


def test_empty_input_is_no_error_and_needs_no_database(tmp_path: Path) -> None:
    config = _config(
        tmp_path,
        database_url="postgresql://nobody@127.0.0.1:1/none",
        schema="raw_shop",
        company_id="acme",
    )

    assert _run("--config", config).returncode == 0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"company_id": "Acme GmbH"}, "'Acme GmbH' does not match"),
        ({"schema": "raw-shop"}, "'raw-shop' does not match"),
        ({"batch_rows": 0}, "0 is less than the minimum of 1"),
        ({"load_method": "overwrite"}, "'load_method' was unexpected"),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    settings = {
        "database_url": f"postgresql://u:{_PASSWORD}@127.0.0.1:1/none",
        "schema": "raw_shop",
        "company_id": "acme",
    }

    done = _run("--config", _config(tmp_path, **(settings | changes)))

    assert done.returncode == 1
    assert complaint in done.stderr
    assert _PASSWORD not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        (
            f"postgresql://u:{_PASSWORD}@127.0.0.1:1/none",
            "Cannot connect to the Postgres",
        ),
        (f"postgresql:/u:{_PASSWORD}@127.0.0.1:1/none", "is not a Postgres URL"),
        (f"postgresql://u:{_PASSWORD}@127.0.0.1:port/none", "Cannot connect"),
        (f"postgresql://u:{_PASSWORD}@h/none?odd=1", "is not a Postgres URL"),
        (f"host=127.0.0.1 port=1 password={_PASSWORD} user=u", "Cannot connect"),
    ],
)
def test_the_password_is_in_no_error_and_no_log(
    tmp_path: Path, url: str, complaint: str
) -> None:
    config = _config(tmp_path, database_url=url, schema="raw_shop", company_id="acme")

    done = _run("--config", config, messages=lines([schema(ORDERS)]))

    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert _PASSWORD not in done.stderr + done.stdout


def test_the_password_is_in_no_log_of_a_good_run(
    loader: Loader, tmp_path: Path
) -> None:
    password = str(conninfo_to_dict(loader.database_url)["password"])
    config = _config(tmp_path, **loader.settings())

    done = _run(
        "--config", config, messages=lines([schema(ORDERS), record(id="1"), record()])
    )

    assert done.returncode == 0, done.stderr
    assert password not in done.stderr + done.stdout


def test_a_role_that_does_not_exist_is_named(loader: Loader, tmp_path: Path) -> None:
    config = _config(tmp_path, **loader.settings(role="absent"))

    done = _run("--config", config, messages=lines([schema(ORDERS)]))

    assert done.returncode == 1
    assert 'role "absent" does not exist' in done.stderr
    assert "Check 'database_url', and that the migrations" in done.stderr


def test_what_postgres_refuses_is_told_without_the_values(
    loader: Loader, tmp_path: Path
) -> None:
    loader.load(schema(ORDERS))
    loader.execute("alter table raw_shop.orders add check (total < 100)")
    messages = lines([schema(ORDERS), record(id="ana@example.com", total=31415.9265)])

    done = _run("--config", _config(tmp_path, **loader.settings()), messages=messages)

    assert done.returncode == 1
    assert "Loading a batch: Postgres refused the data (CheckViolation" in done.stderr
    assert "ana@example.com" not in done.stderr
    assert "31415.9265" not in done.stderr


def test_a_missing_right_is_told_with_the_remedy(
    loader: Loader, tmp_path: Path
) -> None:
    loader.execute("create schema raw_shop")

    done = _run(
        *("--config", _config(tmp_path, **loader.settings())),
        messages=lines([schema(ORDERS)]),
    )

    assert done.returncode == 1
    assert "permission denied for schema raw_shop. Apply the migrations" in done.stderr
