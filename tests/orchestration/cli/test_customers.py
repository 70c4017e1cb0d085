"""Ids that are one person on the command line: seen, kept apart, merged again."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app, customers
from orchestration.cli import console as console_module
from orchestration.lib.tenancy.companies import Company, add_company

Timonel = Callable[..., str]
BUILT = """
    create schema if not exists marts;
    create table marts.customer_identities (
        company_id text, customer_id text, person_customer_id text, reason text,
        since timestamptz
    );
    insert into marts.customer_identities values
        ('acme', 'shopify/8', 'shopify/7', 'confirmed_address', '2026-01-05 10:00+00');
    grant usage on schema marts to orchestrator;
    grant select on marts.customer_identities to orchestrator;
"""


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run a command on a database with two companies."""
    for company_id in ("acme", "bolt"):
        add_company(
            database_url, Company(company_id, company_id, "EUR", "Europe/Madrid")
        )
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (customers, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        result = CliRunner().invoke(app, ["customers", *arguments])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_who_is_merged_is_listed_kept_apart_and_merged_again(
    timonel: Timonel, database_url: str
) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(BUILT)
    words = timonel("list", "--company", "acme").split()
    assert {"shopify/8", "shopify/7", "2026-01-05", "confirmed"} <= set(words)

    said = timonel(
        *("split", "8", "--company", "acme", "--why", "brothers", "--by", "ana")
    )
    assert "shopify/8 is kept apart from the next run on" in said
    listed = timonel("list", "--company", "acme")
    assert "kept apart by ana: brothers" in listed
    assert "shopify/7" not in listed

    timonel("split", "shopify/8", "--company", "acme", "--undo", "--by", "ana")
    assert "shopify/7" in timonel("list", "--company", "acme")


def test_before_anything_is_built_nobody_is_merged(timonel: Timonel) -> None:
    assert "No customer of acme has two ids." in timonel("list", "--company", "acme")
    said = timonel("split", "8", "--company", "acme", code=1)
    assert "merged with nobody" in said


def test_another_company_s_ids_are_its_own(timonel: Timonel, database_url: str) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(BUILT)

    assert "No customer of bolt" in timonel("list", "--company", "bolt")
    timonel("split", "8", "--company", "bolt", code=1)
