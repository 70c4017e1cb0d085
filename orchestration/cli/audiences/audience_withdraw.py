"""`timonel audience withdraw`: off the lists again, who took consent back."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import console, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["SOME_STAYED", "withdraw"]

#: Exit code when somebody who withdrew is still on a list.
SOME_STAYED = 3


def withdraw(
    company: Annotated[str, typer.Option(help="Whose customers.")],
    name: Annotated[
        str | None, typer.Option(help="Which audience. Default: all that were pushed.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Which place. Default: wherever it was pushed.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who asks. Default: the user.")] = None,
) -> None:
    """Take who withdrew consent since off the lists they were pushed to.

    Ends with code 3 when somebody stays on a list: the place refused, or no source
    tells their address any more.
    """
    from orchestration.lib.activation.audiences.withdrawals import (
        WithdrawRequest,
        withdraw_members,
    )

    with plain_errors():
        settings = Settings.from_environment()
        url = open_database(settings)
        load_company(url, company)
        request = WithdrawRequest(company, by or getpass.getuser(), name, to)
        with step("Asking who withdrew consent") as progress:
            found = withdraw_members(url, settings, request, progress)
    for each in found:
        console.print(
            f"{escape(each.push.audience_name)}, {each.push.destination}: "
            f"{each.taken_back_count} taken off the list.",
            soft_wrap=True,
        )
        if each.unknown_count:
            console.print(
                f"{each.unknown_count} more withdrew, and no source tells their "
                f"address any more: take them off {escape(each.push.list_name)} there.",
                soft_wrap=True,
            )
        for reason, count in each.refused.items():
            console.print(
                f"{each.push.destination} kept {count}: {reason}",
                markup=False,
                soft_wrap=True,
            )
    if any(each.unknown_count or each.refused for each in found):
        raise typer.Exit(SOME_STAYED)
