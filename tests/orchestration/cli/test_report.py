"""`timonel report` from the command to the files, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli import report as report_command
from orchestration.lib.tenancy.companies import Company, add_company
from tests.metabase.pages.rows.reporting_rows import make_reporting
from tests.metabase.pages.shops import NEW

Timonel = Callable[..., str]


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run `timonel report`; everything it printed."""
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (report_command, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=250))
        result = CliRunner().invoke(app, ["report", *arguments])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_the_files_are_written_and_named(
    timonel: Timonel, database_url: str, tmp_path: Path
) -> None:
    make_reporting(database_url, [NEW])
    folder = tmp_path / "board" / "june"

    said = timonel(
        *("--company", "nueva", "--template", "operational", "--language", "en"),
        *("--format", "html", "--format", "pdf", "--output", str(folder)),
    )

    page, paper = (
        folder / f"nueva-operational_report-en.{kind}" for kind in ("html", "pdf")
    )
    assert str(page) in said
    assert str(paper) in said
    assert "Operational report" in page.read_text(encoding="utf-8")
    assert paper.read_bytes().startswith(b"%PDF")


def test_the_language_is_the_one_the_company_chose(
    timonel: Timonel, database_url: str, tmp_path: Path
) -> None:
    make_reporting(database_url, [NEW])
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into ops.metabase_settings (company_id, language)"
            " values ('nueva', 'en')"
        )

    timonel("--company", "nueva", "--format", "html")

    assert (tmp_path / "reports" / "nueva-executive_summary-en.html").exists()


def test_what_cannot_be_is_told_with_what_to_do(
    timonel: Timonel, database_url: str
) -> None:
    assert "timonel company add" in timonel("--company", "acme", code=1)
    add_company(database_url, Company("acme", "Acme", "EUR", "UTC"))

    assert "one of acme" in timonel(code=1)
    assert "acme" in timonel("--company", "nobody", code=1)
    assert "timonel run --company acme" in timonel("--company", "acme", code=1)


def test_numbers_of_another_day_are_not_given_that_date(
    timonel: Timonel, database_url: str
) -> None:
    make_reporting(database_url, [NEW])

    said = timonel("--company", "nueva", "--as-of", "2026-06-30", code=1)

    assert "not as of 2026-06-30" in said
    assert "Traceback" not in said
