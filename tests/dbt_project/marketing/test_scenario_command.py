"""`timonel scenario`: a plan is asked for, shown, and handed on as it was sealed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from tests.dbt_project.marketing.published_mix import materialise
from tests.dbt_project.warehouse import Pair, Warehouse


def test_a_plan_is_asked_for_shown_and_handed_on(
    warehouse: Warehouse,
    companies: Pair,
    timonel: Callable[..., str],
    tmp_path: Path,
) -> None:
    told = ("add", "=spring", "--company", companies.acme, "--days", "10")
    said = timonel(*told, "--limit", "meta=0")
    timonel(*told, "--limit", "meta=0")
    refusal = timonel(*told, "--limit", "meta=1501", code=1)

    assert "| Income | 14,050 | 11,050 |" in said
    assert "Profit: -500 than now, 90 % interval -950 to -50" in said
    assert "Ask for 1,500 at most" in refusal
    listed = timonel("list", "--company", companies.acme)
    assert [listed.count(word) for word in ("done", "refused: Too uncertain")] == [1, 1]
    assert "No saved scenario" in timonel(
        "show", "=spring", "--company", companies.bolt, code=1
    )

    folder = str(tmp_path / "plans")
    told = ("export", "=spring", "--company", companies.acme, "--folder", folder)
    assert "no language 'fr'" in timonel(*told, "--language", "fr", code=1)
    timonel(*told)

    plan, page, paper = sorted(Path(folder).iterdir())
    assert paper.read_bytes().startswith(b"%PDF-")
    assert "| Ingresos | 14.050 | 11.050 |" in page.read_text()
    timonel(*told, "--language", "en")
    rows = list(csv.DictReader(plan.read_text().splitlines()))
    assert [(row["channel_id"], row["projected_spend"]) for row in rows] == [
        ("google_ads", "1000.00"),
        ("meta_ads", "0.00"),
        ("total", "1000.00"),
    ]
    assert rows[0]["name"] == "'=spring"
    assert {row["data_hash"] for row in rows} == {"data"}
    assert rows[0]["seal"] in page.read_text()
    assert rows[2]["profit_gain_upper"] == "-50.00"
    assert "Not due" in page.read_text()
    assert "Limits: meta=0" in page.read_text()


def test_a_plan_is_written_in_the_language_of_the_company(
    warehouse: Warehouse,
    companies: Pair,
    timonel: Callable[..., str],
    tmp_path: Path,
) -> None:
    warehouse.execute(
        """insert into ops.metabase_settings (company_id, language)
        values (%s, 'en')""",
        [companies.bolt],
    )
    materialise(warehouse, companies.bolt)

    told = ("--company", companies.bolt, "--folder", str(tmp_path / "plans"))
    timonel("export", "without_largest_channel", *told)

    page = next((tmp_path / "plans").glob("*.md")).read_text()
    assert page.startswith("# Without the channel that most is spent on")
    rows = list(
        csv.DictReader(next((tmp_path / "plans").glob("*.csv")).read_text().split("\n"))
    )
    assert rows[-1]["currency_code"] == "CLP"
    assert rows[-1]["projected_spend"] == "3000"


def test_a_plan_whose_probability_was_changed_is_not_handed_on(
    warehouse: Warehouse, companies: Pair, timonel: Callable[..., str]
) -> None:
    timonel("add", "x", "--company", companies.acme, "--limit", "meta=0")
    warehouse.execute(
        """update predictions.scenarios set probability_more_profit = 1
        where company_id = %s""",
        [companies.acme],
    )

    said = timonel("export", "x", "--company", companies.acme, code=1)

    assert "not those that were sealed" in said


def test_a_plan_whose_numbers_were_changed_is_not_handed_on(
    warehouse: Warehouse, companies: Pair, timonel: Callable[..., str]
) -> None:
    timonel("add", "x", "--company", companies.acme, "--limit", "meta=0")
    warehouse.execute(
        """update predictions.scenario_channels set projected_spend = 1
        where company_id = %s and channel_id = 'meta_ads'""",
        [companies.acme],
    )

    said = timonel("export", "x", "--company", companies.acme, code=1)

    assert "not those that were sealed" in said
