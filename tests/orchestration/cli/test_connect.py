"""Connecting a source stores it, tries it, and says what it can see."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psycopg
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli.connecting import (
    connect,
    connect_database,
    connection_flow,
    connections,
    file_preview,
)
from orchestration.lib.connections.connection_secrets import load_secrets
from orchestration.lib.connections.connections import list_connections
from orchestration.lib.connections.sources import SOURCES, api_sources
from tests.orchestration.conftest import Shop

Timonel = Callable[..., str]


@pytest.fixture
def timonel(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Timonel:
    """Run a command in this process, where the fake source is registered."""
    monkeypatch.setenv("TIMONEL_HOME", str(shop.settings.home))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", shop.url)

    def run(*arguments: str, code: int = 0, stdin: str | None = None) -> str:
        said = StringIO()
        console = Console(file=said, width=250)
        modules = (
            *(console_module, connection_flow, connections, connect),
            *(connect_database, file_preview),
        )
        for module in modules:
            monkeypatch.setattr(module, "console", console)
        monkeypatch.setattr(console_module, "_errors", console)
        result = CliRunner().invoke(app, arguments, input=stdin)
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def _setting(shop: Shop, **more: object) -> list[str]:
    pairs = {"source_file": str(shop.file), **more}
    return [
        text
        for name, value in pairs.items()
        for text in ("--setting", f"{name}={json.dumps(value)}")
    ]


def _shopify(shop: Shop, *more: str, **settings: object) -> list[str]:
    return [
        *("connect", "shopify", "--company", "acme", "--shop", "acme-shop"),
        *_setting(shop, **settings),
        *more,
    ]


@pytest.fixture
def token(tmp_path: Path) -> str:
    path = tmp_path / "token"
    path.write_text("shpat_MARKER\n")
    return f"access_token=@{path}"


def test_what_the_source_shows_is_shown(
    shop: Shop, timonel: Timonel, token: str
) -> None:
    answer = {
        "account": "Acme Shop",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "scopes": ["read_orders", "read_all_orders"],
        "history_from": "2024-11-21",
        "warnings": [],
    }

    said = timonel(*_shopify(shop, "--secret", token, check_answer=answer))

    for expected in ("Acme Shop", "EUR", "read_all_orders", "2024-11-21"):
        assert expected in said
    listed = timonel("connections")
    for expected in ("healthy", "acme-shop", "2024-11-21", "never"):
        assert expected in listed
    assert "MARKER" not in said + listed


def test_a_warning_makes_it_limited(shop: Shop, timonel: Timonel, token: str) -> None:
    answer = {"warnings": ["read_all_orders is missing: only 60 days are visible."]}

    said = timonel(*_shopify(shop, "--secret", token, check_answer=answer))

    assert "only 60 days are visible" in said
    assert "limited" in timonel("connect", "list")


def test_a_shop_in_another_currency_or_zone_is_told_at_once(
    shop: Shop, timonel: Timonel, token: str
) -> None:
    answer = {"currency_code": "CLP", "time_zone": "America/Santiago", "warnings": []}

    said = timonel(*_shopify(shop, "--secret", token, check_answer=answer))

    assert "kept in CLP and acme reports in EUR" in said
    assert "America/Santiago" in said
    assert "limited" in timonel("connections")


def test_a_failure_is_stored_and_says_how_to_try_again(
    shop: Shop, timonel: Timonel, token: str
) -> None:
    refusal = "token: refused. Check the secret access_token."

    said = timonel(*_shopify(shop, "--secret", token, refuses=refusal), code=1)

    assert "acme/shopify: token: refused. Check the secret access_token." in said
    assert "timonel connect test shopify --company acme" in said
    listed = timonel("connections")
    assert "failing" in listed
    assert "token: refused" in listed
    assert "refused" in timonel(
        "connect", "test", "shopify", "--company", "acme", code=1
    )


def test_a_secret_comes_from_standard_input(shop: Shop, timonel: Timonel) -> None:
    timonel(*_shopify(shop, "--secret", "access_token=-"), stdin="from-stdin\n")

    assert load_secrets(shop.url, shop.settings, "acme", "shopify") == {
        "access_token": "from-stdin"
    }


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(
    shop: Shop, timonel: Timonel
) -> None:
    said = timonel(*_shopify(shop, "--secret", "access_token=MARKER"), code=1)

    assert "shell's history" in said
    assert "MARKER" not in said
    assert list_connections(shop.url, "acme") == []


def test_a_secret_among_the_settings_is_refused(shop: Shop, timonel: Timonel) -> None:
    said = timonel(*_shopify(shop, "--setting", "access_token=MARKER"), code=1)

    assert "--secret access_token=@FILE" in said
    assert "MARKER" not in said


def test_a_missing_secret_is_named_when_nobody_can_be_asked(
    shop: Shop, timonel: Timonel
) -> None:
    said = timonel(*_shopify(shop), code=1)

    assert "--secret access_token=@FILE" in said


def test_a_missing_option_is_named(shop: Shop, timonel: Timonel) -> None:
    said = timonel("connect", "weather", "--company", "acme", code=1)

    assert "Missing: --location" in said


def test_connecting_again_keeps_what_is_not_given(
    shop: Shop, timonel: Timonel, token: str, tmp_path: Path
) -> None:
    timonel(*_shopify(shop, "--secret", token))
    rotated = tmp_path / "rotated"
    rotated.write_text("rotated-token")

    timonel(
        *("connect", "shopify", "--company", "acme"),
        *("--secret", f"access_token=@{rotated}"),
    )

    (connection,) = list_connections(shop.url, "acme")
    assert connection.settings["shop"] == "acme-shop"
    assert load_secrets(shop.url, shop.settings, "acme", "shopify") == {
        "access_token": "rotated-token"
    }


def test_a_name_of_another_source_is_not_taken_over(
    shop: Shop, timonel: Timonel, token: str, tmp_path: Path
) -> None:
    timonel("connect", "files", str(tmp_path), "--company", "acme", "--name", "shopify")

    said = timonel(*_shopify(shop, "--secret", token), code=1)

    assert "already a connection to Exported files" in said


def test_a_removed_connection_takes_its_secrets_along(
    shop: Shop, timonel: Timonel, token: str
) -> None:
    timonel(*_shopify(shop, "--secret", token))

    timonel("connect", "remove", "shopify", "--company", "acme")

    assert shop.rows("select count(*) from ops.connections") == [(0,)]


def test_files_are_listed_beside_the_others(
    shop: Shop, timonel: Timonel, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    timonel("connect", "files", str(folder), "--company", "acme")

    said = timonel("connections")

    assert "untested" in said
    assert str(folder) in said


WOO = (
    "Order Number,Order Status,Order Date,Email (Billing),Order Refund Amount,"
    "Order Total Amount,Item Name\n"
    "1,Completed,2025-03-01 10:00,ana@x.com,0,55.00,Mug\n"
    "1,Completed,2025-03-01 10:00,ana@x.com,0,55.00,Pot\n"
    "2,Cancelled,2025-03-02 10:00,leo@x.com,0,20.00,Mug\n"
)


def test_a_dry_run_says_what_is_understood_and_connects_nothing(
    shop: Shop, timonel: Timonel, tmp_path: Path
) -> None:
    file = tmp_path / "woo.csv"
    file.write_text(WOO)

    said = timonel("connect", "files", str(file), "--company", "acme", "--dry-run")

    assert "read as WooCommerce, Advanced Order Export (purchases)" in said
    assert "Order Total Amount" in said
    assert "Not read: Item Name" in said
    assert "2 orders or rows, 2025-03-01 to 2025-03-02, in EUR" in said
    assert "55.00  paid" in said
    assert "20.00  cancelled" in said
    assert "55.00  net sales" in said
    assert "Net sales hold their taxes (con IVA): no column tells them" in said
    assert "1 rows say their order again" in said
    assert shop.rows("select count(*) from ops.connections") == [(0,)]


def test_a_dry_run_says_why_a_file_is_refused(
    shop: Shop, timonel: Timonel, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    file.write_text('order_id,customer,date,amount\n"6,80E+12",a,2025-01-05,10\n')

    said = timonel(
        *("connect", "files", str(file), "--company", "acme", "--dry-run"), code=1
    )

    assert "log.csv line 2: the column 'order_id'" in said
    assert "Nothing was connected" in said


def test_tables_of_a_database_are_looked_at_before_they_are_connected(
    shop: Shop, timonel: Timonel, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text(shop.url)
    secret = ("--secret", f"database_url=@{tmp_path / 'url'}")
    asked = ("connect", "database", "--company", "acme", *secret, "--table")
    with psycopg.connect(shop.url) as database:
        database.execute(
            """create table ventas as select
                'a' as cliente, current_date as fecha, 12.5 as monto, 'EUR' as moneda"""
        )

    refused = timonel(*asked, "no_hay", code=1)
    empty = list_connections(shop.url, "acme")
    said = timonel(*asked, "ventas")
    listed = timonel("connections")

    assert "no_hay: there is no such table" in refused
    assert empty == []
    assert "database/ventas  read as purchases" in said
    assert "12.50  money" in said
    assert "ventas" in listed
    (connection,) = list_connections(shop.url, "acme")
    assert shop.url not in repr(connection)
    kept = load_secrets(shop.url, shop.settings, "acme", "database")
    assert kept == {"database_url": shop.url}


def test_an_address_is_asked_for_by_its_name_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def ask(text: str, **_: object) -> str:
        asked.append(text)
        return "postgresql://"

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "prompt", ask)

    known = connection_flow.prompted("your shop", ("database_url",), {})

    assert known == {"database_url": "postgresql://"}
    assert asked == ["Database url of your shop"]


def test_a_setting_may_hold_what_a_file_is_called_by(
    shop: Shop, timonel: Timonel, tmp_path: Path
) -> None:
    timonel(
        *("connect", "files", str(tmp_path), "--company", "acme", "--name", "own"),
        *("--setting", "columns.amount=N. Revenue = net", "--setting", "channel=Meta"),
        *("--setting", "statuses.En espera.=pending"),
    )

    (connection,) = list_connections(shop.url, "acme")
    assert connection.settings["columns"] == {"amount": "N. Revenue = net"}
    assert connection.settings["statuses"] == {"En espera.": "pending"}
    assert connection.settings["channel"] == "Meta"


def test_the_key_can_be_rotated(shop: Shop, timonel: Timonel, token: str) -> None:
    timonel(*_shopify(shop, "--secret", token))

    timonel("secrets", "rotate")

    secrets = load_secrets(shop.url, shop.settings, "acme", "shopify")
    assert secrets == {"access_token": "shpat_MARKER"}


def test_every_source_has_a_command_with_help() -> None:
    for source in api_sources():
        result = CliRunner().invoke(app, ["connect", source.command, "--help"])
        assert result.exit_code == 0
        assert "--company" in result.output


@pytest.mark.parametrize("slug", [source.slug for source in api_sources()])
def test_the_registry_keeps_secret_what_the_tap_calls_secret(slug: str) -> None:
    source = SOURCES[slug]
    about = subprocess.run(
        [
            *(sys.executable, "-m", source.tap_module, *source.tap_arguments),
            *("--about", "--format", "json"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    properties = json.loads(about.stdout)["settings"]["properties"]

    secret = {name for name, each in properties.items() if each.get("secret")}

    # A rotating refresh token stays here: the tap never sees it.
    ours = {"refresh_token"} if source.oauth and source.oauth.is_rotating else set()
    assert set(source.secret_settings) - ours == secret


@pytest.mark.parametrize("slug", list(SOURCES))
def test_the_registry_lists_the_tables_the_tap_fills(slug: str) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "taps.raw_tables", "--list", "--source", slug],
        capture_output=True,
        text=True,
        check=True,
    )
    tables = {name.split(".")[1].strip('"') for name in json.loads(listed.stdout)}

    assert {table.name for table in SOURCES[slug].tables} == tables
