"""A number on a dashboard leads back to the fit, the raw rows and their read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from metabase.cli import app as cards
from orchestration.cli import app, trace
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.reporting.lineage import evidence
from orchestration.lib.reporting.lineage.lineage import (
    Lineage,
    NumberUnknown,
    find_number,
    lineage,
)
from orchestration.lib.reporting.lineage.records import Fed, raw_records
from orchestration.lib.reporting.lineage.shown import (
    CardBroken,
    TraceUnknown,
    answer_of,
    find_insight,
)
from orchestration.lib.warehouse.dbt import current_manifest
from tests.dbt_project.marketing.test_audiences import PREDICTION
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
# As many as there are tests of `acme`: a build of all of them costs as one of two.
_PAIRS = 8
FIRST_PAGE = Path("metabase/pages/core/panel.yml")


PANEL = tuple(parsed(FIRST_PAGE)["cards"])
HEADLINES = ("predicted_value", "active_customers", "purchases", *PANEL)
FIT = """
    insert into predictions.model_fits values (%s, %s, '2026-01-31', '2026-01-31',
    'mbg_nbd+gamma_gamma', '2', %s, null, %s, 3, 1, 0, '{}', now())
"""


@pytest.fixture(scope="module")
def manifest() -> Mapping[str, Any]:
    return current_manifest()


@pytest.fixture(scope="module")
def pairs(warehouse: Warehouse) -> Iterator[Pair]:
    """Pairs of companies, built all at once: a test takes one and may change it."""
    built = [warehouse.add_pair() for _ in range(_PAIRS)]
    companies = [company for pair in built for company in (pair.acme, pair.bolt)]
    for company in companies:
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
    warehouse.build(*companies, as_of=dict.fromkeys(companies, "2026-01-31"))
    return iter(built)


@pytest.fixture
def shops(pairs: Iterator[Pair]) -> Pair:
    """Each bought twice, and is predicted from by one of two fits."""
    return next(pairs)


@pytest.fixture
def acme(shops: Pair) -> str:
    """One of two such companies; Bolt has the same."""
    return shops.acme


@pytest.mark.parametrize("name", HEADLINES)
def test_every_headline_number_leads_to_raw_tables(
    name: str, manifest: Mapping[str, Any]
) -> None:
    below = lineage(find_number(name), manifest)

    assert "marts.orders" in below.models
    assert {"raw_shopify.orders", "raw_files.purchases"} <= set(below.raw)


@pytest.mark.parametrize("name", PANEL)
def test_every_card_of_the_first_page_is_answered_by_its_own_sql(
    name: str, warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.add_reader(pair.acme)
    told = ("card", name, "--company", pair.acme, "--database-url", warehouse.url)

    result = CliRunner().invoke(cards, told)

    answer = json.loads(result.output)
    assert "reporting." in answer["sql"]
    assert "${" not in answer["sql"]
    assert answer["columns"]


def test_a_card_that_does_not_exist_is_not_answered(
    warehouse: Warehouse, pair: Pair
) -> None:
    with pytest.raises(CardBroken, match="no card is called 'nothing'"):
        answer_of(warehouse.url, pair.acme, "nothing", "es")


def test_every_table_of_predictions_says_what_it_is_made_from(
    manifest: Mapping[str, Any],
) -> None:
    silent = [
        node["name"]
        for node in manifest["sources"].values()
        if node["schema"] == "predictions"
        and not node["config"]["meta"].get("made_from")
    ]
    assert silent == []


def test_only_what_is_predicted_leads_to_a_fit(manifest: Mapping[str, Any]) -> None:
    def predictions(name: str) -> tuple[str, ...]:
        return lineage(find_number(name), manifest).predictions

    assert "predictions.predictions_customer" in predictions("predicted_value")
    assert any("marketing" in name for name in predictions("next_euro"))
    assert predictions("purchases") == ()


def test_a_number_leads_to_the_fit_in_force_and_to_rows_of_its_company(
    warehouse: Warehouse, acme: str, manifest: Mapping[str, Any]
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


def test_records_are_those_that_count_and_of_the_customers_on_the_card(
    warehouse: Warehouse, acme: str
) -> None:
    files = Lineage((), (), ("raw_files.purchases",), ())

    def lines(fed: Fed) -> list[int]:
        found = raw_records(warehouse.url, acme, files, fed)
        assert all(record.file_name == "log.csv" for record in found)
        return [record.key["line_number"] for record in found]

    assert lines(Fed()) == [2, 3]
    (eight,) = warehouse.rows(
        """select customer_id from marts.orders
        where company_id = %s and line_number = 3""",
        [acme],
    )
    assert lines(Fed([eight["customer_id"]])) == [3]
    assert lines(Fed(until=datetime(2001, 1, 1, tzinfo=UTC))) == []
    warehouse.execute(
        "update marts.orders set is_purchase = false where company_id = %s"
        " and line_number = 2",
        [acme],
    )
    assert lines(Fed()) == [3]


def test_a_record_is_known_by_a_hash_of_what_its_source_said(
    warehouse: Warehouse, acme: str
) -> None:
    files = Lineage((), (), ("raw_files.purchases",), ())

    def hashes() -> list[str]:
        found = raw_records(warehouse.url, acme, files, Fed())
        return [record.record_hash for record in found]

    before = hashes()
    warehouse.execute(
        "update raw_files.purchases set _sdc_run_id = 'later' where company_id = %s",
        [acme],
    )
    assert hashes() == before
    warehouse.execute(
        """update raw_files.purchases set amount = 11
        where company_id = %s and line_number = 2""",
        [acme],
    )
    assert hashes()[0] != before[0]
    assert hashes()[1] == before[1]
    (record, _) = raw_records(warehouse.url, acme, files, Fed())
    assert record.asked_for == "file log.csv, line 2"


TRACE = "0123456789abcdef0123456789abcdef"
SHOWN = """
    insert into ops.shown_insights (company_id, trace_id, as_of_date, kind, rule_id,
        source_view, source_key, is_action, kind_rank, estimate_unit, estimate,
        estimate_lower, estimate_upper, promised, promised_lower, promised_upper,
        currency_code, sentence_es, sentence_en)
    values (%s, %s, '2026-01-31', 'alert', 'capital_at_risk', 'customer_value_totals',
        'EUR', false, 1, 'money', 5, 4, 6, 12, 2, 30, 'EUR', 'Hay 5.', 'There are 5.')
