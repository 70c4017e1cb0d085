"""`timonel kpis` says whose numbers of which days it prints, to people and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli import kpis as kpis_module
from tests.dbt_project.marketplace_rows import marketplace_file, order, user
from tests.dbt_project.warehouse import Warehouse

DAYS = ("--from", "2026-01-01", "--to", "2026-01-31")
Timonel = Callable[..., str]


@pytest.fixture(scope="module")
def company(warehouse: Warehouse) -> str:
    """A marketplace in CLP with two users, of whom one paid 1,000 and then 3,000."""
    company_id = warehouse.add_pair().bolt
    warehouse.add_reader(company_id)
    warehouse.load(
        company_id,
        marketplace_file(
            "users",
            user("u1", "2026-01-02 12:00+00", onboarded_at="2026-01-03 12:00+00"),
            user("u2", "2026-01-02 12:00+00"),
        ),
        marketplace_file(
            "orders",
            order("1", "u1", "2026-01-05 12:00+00", total=1000),
            order("2", "u1", "2026-01-06 12:00+00", total=3000),
        ),
    )
    warehouse.build(company_id)
    return company_id


@pytest.fixture
def timonel(
    warehouse: Warehouse, company: str, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run `timonel kpis`; what it said."""
    monkeypatch.setenv("TIMONEL_DATABASE_URL", warehouse.url)

    def run(*arguments: str, code: int = 0) -> str:
        said = io.StringIO()
        for module, name in (
            (kpis_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        whose = () if "--company" in arguments else ("--company", company)
        result = CliRunner().invoke(app, ["kpis", *arguments, *whose])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_people_read_whose_numbers_of_which_days(timonel: Timonel) -> None:
    said = timonel("acquisition", *DAYS)

    assert "Bolt, 2026-01-01 to 2026-01-31" in said
    assert "Tasa de onboarding" in said
    assert "50,0 %" in said


def test_programs_get_the_same_numbers(timonel: Timonel) -> None:
    (as_json,) = json.loads(timonel("engagement", *DAYS, "--format", "json"))
    text = timonel("engagement", *DAYS, "--format", "csv")
    (as_csv,) = csv.DictReader(io.StringIO(text))

    assert (as_json["purchase_count"], as_json["average_order_value"]) == (2, 2000)
    assert float(as_csv["average_order_value"]) == 2000
    assert list(as_csv) == list(as_json)


def test_a_segment_has_its_customers_and_their_money(timonel: Timonel) -> None:
    said = timonel("segmentation", *DAYS)
    (row,) = json.loads(timonel("segmentation", *DAYS, "--format", "json"))

    assert row["segment_label_es"] in said
    assert "100,0 %" in said
    assert row["monetary"] == 4000


def test_days_without_a_purchase_have_no_average(timonel: Timonel) -> None:
    said = timonel("engagement", "--from", "2025-01-01", "--to", "2025-01-02")

    (line,) = [each for each in said.splitlines() if "Average order" in each]
    assert line.rstrip().endswith("—")
    assert "No customer" in timonel("segmentation", "--to", "2025-01-02")


def test_what_cannot_be_answered_says_what_to_do(
    timonel: Timonel, warehouse: Warehouse
) -> None:
    new = warehouse.add_pair().acme
    warehouse.add_reader(new)

    reversed_days = ("--from", "2026-02-01", "--to", "2026-01-01")
    assert "starts on 2026-02-01" in timonel("retention", *reversed_days, code=1)
    assert "no company 'nobody'" in timonel("retention", "--company", "nobody", code=1)
    said = timonel("retention", "--company", new, code=1)
    assert f"timonel run --company {new}" in said
