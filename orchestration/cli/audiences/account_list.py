"""`timonel audience accounts`: accounts by how they behave, as a file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import console, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("accounts")(_accounts)


def _accounts(
    company: Annotated[str, typer.Option(help="Whose accounts.")],
    segment: Annotated[str, typer.Option(help="new, at_risk, power or casual.")],
    output: Annotated[Path, typer.Option(help="The file to write.")],
    share: Annotated[
        float, typer.Option(help="Share to keep back by lot, 0 to 0.5.")
    ] = 0.1,
    holdout: Annotated[
        bool, typer.Option("--holdout", help="Those kept back instead, to exclude.")
    ] = False,
) -> None:
    """Write the accounts of a segment of behaviour, for the tool that writes to them.

    Some are kept back, always the same, and whom the queue only watches. In it are a
    company's name and own domain, and no address: who of an account agreed is known to
    the tool that has its people.
    """
    from orchestration.lib.activation.audiences.account_lists import (
        AccountsRequest,
        export_accounts,
    )

    with plain_errors():
        url = open_database(Settings.from_environment())
        load_company(url, company)
        with step(f"Writing {output}"):
            request = AccountsRequest(company, segment, Decimal(str(share)), holdout)
            told = export_accounts(url, request, output)
    console.print(f"{told.row_count} accounts; {told.kept_back_count} are kept back.")
