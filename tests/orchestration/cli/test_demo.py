"""The demo says what it understood of a file before it makes anything of it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, file_preview
from orchestration.cli import console as console_module
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
