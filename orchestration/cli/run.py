"""`timonel run`: materialise everything that is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import psycopg
import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.companies import list_companies, load_company
from orchestration.lib.database import open_database
from orchestration.lib.settings import Settings

__all__ = ["run"]


def run(
    company: Annotated[
        list[str] | None,
        typer.Option(help="Only this company; repeat for more. Default: all."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Predict as of this date. Default: each company's last complete day.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Compute again even if nothing changed.")
    ] = False,
) -> None:
    """Load what is new, rebuild the marts, predict, and publish, company by company.

    One company that fails does not stop the others; the exit code is 1 if any did.
    """
    import dagster as dg

    from orchestration.cli.refresh import PhaseFailed, Refresher

    settings = Settings.from_environment()
    with plain_errors():
        with step("Opening the database"):
            url = open_database(settings)
        companies = (
            [load_company(url, company_id) for company_id in company]
            if company
            else list_companies(url)
        )
    if not companies:
        raise fail("There is no company yet. Add one: timonel company add my_shop")
    refresher = Refresher(settings, url, force=force)
    failures = []
    for each in companies:
        console.print(f"[bold]{each.name}[/bold]")
        as_of_date = (
            as_of.date() if as_of else each.last_complete_day(datetime.now(UTC))
        )
        try:
            refresher.load(each)
            refresher.compute(each, as_of_date)
        except (PhaseFailed, psycopg.Error, dg.DagsterError) as failure:
            failures.append(f"{each.name}: {failure}")
    if failures:
        raise fail("\n".join(failures))
