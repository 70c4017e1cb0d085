"""`timonel company`: the tenants of the platform."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.console import console, plain_errors
from orchestration.lib.companies import Company, add_company, list_companies
from orchestration.lib.database import open_database
from orchestration.lib.settings import Settings

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The companies the platform works for.")


@app.command()
def add(
    company_id: Annotated[
        str, typer.Argument(help="Lower-case letters, digits and underscores.")
    ],
    name: Annotated[str | None, typer.Option(help="As people write it.")] = None,
    currency: Annotated[
        str, typer.Option(help="ISO 4217 code of the currency it reports in.")
    ] = "EUR",
    time_zone: Annotated[
        str, typer.Option(help="IANA time zone that decides an order's date.")
    ] = "Europe/Madrid",
) -> None:
    """Add a company and the read role that sees only its rows."""
    company = Company(company_id, name or company_id, currency.upper(), time_zone)
    with plain_errors():
        added = add_company(open_database(Settings.from_environment()), company)
    console.print(
        f"Added [bold]{company_id}[/bold]. Next: timonel connect files PATH "
        f"--company {company_id}"
        if added
        else f"[bold]{company_id}[/bold] was there already."
    )


@app.command("list")
def list_() -> None:
    """List the companies."""
    with plain_errors():
        companies = list_companies(open_database(Settings.from_environment()))
    if not companies:
        console.print("No company yet. Add one: timonel company add my_shop")
        return
    table = Table("company", "name", "currency", "time zone")
    for company in companies:
        table.add_row(
            company.company_id, company.name, company.currency_code, company.time_zone
        )
    console.print(table)
