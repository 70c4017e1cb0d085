"""Two companies whose mix is published, and the command that plans with it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, scenario
from orchestration.cli import console as console_module
from tests.dbt_project.marketing.published_mix import publish
from tests.dbt_project.warehouse import Pair, Warehouse


@pytest.fixture
def companies(warehouse: Warehouse) -> Pair:
    """Two companies with the same channels; what bolt's bring is tenfold."""
    pair = warehouse.add_pair()
    publish(warehouse, pair.acme, "EUR")
    publish(warehouse, pair.bolt, "CLP", times=10)
    return pair


@pytest.fixture
def timonel(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """`timonel scenario` with arguments; what it says."""
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", warehouse.url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (scenario, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        result = CliRunner().invoke(app, ["scenario", *arguments])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run
