"""The quarantine on the command line: counts, one record, and decisions."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, quarantine
from orchestration.cli import console as console_module
from orchestration.lib.tenancy.companies import Company, add_company

Timonel = Callable[..., str]
ROW = """
    insert into ops.quarantined_records
        (company_id, source, stream, record_hash, reason, record)
    values ('acme', 'shopify', 'customers', 'abcdef0123456789',
        'property ''email'' is not a string', '{"email": 5, "phone": "600 11 22"}')
"""


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run a command on a database with one rejected record."""
    add_company(database_url, Company("acme", "Acme", "EUR", "Europe/Madrid"))
    with psycopg.connect(database_url) as database:
        database.execute(ROW)
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (quarantine, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        result = CliRunner().invoke(app, ["quarantine", *arguments])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_the_list_counts_reasons_and_names_records(timonel: Timonel) -> None:
    counted = timonel("list")
    named = timonel("list", "--company", "acme", "--records")

    assert "property 'email' is not a string" in counted
    assert "abcdef012345" not in counted
    assert "abcdef012345" in named
    assert "Nothing is in quarantine." in timonel("list", "--source", "files")


def test_one_record_shows_fields_and_only_the_value_in_question(
    timonel: Timonel,
) -> None:
    said = timonel("show", "abcdef", "--company", "acme")

    assert "phone" in said
    assert "600" not in said
    assert "may be personal data" in said
    assert "600 11 22" in timonel("show", "abcdef", "--company", "acme", "--values")


def test_a_decision_needs_to_say_of_what(timonel: Timonel) -> None:
    for command in (("retry",), ("drop", "--why", "x")):
        assert "Which records?" in timonel(*command, "--company", "acme", code=1)


def test_a_refused_record_is_told_and_stays(timonel: Timonel) -> None:
    said = timonel("retry", "--company", "acme", "--all")

    assert "1 offered, 0 accepted." in said
    assert "1 refused: " in said


def test_a_dropped_record_is_seen_when_asked_for(timonel: Timonel) -> None:
    arguments = ("--company", "acme", "--why", "a test shop", "--by", "ana")

    assert "1 dropped" in timonel("drop", "abcdef", *arguments)

    assert "Nothing is in quarantine." in timonel("list")
    assert "dropped" in timonel("list", "--dropped")
    assert "dropped by ana" in timonel("show", "abcdef", "--company", "acme")
    assert "no such record" in timonel("drop", "abcdef", *arguments, code=1)


def test_an_unknown_company_is_said(timonel: Timonel) -> None:
    assert "no company 'acne'" in timonel("list", "--company", "acne", code=1)
