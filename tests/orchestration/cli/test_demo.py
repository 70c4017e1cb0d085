"""The demo says what it understood of a file before it makes anything of it."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, refresh, summary
from orchestration.cli import console as console_module
from orchestration.cli.connecting import file_preview
from orchestration.cli.demonstration import demo
from orchestration.cli.demonstration.demo import last_purchase_day
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.raw_tables import ensure_raw_tables
from tests.orchestration.conftest import Shop


def refused(shop: Shop, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """Run the demo, which ends with an error, and return what it said."""
    monkeypatch.setenv("TIMONEL_HOME", str(shop.settings.home))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", shop.url)
    said = StringIO()
    console = Console(file=said, width=250)
    monkeypatch.setattr(file_preview, "console", console)
    monkeypatch.setattr(console_module, "_errors", console)
    result = CliRunner().invoke(app, ["demo", *arguments, "--no-open"])
    assert result.exit_code == 1, (said.getvalue(), result.exception)
    return said.getvalue()


def test_a_file_that_is_refused_leaves_no_company_behind(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "rounded.csv"
    file.write_text('order_id,customer,date,amount\n"6,80E+12",a,2025-01-05,10\n')
    before = shop.rows("select company_id from ops.companies order by 1")

    said = refused(shop, monkeypatch, "--orders", str(file))

    assert "rounded.csv line 2: the column 'order_id' (purchase_id)" in said
    assert shop.rows("select company_id from ops.companies order by 1") == before
    assert shop.rows("select count(*) from ops.connections") == [(0,)]


def test_columns_and_contract_are_options(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    file.write_text("who,when,paid,Estado\na,2025-01-05,10,En taller\n")
    columns = ["customer_id=who", "purchased_at=when", "amount=paid"]
    options = [text for pair in columns for text in ("--columns", pair)]

    said = refused(
        *(shop, monkeypatch, "--orders", str(file), "--contract", "purchases"), *options
    )

    assert "the column 'Estado' says 'En taller'" in said
    assert "Settings are given as --setting name=value" in said


def test_the_last_purchase_is_neither_a_return_nor_unpaid(shop: Shop) -> None:
    ensure_raw_tables(shop.url)
    rows = [
        ("acme", 1, "2025-01-05", 10, None),
        ("acme", 2, "2025-01-07", 5, "paid"),
        ("acme", 3, "2025-02-01", -5, None),
        ("acme", 4, "2025-02-02", 7, "failed"),
        ("acme", 5, "2099-01-01", 7, None),
        ("bolt", 1, "2025-03-01", 7, None),
    ]
    with connect(shop.url, "loader") as database:
        for company_id, line, day, amount, status in rows:
            database.execute(
                """insert into raw_files.purchases
                    (company_id, file_sha256, line_number, purchased_at, amount, status)
                values (%s, 'f', %s, %s, %s, %s)""",
                (company_id, line, f"{day} 12:00+00", amount, status),
            )
    acme = Company("acme", "Acme", "EUR", "Europe/Madrid")
    nobody = Company("nobody", "Nobody", "EUR", "UTC")

    assert last_purchase_day(shop.url, acme, date(2025, 6, 1)) == date(2025, 1, 7)
    assert last_purchase_day(shop.url, nobody, date(2025, 6, 1)) is None


def test_a_company_of_the_demo_has_its_rules_of_alerts(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = Company("acme", "Acme", "EUR", "Europe/Madrid")
    add_company(shop.url, acme)
    monkeypatch.setattr(demo, "_load", lambda *_: ())
    monkeypatch.setattr(refresh.Refresher, "compute", lambda *_: True)
    monkeypatch.setattr(summary, "print_summary", lambda *_: "")

    demo._run(shop.settings, shop.url, [acme], None, False, date(2025, 1, 5), None)

    rules = shop.rows("select company_id, rule_id from ops.alert_rules")
    assert ("acme", "unusual_net_revenue") in rules
