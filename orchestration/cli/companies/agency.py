"""`timonel agency`: who serves several companies, and how these are doing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.client_summaries import (
    load_summaries,
    summarise_clients,
)
from orchestration.lib.tenancy.agencies import (
    add_agency,
    add_clients,
    import_clients,
    list_agencies,
    remove_client,
)
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Agencies: a login that reads how the companies it serves are doing, and "
    "none of their rows.",
)
_Agency = Annotated[str, typer.Argument(help="Which agency.")]


@app.command()
def add(
    agency_id: Annotated[
        str, typer.Argument(help="Lower-case letters, digits and underscores.")
    ],
    name: Annotated[str | None, typer.Option(help="As people write it.")] = None,
    time_zone: Annotated[
        str, typer.Option(help="IANA time zone of its people.")
    ] = "Europe/Madrid",
) -> None:
    """Add an agency: a company without data of its own, with a read role."""
    with plain_errors():
        company = Company(agency_id, name or agency_id, "EUR", time_zone)
        added = add_agency(_url(), company)
    console.print(
        f"Added [bold]{agency_id}[/bold]. Next: timonel agency add-clients "
        f"{agency_id} COMPANY..."
        if added
        else f"[bold]{agency_id}[/bold] was there already."
    )


@app.command("add-clients")
def add_clients_(
    agency_id: _Agency,
    companies: Annotated[list[str], typer.Argument(help="The companies it serves.")],
) -> None:
    """Let an agency see how these companies are doing."""
    with plain_errors():
        added = add_clients(_url(), agency_id, companies)
    console.print(f"{added} of {len(companies)} are new to [bold]{agency_id}[/bold].")


@app.command("remove-client")
def remove_client_(
    agency_id: _Agency,
    company: Annotated[str, typer.Argument(help="Whom it serves no more.")],
) -> None:
    """Take a company from an agency, with what the agency saw of it, at once."""
    with plain_errors():
        removed = remove_client(_url(), agency_id, company)
    console.print(
        f"{agency_id} sees nothing of [bold]{company}[/bold] any more."
        if removed
        else f"{company} was no client of {agency_id}."
    )


@app.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns agency,company,name,currency,time_zone.",
            metavar="FILE",
        ),
    ],
) -> None:
    """Add the companies of a file to their agencies; if a line is wrong, none."""
    with plain_errors():
        added = import_clients(_url(), path)
    console.print(f"{added} clients are new to their agencies.")


@app.command("list")
def list_(form: FormatOption = Format.table) -> None:
    """List the agencies and whom they serve."""
    with plain_errors():
        agencies = list_agencies(_url())
    rows = [
        {"agency": agency_id, "clients": ", ".join(clients)}
        for agency_id, clients in agencies.items()
    ]
    print_table(rows, form, "No agency yet. Add one: timonel agency add my_agency")


@app.command()
def show(agency_id: _Agency, form: FormatOption = Format.table) -> None:
    """Show how the clients of an agency are doing, who needs a person first."""
    with plain_errors():
        url = _url()
        summarise_clients(url)
        rows = load_summaries(url, agency_id)
    print_table(
        rows,
        form,
        f"{agency_id} serves nobody yet. Add whom it does: timonel agency "
        f"add-clients {agency_id} COMPANY",
    )


def _url() -> str:
    return open_database(Settings.from_environment())
