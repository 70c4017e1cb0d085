"""`timonel connect`: which sources of a company are read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from orchestration.cli.connecting import connect_sources
from orchestration.cli.connecting.connect_database import (
    Tables,
    connect_database,
    parse_tables,
)
from orchestration.cli.connecting.connection_flow import test_connection
from orchestration.cli.connecting.connections import connections
from orchestration.cli.connecting.file_preview import preview_files, print_preview
from orchestration.cli.console import console, fail, plain_errors
from orchestration.cli.receiver import webhook
from orchestration.lib.connections.connections import (
    add_connection,
    check_is_free,
    files_connection,
    load_connection,
    remove_connection,
)
from orchestration.lib.connections.file_contracts import AUTO, contract_names
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["app", "parse_settings"]

# Made from the contracts that there are.
Contract = StrEnum(  # type: ignore[misc]
    "Contract", {name: name for name in contract_names()}
)

# These have options of their own, or follow from the path.
_RESERVED = {"", "paths", "contract", "name", "name_prefix", "columns"}
_RESERVED |= {"database_url", "tables"}

# Settings that are maps, given as group.key=value.
_MAPS = {"columns", "constants", "statuses"}

app = typer.Typer(no_args_is_help=True, help="The sources each company is read from.")


@app.command()
def files(
    path: Annotated[
        Path,
        typer.Argument(exists=True, help="An exported file, or a folder of them."),
    ],
    company: Annotated[str, typer.Option(help="Whose orders these are.")],
    name: Annotated[
        str | None,
        typer.Option(help="Of the connection. Default: that of the file or folder."),
    ] = None,
    contract: Annotated[
        Contract,
        typer.Option(help="What the files hold; auto finds out by their header."),
    ] = Contract[AUTO],
    setting: Annotated[
        list[str] | None,
        typer.Option(
            help="A setting of the tap as name=value, such as delimiter=; or "
            "columns.customer_id=Buyer; repeat for more. "
            "All of them: tap-files --about."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say what would be understood of them."),
    ] = False,
) -> None:
    """Read exported files: orders, payments, purchase logs, advertising spend.

    Exports of Shopify, WooCommerce, PrestaShop, Magento, BigCommerce, Squarespace,
    Wix, Etsy, Amazon, Mercado Libre, Tiendanube, Jumpseller, Stripe, PayPal, Mercado
    Pago, Square, Meta Ads, Google Ads and TikTok Ads are recognised by their header;
    CSV, Excel, JSONL and Parquet are read.
    """
    settings = parse_settings(setting or [])
    with plain_errors():
        url = open_database(Settings.from_environment())
        owner = load_company(url, company)
        connection = files_connection(
            company, path.absolute(), name=name, **settings, contract=contract.value
        )
        if dry_run:
            answer = preview_files(owner, connection)
            print_preview(answer)
            if answer["failures"]:
                raise fail(
                    "Nothing was connected. Not every file can be read as it is."
                )
            console.print("\nNothing was connected: leave out --dry-run to do it.")
            return
        check_is_free(url, connection)
        add_connection(url, connection)
    console.print(f"Connected. Load it with: timonel run --company {company}")


@app.command()
def database(
    company: Annotated[str, typer.Option(help="Whose orders these are.")],
    table: Tables,
    name: Annotated[str, typer.Option(help="Of the connection.")] = "database",
    setting: Annotated[
        list[str] | None,
        typer.Option(help="A setting of the tap as name=value; see connect files."),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            help="Its address as database_url=@FILE, or database_url=- to read it from "
            "standard input. On a terminal it is asked for and not shown."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say what would be understood of them."),
    ] = False,
) -> None:
    """Read tables of your own Postgres or MySQL, as exported files are read.

    The address is postgresql://USER:PASSWORD@HOST/DATABASE or mysql://...; a login that
    may only read is enough. What did not change is not loaded again.
    """
    settings = parse_settings(setting or [])
    tables = parse_tables(table)
    connect_database(
        company, tables, settings, secret or [], name=name, is_dry_run=dry_run
    )


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Of the connection; see connect list.")],
    company: Annotated[str, typer.Option(help="Whose connection it is.")],
) -> None:
    """Stop reading a source and forget its secrets. What it brought stays."""
    with plain_errors():
        url = open_database(Settings.from_environment())
        load_company(url, company)
        removed = remove_connection(url, company, name)
    if not removed:
        raise fail(f"{company} has no connection '{name}'. See: timonel connect list")
    console.print(f"[bold]{escape(name)}[/bold] is not read any more.")


@app.command()
def test(
    name: Annotated[str, typer.Argument(help="Of the connection; see connect list.")],
    company: Annotated[str, typer.Option(help="Whose connection it is.")],
) -> None:
    """Try a connection: account, currency, time zone, scopes, history, warnings."""
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        load_company(url, company)
        connection = load_connection(url, company, name)
    test_connection(url, settings, connection)


app.command()(webhook)
app.command("list")(connections)
connect_sources.register(app)


def parse_settings(pairs: list[str]) -> dict[str, Any]:
    """``a=1`` and ``b.c=2`` as ``{"a": "1", "b": {"c": "2"}}``."""
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        group, dot, key = name.partition(".") if "." in name else ("", "", name)
        is_wrong = group not in _MAPS if dot else key in _RESERVED
        if not equals or not key or is_wrong:
            raise fail(
                f"--setting takes a setting of the tap as name=value, not '{pair}'. "
                "All of them: tap-files --about."
            )
        place = settings.setdefault(group, {}) if group else settings
        place[key] = value
    return settings
