"""The skeleton of a declared source has its columns, named and typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli.connecting import source
from orchestration.lib.connections.sources import FOLDER
from orchestration.lib.connections.staging_skeletons import (
    NotDeclared,
    staging_skeleton,
)
from orchestration.lib.core.settings import PROJECT_ROOT

MACROS = PROJECT_ROOT / "dbt_project" / "macros"


def test_a_model_selects_every_column_by_its_type() -> None:
    files = staging_skeleton("weather", ("days",))

    assert (
        files["weather/stg_weather__days.sql"]
        == """\
with source as (
    select * from {{ source('weather', 'days') }}
),

renamed as (
    select
        company_id,
        location_id,

        temperature_mean_c::numeric(24, 6) as temperature_mean_c,
        precipitation_mm::numeric(24, 6) as precipitation_mm,
        sunshine_hours::numeric(24, 6) as sunshine_hours,

        is_final,

        date::date as weather_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
"""
    )


def test_an_address_ends_in_staging_by_a_macro_that_there_is() -> None:
    files = staging_skeleton("zoom", ("users",))
    macros = "".join(one.read_text() for one in MACROS.glob("**/*.sql"))

    (called,) = re.findall(
        r"{{ (\w+)\('email'\) }} as email_hash", files["zoom/stg_zoom__users.sql"]
    )
    assert f"macro {called}(" in macros


def test_models_and_sources_are_described_as_they_are_declared() -> None:
    files = staging_skeleton("weather")
    told = yaml.safe_load((FOLDER / "weather.yml").read_text())

    models = yaml.safe_load(files["weather/_weather__models.yml"])["models"]
    model = next(each for each in models if each["name"] == "stg_weather__days")
    (listed,) = yaml.safe_load(files["weather/_weather__sources.yml"])["sources"]

    assert model["description"].strip() == (
        "Temperature, rain and sunshine per place and day. One row per company, "
        "location id and date."
    )
    described = {each["name"]: each["description"] for each in model["columns"]}
    assert described["weather_date"] == "Day in the place's time zone."
    # Every table has these, and a doc block of their name.
    assert not described.keys() & {"company_id", "read_at", "loaded_at"}
    tables = [each["name"] for each in listed["tables"]]
    assert tables == [*told["streams"], "slices"]
    assert all(len(line) <= 80 for text in files.values() for line in text.split("\n"))


def test_a_kind_of_file_gets_a_model_of_its_contract() -> None:
    files = staging_skeleton("files", ("marketplace_ratings",))

    assert list(files) == [
        "files/stg_files__marketplace_ratings.sql",
        "files/stg_files__marketplace_ratings.yml",
    ]
    sql, described = files.values()
    assert "line_number::integer as line_number,\n" in sql
    assert "nullif(trim(order_id), '') as order_id,\n" in sql
    assert "rated_at::timestamptz as rated_at,\n" in sql
    (model,) = yaml.safe_load(described)["models"]
    assert model["description"].strip() == (
        "Ratings of orders. One row per company, version of a file and line."
    )


@pytest.mark.parametrize(
    ("slug", "streams", "said"),
    [
        ("shopify", (), "'shopify' is not declared whole"),
        ("toys", (), "Write taps/sources/toys.yml first"),
        (
            "files",
            ("nights",),
            "Name kinds of files with --stream",
        ),
        ("weather", ("nights",), "no stream 'nights' (it has: locations"),
    ],
)
def test_what_cannot_be_written_is_said(
    slug: str, streams: tuple[str, ...], said: str
) -> None:
    with pytest.raises(NotDeclared) as failure:
        staging_skeleton(slug, streams)

    assert said in str(failure.value)


def test_a_file_that_is_there_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_STAGING", tmp_path)
    monkeypatch.setattr(source, "PROJECT_ROOT", tmp_path)
    command = ["source", "scaffold", "weather", "--stream", "days"]
    CliRunner().invoke(app, command)
    mine = tmp_path / "weather/stg_weather__days.sql"
    mine.write_text("select 1")
    described = tmp_path / "weather/_weather__models.yml"
    before = described.read_text() + "# better said\n"
    described.write_text(before)

    assert CliRunner().invoke(app, command).exit_code == 0
    assert mine.read_text() == "select 1"
    assert described.read_text() == before

    CliRunner().invoke(app, [*command[:3], "--stream", "locations"])
    assert described.read_text().startswith(before + "  - name: stg_weather__locations")

    CliRunner().invoke(app, [*command, "--overwrite"])
    assert mine.read_text().startswith("with source as")
