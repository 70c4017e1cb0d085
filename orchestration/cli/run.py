"""`timonel run`: materialise everything that is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.console import fail, plain_errors, step
from orchestration.cli.stopping import stoppable
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import (
    Company,
    load_company,
    with_data,
)
from orchestration.lib.warehouse.database import open_database

if TYPE_CHECKING:
    from orchestration.cli.refresh import Refresher
    from orchestration.lib.ingestion.ingestion import DateRange

__all__ = ["run"]


# The sources, as the command line spells them; the registry names the members.
SourceName = StrEnum(  # type: ignore[misc]
    "SourceName", {slug: source.command for slug, source in SOURCES.items()}
)


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
        bool,
        typer.Option(
            "--force",
            help="Compute again even if nothing changed, with every test of the data.",
        ),
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
    first_day: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            help="First day to read again, whatever was read before.",
        ),
    ] = None,
    last_day: Annotated[
        datetime | None,
        typer.Option(
            "--to",
            formats=["%Y-%m-%d"],
            help="Last day to read again. Default: each company's last complete day.",
        ),
    ] = None,
    select: Annotated[
        str | None,
        typer.Option(
            help="Run only these assets, in Dagster's words: group:ml_clv, "
            "marts/orders+. Default: what changed, from sources to reporting."
        ),
    ] = None,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit", help="Publish predictions even if they are told weekly."
        ),
    ] = False,
    history: Annotated[
        int,
        typer.Option(
            min=0,
            max=24,
            help="Also predict customers as of so many month ends before, and the mix "
            "the 13 weeks up to them, where nobody did, from what was known then, so "
            "that forecasts can be graded today.",
        ),
    ] = 0,
) -> None:
    """Load what is new, rebuild the marts, predict, and publish, company by company.

    One company that fails does not stop the others, and one source of a company not
    its other sources; the exit code is 1 if any did. Ctrl-C or SIGTERM stops all of it
    at once, with exit code 130; what is run next goes on there. With --from and --to
    the days are read again and everything that follows from them is rebuilt, in one
    run.
    """
    from orchestration.cli.asset_runs import EmptySelection, selected_keys
    from orchestration.cli.companies.company_turns import in_turn
    from orchestration.cli.refresh import Refresher

    if accept_changes and not company:
        raise fail(
            "--accept-changes needs --company: whose changes did you look at? It would "
            "publish those of every company."
        )
    if select and source:
        raise fail(
            "--select and --source exclude each other: name the source's assets."
        )
    _check_days(first_day, last_day)
    if select:
        try:
            selected_keys(select)
        except EmptySelection as failure:
            raise fail(str(failure)) from None
    with plain_errors():
        settings = Settings.from_environment()
        with step("Opening the database"):
            url = open_database(settings)
        companies = with_data(url)
        if company:
            chosen = [load_company(url, company_id) for company_id in company]
            _check_data(chosen, companies)
            companies = chosen
    if not companies:
        raise fail("There is no company yet. Add one: timonel company add my_shop")
    refresher = Refresher(
        settings,
        url,
        force=force,
        accept_changes=accept_changes,
        # Who names a date wants to see its predictions.
        refit=refit or as_of is not None,
        history=history,
    )

    def work(refresher: Refresher, each: Company) -> None:
        yesterday = each.last_complete_day(datetime.now(UTC))
        as_of_date = as_of.date() if as_of else yesterday
        days = _days(first_day, last_day, yesterday)
        if select:
            refresher.materialise_selection(each, as_of_date, select, days)
            return
        only = [each.name for each in source or []]
        refresher.refresh(each, as_of_date, only=only, days=days)

    with stoppable("timonel run"):
        failures = in_turn(refresher, companies, work, alerts=not select)
    if failures:
        raise fail("\n".join(failures))


def _check_data(chosen: list[Company], companies: list[Company]) -> None:
    """Refuse an agency, which has nothing to read."""
    for each in chosen:
        if each not in companies:
            raise fail(
                f"{each.company_id} is an agency, without data of its own. How its "
                f"clients are doing: timonel agency show {each.company_id}"
            )


def _check_days(first: datetime | None, last: datetime | None) -> None:
    """Refuse a range that no source can have."""
    # Somewhere it is tomorrow already.
    newest = datetime.now(UTC).date() + timedelta(days=1)
    if last and not first:
        raise fail("--to needs --from: which day is the first?")
    if first and last and first > last:
        raise fail(f"--from {first.date()} is after --to {last.date()}: exchange them.")
    for name, day in (("--from", first), ("--to", last)):
        if day and day.date() > newest:
            raise fail(f"{name} {day.date()} has not come yet.")


def _days(
    first: datetime | None, last: datetime | None, yesterday: date
) -> DateRange | None:
    from orchestration.lib.ingestion.ingestion import DateRange

    if first is None:
        return None
    end = last.date() if last else max(yesterday, first.date())
    return DateRange(first.date(), end)
