"""Points are earned, redeemed, taken back and shown on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.lib.tenancy.companies import Company, add_company

Points = Callable[..., Any]


@pytest.fixture
def points(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Points:
    """Run a command for Acme; what it prints as JSON, or the error."""
    for name in ("acme", "bolt"):
        add_company(database_url, Company(name, name, "EUR", "UTC"))
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*words: str, company: str = "acme", code: int = 0) -> Any:
        options = ("--company", company)
        form = () if code else ("--format", "json")
        said = StringIO()
        monkeypatch.setattr(console_module, "_errors", Console(file=said))
        result = CliRunner().invoke(app, ["points", *words, *options, *form])
        assert result.exit_code == code, (result.output, result.exception)
        return said.getvalue() if code else json.loads(result.output)

    return run


def test_a_ledger_is_kept_from_the_command_line(points: Points) -> None:
    earned = ("earn", "a1", "--rule", "referral", "--ref", "invoice-2")
    (given,) = points(*earned)
    assert points(*earned) == [given]
    (spent,) = points("redeem", "a1", "--reward", "credit", "--ref", "order-1")
    (taken,) = points("reverse", str(given["entry_id"]))

    assert [one["points"] for one in (given, spent, taken)] == [100, -100, -100]
    assert points("show") == [
        {"account_id": "a1", "balance": -100, "entry_count": 3},
    ]
    assert points("show", "a1") == [given, spent, taken]
    assert points("show", company="bolt") == []
    assert points("expire") == []


def test_refusals_say_what_to_do(points: Points) -> None:
    points("earn", "a1", "--rule", "feedback", "--ref", "survey-1")

    few = points("redeem", "a1", "--reward", "course", "--ref", "order-2", code=1)
    unheard = points("earn", "a1", "--rule", "birthday", "--ref", "x", code=1)
    negative = points(
        *("earn", "a1", "--rule", "feedback", "--ref", "y", "--points", "-5"), code=1
    )

    assert "a1 has 25 points, and 300 are asked for" in few
    assert "There is no rule 'birthday'" in unheard
    assert "above 0" in negative
    assert points("show")[0]["balance"] == 25


def test_points_expire_on_their_day(points: Points) -> None:
    old = ("--rule", "feedback", "--ref", "survey-1", "--expires-on", "2020-01-01")

    points("earn", "a1", *old, code=1)

    assert points("show") == []
