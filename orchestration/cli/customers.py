"""`timonel customers`: ids of a shop that are one person, seen and undone."""

from __future__ import annotations

import getpass
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
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.tenancy.customer_identities import (
    keep_apart,
    list_identities,
    undo_split,
)
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Customer ids of a shop that are one person: who is, and keep them apart.",
)

_Company = Annotated[str, typer.Option(help="Whose customers.")]


@app.command("list")
def list_(company: _Company, form: FormatOption = Format.table) -> None:
    """List the ids that count as another customer, and those kept apart."""
    with plain_errors():
        found = list_identities(_url(company), company)
    rows = [
        {
            "customer": each.customer_id,
            "counts_as": each.person_customer_id or each.customer_id,
            "since": f"{each.since:%Y-%m-%d}" if each.since else None,
            "why": (
                "the same confirmed e-mail address"
                if each.state == "merged"
                else f"kept apart by {each.told_by}"
                + (f": {each.note}" if each.note else "")
            ),
        }
        for each in found
    ]
    print_table(rows, form, f"No customer of {company} has two ids.")


@app.command()
def split(
    customer: Annotated[
        str, typer.Argument(help="The id to keep apart, such as shopify/8.")
    ],
    company: _Company,
    undo: Annotated[
        bool, typer.Option("--undo", help="Let it be merged again.")
    ] = False,
    why: Annotated[
        str | None, typer.Option(help="Why, for whoever asks later.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who decides. Default: the user.")
    ] = None,
) -> None:
    """Keep an id apart from whoever shares its confirmed address, or undo that."""
    told_by = by or getpass.getuser()
    with plain_errors():
        url = _url(company)
        if undo:
            customer_id = undo_split(url, company, customer, told_by)
        else:
            customer_id = keep_apart(url, company, customer, told_by, why)
    done = "is merged again" if undo else "is kept apart"
    console.print(
        f"{customer_id} {done} from the next run on: timonel run --company {company}"
    )


def _url(company: str) -> str:
    url = open_database(Settings.from_environment())
    load_company(url, company)
    return url