"""


def test_the_trace_of_a_sentence_leads_to_its_view_and_below(
    warehouse: Warehouse,
    acme: str,
    manifest: Mapping[str, Any],
    timonel_trace: Callable[..., str],
) -> None:
    warehouse.add_reader(acme)
    warehouse.execute(SHOWN, [acme, TRACE])

    said = timonel_trace(TRACE, "--company", acme)

    for told in (
        *("There are 5.", "Hay 5.", "rule capital_at_risk: 5 (4 to 6), money"),
        *("promised 12.00 EUR in 30 days (2.00 to 30.00)", "predicted_value_12m = 5"),
        *("reporting.customer_value_totals", "raw_files.purchases: "),
    ):
        assert told in said, said


def test_the_trace_of_another_company_is_unknown(
    warehouse: Warehouse, shops: Pair, acme: str
) -> None:
    warehouse.add_reader(shops.bolt)
    warehouse.execute(SHOWN, [acme, TRACE])

    with pytest.raises(TraceUnknown, match="each company has its own"):
        find_insight(warehouse.url, shops.bolt, TRACE)


def test_a_name_that_means_nothing_is_answered_with_some_that_do() -> None:
    with pytest.raises(NumberUnknown, match="predicted_value"):
        find_number("predicted_values")
    with pytest.raises(NumberUnknown, match="timonel metrics"):
        find_number("../../secret")


@pytest.fixture
def timonel_trace(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., str]:
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", warehouse.url)

    def run(*arguments: str) -> str:
        said = StringIO()
        monkeypatch.setattr(trace, "console", Console(file=said, width=200))
        result = CliRunner().invoke(app, ["trace", *arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return said.getvalue() or result.output

    return run


def test_the_command_tells_it_all(
    warehouse: Warehouse, acme: str, timonel_trace: Callable[..., str]
) -> None:
    warehouse.add_reader(acme)

    said = timonel_trace("predicted_value", "--company", acme)

    for told in (
        *("Valor", "5.00", "reporting.customer_value_totals.predicted_value_12m"),
        *("marts: companies, customer_summaries", "fit fit", f"fed to {acme}"),
        *("mbg_nbd.r = 0.25", "raw_files.purchases", "from reporting."),
        *("raw_files.purchases: file_sha256 log.csv@1, line_number 2", "md5 "),
        "asked for: file log.csv, line 2",
    ):
        assert told in said, said
    # Of the relation's numbers, only the one on the card.
    assert "historic_value" not in said


def test_a_program_is_told_the_same(
    warehouse: Warehouse, acme: str, timonel_trace: Callable[..., str]
) -> None:
    warehouse.add_reader(acme)

    said = timonel_trace("predicted_value", "--company", acme, "--format", "json")

    told = json.loads(said)
    assert told["answer"]["rows"] == [["5.00"]]
    assert [run["fit_id"] for run in told["runs"]] == ["fit"]
    assert told["parameters"][0]["mbg_nbd.r"] == 0.25
    assert "file log.csv, line 2" in [each["asked_for"] for each in told["records"]]
