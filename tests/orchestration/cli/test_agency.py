"""Agencies are added, get clients one by one or from a file, and lose them."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli.companies import agency
from orchestration.lib.operations.cadence import list_rhythms
from orchestration.lib.tenancy.agencies import list_agencies
from orchestration.lib.tenancy.companies import (
    Company,
    add_company,
    list_companies,
    with_data,
)

Timonel = Callable[..., str]
HEAD = "agency,company,name,currency,time_zone\n"
GOOD = HEAD + "studio,shop_1,Shop 1,eur,Europe/Madrid\nstudio,acme,Acme,EUR,UTC\n"
TWICE = GOOD + "other,shop_1,Shop 1,USD,Europe/Madrid\n"
BAD = (
    HEAD
    + "studio,shop_1,Shop 1,EUR,Europe/Madrid\n"
    + "nobody,shop_2,Shop 2,EUR,Europe/Madrid\n"
    + "studio,Shop 3,Shop 3,EUR,Europe/Madrid\n"
    + "studio,shop_4,Shop 4,DOLLARS,Europe/Madrid\n"
    + "studio,acme,Another,EUR,UTC\n"
)


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run a command where there are a company and an agency."""
    add_company(database_url, Company("acme", "Acme", "EUR", "UTC"))
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0, command: str = "agency") -> str:
        said = StringIO()
        for module, name in (
            (agency, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        result = CliRunner().invoke(app, [command, *arguments])
        output = " ".join((said.getvalue() + result.output).split())
        assert result.exit_code == code, (output, result.exception)
        return output

    run("add", "studio", "--name", "Studio")
    return run


def test_an_agency_has_no_data_and_is_not_read(
    timonel: Timonel, database_url: str
) -> None:
    assert [each.company_id for each in list_companies(database_url)] == [
        "acme",
        "studio",
    ]
    assert [each.company_id for each in with_data(database_url)] == ["acme"]
    rhythms = list_rhythms(database_url)
    assert [each.company.company_id for each in rhythms] == ["acme"]
    refused = timonel("--company", "studio", command="run", code=1)
    assert "studio is an agency, without data of its own" in refused
    assert "was there already" in timonel("add", "studio", "--name", "Studio")
    assert "is a company with data of its own" in timonel("add", "acme", code=1)


def test_a_file_of_companies_is_added_as_a_whole(
    timonel: Timonel, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(GOOD)

    assert "2 clients are new" in timonel("import", str(file))
    file.write_text(GOOD.replace(",", ";"))
    assert "0 clients are new" in timonel("import", str(file))

    assert list_agencies(database_url) == {"studio": ("acme", "shop_1")}
    listed = json.loads(timonel("list", "--format", "json"))
    assert listed == [{"agency": "studio", "clients": "acme, shop_1"}]


def test_a_file_with_a_wrong_line_adds_nobody_and_names_each(
    timonel: Timonel, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(BAD)

    said = timonel("import", str(file), code=1)

    for line, reason in (
        (3, "there is no agency 'nobody'"),
        (4, "'Shop 3' cannot be a company id"),
        (5, "'DOLLARS' is not an ISO 4217 currency code"),
        (6, "'acme' is there as 'Acme'"),
    ):
        assert f"line {line}: {reason}" in said
    assert "line 2" not in said
    assert list_agencies(database_url) == {"studio": ()}
    assert len(list_companies(database_url)) == 2

    file.write_text("agency,company\n")
    assert "lacks the columns name, currency, time_zone" in timonel(
        "import", str(file), code=1
    )


def test_a_company_is_the_same_in_every_line_of_a_file(
    timonel: Timonel, database_url: str, tmp_path: Path
) -> None:
    timonel("add", "other")
    file = tmp_path / "clients.csv"
    file.write_text(TWICE)

    said = timonel("import", str(file), code=1)

    assert "line 4: 'shop_1' is there as 'Shop 1', EUR" in said
    assert len(list_companies(database_url)) == 3
    file.write_text(TWICE.replace("USD", "EUR"))
    assert "3 clients are new" in timonel("import", str(file))
    assert list_agencies(database_url)["other"] == ("shop_1",)


def test_clients_come_and_go(timonel: Timonel, database_url: str) -> None:
    assert "1 of 1 are new" in timonel("add-clients", "studio", "acme")
    assert "0 of 1 are new" in timonel("add-clients", "studio", "acme")
    assert "is an agency" in timonel("add-clients", "studio", "studio", code=1)
    assert "There is no company 'nobody'" in timonel(
        "add-clients", "studio", "acme", "nobody", code=1
    )
    assert "There is no agency 'acme'" in timonel("show", "acme", code=1)
    assert "sees nothing of acme" in timonel("remove-client", "studio", "acme")
    assert "no client" in timonel("remove-client", "studio", "acme")
    assert list_agencies(database_url) == {"studio": ()}
    assert "serves nobody yet" in timonel("show", "studio")
