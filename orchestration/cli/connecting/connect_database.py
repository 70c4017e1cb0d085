"""`timonel connect database`: the tables of a shop's own database."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.connecting.connection_flow import given_secrets, prompted
from orchestration.cli.connecting.file_preview import preview_files, print_preview
from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.connections.connection_secrets import load_secrets, save_secrets
from orchestration.lib.connections.connections import (
    add_connection,
    check_is_free,
    database_connection,
)
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["connect_database", "parse_tables"]

_SECRET = "database_url"  # noqa: S105 (a name, not a password)


def connect_database(
    company: str,
    tables: dict[str, str],
    settings: dict[str, object],
    secrets: list[str],
    *,
    name: str,
    is_dry_run: bool,
) -> None:
    """Look at the tables, say what is understood of them, and keep the connection.

    Nothing is kept when one of them cannot be read as it is. Exits 1 then.
    """
    files = SOURCES["files"]
    given = given_secrets(files, secrets)
    own = Settings.from_environment()
    with plain_errors():
        url = open_database(own)
        owner = load_company(url, company)
        connection = database_connection(company, name, tables, **settings)
        check_is_free(url, connection)
        known = load_secrets(url, own, company, name) | given
        known |= prompted("your shop", (_SECRET,), known)
        answer = preview_files(owner, connection, known)
        print_preview(answer)
        if answer["failures"]:
            raise fail("Nothing was connected. Not every table can be read as it is.")
        if is_dry_run:
            console.print("\nNothing was connected: leave out --dry-run to do it.")
            return
        add_connection(url, connection)
        save_secrets(url, own, company, name, known)
    console.print(f"Connected. Load it with: timonel run --company {company}")


def parse_tables(pairs: list[str]) -> dict[str, str]:
    """``orders`` and ``orders=select ...`` as the name and what is read under it."""
    tables: dict[str, str] = {}
    for pair in pairs:
        name, _, said = pair.partition("=")
        name, said = name.strip(), said.strip() or name.strip()
        if not name or not said or name in tables:
            raise fail(
                f"--table takes TABLE, or NAME=TABLE, or NAME=SELECT ..., each name "
                f"once, not '{pair}'."
            )
        tables[name] = said
    return tables


Tables = Annotated[
    list[str],
    typer.Option(
        "--table",
        help="A table to read; NAME=TABLE or NAME='select ...' reads it under another "
        "name. One that is a contract's (marketplace_orders) says what it holds; else "
        "its columns do. Repeat for more.",
    ),
]
