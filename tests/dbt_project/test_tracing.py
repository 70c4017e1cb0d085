"""A number on a dashboard leads back to the fit, the raw rows and their read."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, trace
from orchestration.lib.dbt import dbt_project, prepare_manifest
from orchestration.lib.tracing import evidence
from orchestration.lib.tracing.lineage import (
    Lineage,
    NumberUnknown,
    find_number,
    lineage,
)
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.test_audiences import PREDICTION
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
HEADLINES = ("predicted_value", "active_customers", "next_euro", "purchases")
FIT = """
    insert into predictions.model_fits values (%s, %s, '2026-01-31', '2026-01-31',
    'mbg_nbd+gamma_gamma', '2', %s, null, %s, 3, 1, 0, '{}', now())
"""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    prepare_manifest()
    found: dict[str, Any] = json.loads(Path(dbt_project.manifest_path).read_text())
    return found


@pytest.fixture
def acme(warehouse: Warehouse, pair: Pair) -> str:
    """Bought twice, predicted from by one of two fits; Bolt has the same."""
    for company in (pair.acme, pair.bolt):
        rows = [purchase("7", AT, 10), purchase("8", AT, 20)]
        warehouse.load(company, RawFile("log.csv", rows))
        warehouse.execute(FIT, [company, "fit", "published", f"fed to {company}"])
        warehouse.execute(FIT, [company, "later", "blocked", "other"])
        warehouse.execute(
            "insert into predictions.model_parameters values (%s, 'fit', 'mbg_nbd',"
            " 'r', 0.25, null)",
            [company],
        )
        warehouse.execute(PREDICTION, [company, "7"])
    warehouse.build(
        pair.acme, pair.bolt, as_of=dict.fromkeys((pair.acme, pair.bolt), "2026-01-31")
    )
    return pair.acme


@pytest.mark.parametrize("name", HEADLINES)
def test_every_headline_number_leads_to_raw_tables(
    name: str, manifest: dict[str, Any]
) -> None:
    below = lineage(find_number(name), manifest)

    assert "marts.orders" in below.models
    assert {"raw_shopify.orders", "raw_files.purchases"} <= set(below.raw)


def test_every_table_of_predictions_says_what_it_is_made_from(
    manifest: dict[str, Any],
) -> None:
    silent = [
        node["name"]
        for node in manifest["sources"].values()
        if node["schema"] == "predictions"
        and not node["config"]["meta"].get("made_from")
    ]
    assert silent == []


def test_only_what_is_predicted_leads_to_a_fit(manifest: dict[str, Any]) -> None:
    def predictions(name: str) -> tuple[str, ...]:
        return lineage(find_number(name), manifest).predictions

    assert "predictions.predictions_customer" in predictions("predicted_value")
    assert any("marketing" in name for name in predictions("next_euro"))
    assert predictions("purchases") == ()


def test_a_number_leads_to_the_fit_in_force_and_to_rows_of_its_company(
    warehouse: Warehouse, acme: str, manifest: dict[str, Any]
) -> None:
    warehouse.add_reader(acme)
    number = find_number("reporting.customer_value_totals.predicted_value_12m")
    below = lineage(number, manifest)

    (value,) = evidence.values(warehouse.url, acme, number).values()
    assert [str(row["predicted_value_12m"]) for row in value] == ["5.00"]
    (run,) = evidence.model_runs(warehouse.url, acme, below)
    assert (run.fit_id, run.data_hash) == ("fit", f"fed to {acme}")
    assert evidence.parameters(warehouse.url, acme, run) == {"mbg_nbd.r": 0.25}
    raw = {each.table: each for each in evidence.raw_rows(warehouse.url, acme, below)}
    assert set(raw) == {"raw_files.purchases", "raw_files.files"}
    assert raw["raw_files.purchases"].row_count == 2


def test_the_read_that_brought_the_rows_is_named(
    warehouse: Warehouse, acme: str
) -> None:
    warehouse.execute(
        "update raw_files.purchases set _sdc_run_id = 'run-7' where company_id = %s",
        [acme],
    )
    for company, run in ((acme, "run-6"), (acme, "run-7")):
        warehouse.execute(
            """insert into ops.connection_reads (company_id, connection_id, source_slug,
                run_id, outcome, read_from, read_to)
            values (%s, 'log', 'files', %s, 'succeeded', '2026-01-01', '2026-01-31')""",
            [company, run],
        )

    below = Lineage((), (), ("raw_files.purchases",), ())
    (rows,) = evidence.raw_rows(warehouse.url, acme, below)

    assert (rows.run_id, rows.connection_id) == ("run-7", "log")
    assert str(rows.read_to) == "2026-01-31"


def test_a_name_that_means_nothing_is_answered_with_some_that_do() -> None:
    with pytest.raises(NumberUnknown, match="predicted_value"):
        find_number("predicted_values")
    with pytest.raises(NumberUnknown, match="timonel metrics"):
        find_number("../../secret")


def test_the_command_tells_it_all(
    warehouse: Warehouse,
    acme: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    warehouse.add_reader(acme)
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", warehouse.url)
    said = StringIO()
    monkeypatch.setattr(trace, "console", Console(file=said, width=200))

    result = CliRunner().invoke(app, ["trace", "predicted_value", "--company", acme])

    assert result.exit_code == 0, (result.output, result.exception)
    for told in (
        *("Valor", "5.00", "reporting.customer_value_totals.predicted_value_12m"),
        *("marts: companies, customer_summaries", "fit fit", f"fed to {acme}"),
        *("mbg_nbd.r = 0.25", "raw_files.purchases"),
    ):
        assert told in said.getvalue()
    # Of the relation's numbers, only the one on the card.
    assert "historic_value" not in said.getvalue()
