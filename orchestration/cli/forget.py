"""`timonel forget`: a person asks to be forgotten."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.privacy.erasure import StillKnown
from orchestration.lib.tenancy.privacy.erasure import forget as forget_person
from orchestration.lib.tenancy.privacy.erasure_log import keep_erasures
from orchestration.lib.tenancy.privacy.person import PersonUnknown
from orchestration.lib.warehouse.database import open_database

__all__ = ["forget"]


def forget(
    identifier: Annotated[
        str,
        typer.Argument(help="E-mail address, tax id, telephone number or customer_id."),
    ],
    company: Annotated[str, typer.Option(help="The company whose customer it is.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")
    ] = False,
) -> None:
    """Forget a customer: every row that names them, in every table, and prove it.

    Orders stay, as orders of nobody. Sources that still have the person must forget
    them too; what they send again is refused at every read.
    """
    with plain_errors():
        settings = Settings.from_environment()
        url = open_database(settings)
        load_company(url, company)
        if not yes:
            typer.confirm(f"Forget this customer of {company} for good?", abort=True)
        try:
            with company_held(url, company):
                done = forget_person(url, settings, company, identifier)
            keep_erasures(url, settings)
        except (PersonUnknown, StillKnown) as problem:
            raise fail(str(problem)) from None
    for table, count in done.rows.items():
        console.print(f"  {table}: {count} rows")
    console.print(
        f"Forgotten. {done.searched_table_count} tables searched, nothing found. "
        f"Next: timonel run --company {company}, to count without them."
    )
