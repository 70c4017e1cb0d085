"""Experiments, limits and targets are entered on the command line, and count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, media
from orchestration.cli import console as console_module
from orchestration.lib.operations.runs import input_version
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import connect

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
DAY = date(2026, 10, 31)
Timonel = Callable[..., str]
TEST = (
    *("lift-test", "geo", "--company", "acme", "--channel", "meta_ads"),
    *("--start", "2026-05-01", "--lift", "1200", "--error", "300"),
)


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run a command on a database with two companies."""
    add_company(database_url, ACME)
    add_company(database_url, Company("bolt", "Bolt", "CLP", "America/Santiago"))
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (media, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        result = CliRunner().invoke(app, ["media", *arguments])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_what_was_entered_is_shown_of_its_company_only(timonel: Timonel) -> None:
    timonel(*TEST, "--end", "2026-05-28")
    timonel("limit", "meta_ads", "--company", "acme", "--most", "900")
    timonel("target", "--company", "acme", "--value-to-cost", "4")

    said = timonel("show", "--company", "acme")

    for words in ("geo", "2026-05-01 to 2026-05-28", "1,200", "900", "customer: 4."):
        assert words in said
    assert "No experiment." in timonel("show", "--company", "bolt")


def test_what_was_entered_makes_the_next_run_due(
    timonel: Timonel, database_url: str
) -> None:
    with connect(database_url, "loader") as database:
        database.execute("create schema raw_files")
        database.execute(
            "create table raw_files.files"
            " (company_id text, file_name text, file_sha256 text)"
        )
    before = input_version(database_url, ACME, DAY, "code")

    timonel(*TEST, "--end", "2026-05-28")

    after = input_version(database_url, ACME, DAY, "code")
    assert after != before
    timonel("remove-lift-test", "geo", "--company", "acme")
    assert input_version(database_url, ACME, DAY, "code") == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*TEST, "--end", "2026-04-01"), "before it starts"),
        ((*TEST, "--end", "2026-05-28", "--outcome", "clicks"), "The outcome is one"),
        (("limit", "x", "--company", "acme", "--least", "-1"), "0 or above"),
        (("target", "--company", "acme", "--value-to-cost", "0"), "above 0"),
        (("remove-lift-test", "none", "--company", "acme"), "no experiment none"),
        (("show", "--company", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    timonel: Timonel, arguments: tuple[str, ...], words: str
) -> None:
    assert words in timonel(*arguments, code=1)
