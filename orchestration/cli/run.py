"""`timonel run`: materialise everything that is due."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import psycopg
import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.companies import list_companies, load_company
from orchestration.lib.database import open_database
from orchestration.lib.settings import Settings

__all__ = ["run"]


class SourceName(StrEnum):
    """The sources, as the command line spells them."""

    FILES = "files"
    SHOPIFY = "shopify"
    META_ADS = "meta-ads"
    GOOGLE_ADS = "google-ads"
    SEARCH_CONSOLE = "search-console"
    CALENDAR = "calendar"
    WEATHER = "weather"

    @property
    def slug(self) -> str:
        """As schemas and keys spell it."""
        return self.value.replace("-", "_")


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
    accept_changes: Annotated[
        bool,
        typer.Option(
            "--accept-changes",
            help="Publish although orders of the past changed: after looking, once.",
        ),
    ] = False,
    source: Annotated[
        list[SourceName] | None,
        typer.Option(help="Read only this source; repeat for more. Default: all."),
    ] = None,
    read_from: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="First day to read again, whatever was read before.",
        ),
    ] = None,
    read_to: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Last day to read again. Default: each company's last complete day.",
        ),
    ] = None,
) -> None:
    """Load what is new, rebuild the marts, predict, and publish, company by company.

    One company that fails does not stop the others; the exit code is 1 if any did.
    """
    import dagster as dg

    from orchestration.cli.refresh import PhaseFailed, Refresher
    from orchestration.lib.ingestion import DateRange

    if accept_changes and not company:
        raise fail(
            "--accept-changes needs --company: whose changes did you look at? It would "
            "publish those of every company."
        )
    if read_to and not read_from:
        raise fail("--read-to needs --read-from: which day is the first?")
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
    refresher = Refresher(settings, url, force=force, accept_changes=accept_changes)
    failures = []
    for each in companies:
        console.print(f"[bold]{each.name}[/bold]")
        yesterday = each.last_complete_day(datetime.now(UTC))
        as_of_date = as_of.date() if as_of else yesterday
        days = None
        if read_from:
            last = read_to.date() if read_to else yesterday
            days = DateRange(read_from.date(), last)
        try:
            refresher.load(each, only=[name.slug for name in source or []], days=days)
            refresher.compute(each, as_of_date)
        except (PhaseFailed, psycopg.Error, dg.DagsterError) as failure:
            failures.append(f"{each.name}: {failure}")
        refresher.tell(each)
    if failures:
        raise fail("\n".join(failures))
