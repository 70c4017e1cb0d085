"""`timonel probe`: whether the websites of companies answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

if TYPE_CHECKING:
    from orchestration.lib.ingestion.probe.rounds import Check

__all__ = ["app"]

_INTERVAL_SECONDS = 300
_NONE = "No website is watched. Add one: timonel probe add ADDRESS --company COMPANY"
_Company = Annotated[str, typer.Option(help="Whose website.")]

app = typer.Typer(
    invoke_without_command=True,
    help="Ask watched websites whether they answer: every five minutes, or once.",
)


@app.callback()
def probe(
    context: typer.Context,
    company: Annotated[
        str | None, typer.Option(help="Only this company's. Default: all.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="One round, as for cron.")
    ] = False,
    form: FormatOption = Format.table,
) -> None:
    """Ask every watched website, and keep what it said. One that is down is a row.

    The scheduler of `timonel dev --schedules` and of compose does it by itself, every
    five minutes.
    """
    if context.invoked_subcommand is not None:
        return
    from orchestration.lib.ingestion.probe.rounds import probe_once

    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        ids = [load_company(url, company).company_id] if company else None
        while True:
            found = probe_once(url, settings, company_ids=ids)
            _print(found, form)
            if once:
                return
            time.sleep(_INTERVAL_SECONDS)


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="Such as https://my-shop.example/.")],
    company: _Company,
) -> None:
    """Watch a website. Told of it is host and path: no token after a question mark."""
    from orchestration.lib.ingestion.probe.sites import site_of, watch

    with plain_errors():
        site = site_of(company, address)
        settings = Settings.from_environment()
        watch(open_database(settings), settings, site)
    console.print(f"{site.site_id} is asked from the next round on.", markup=False)


@app.command("list")
def list_watched(
    company: Annotated[
        str | None, typer.Option(help="Only this company's. Default: all.")
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """List the websites that are watched, and ask none."""
    from orchestration.lib.ingestion.probe.sites import list_names

    with plain_errors():
        url = open_database(Settings.from_environment())
        ids = [load_company(url, company).company_id] if company else None
        found = list_names(url, ids)
    rows = [{"company": company_id, "site": name} for company_id, name in found]
    print_table(rows, form, _NONE)


@app.command()
def remove(
    site: Annotated[str, typer.Argument(help="Its name, as probe list has it.")],
    company: _Company,
) -> None:
    """Ask a website no more. What was seen of it stays."""
    from orchestration.lib.ingestion.probe.sites import unwatch

    with plain_errors():
        was_there = unwatch(open_database(Settings.from_environment()), company, site)
    if not was_there:
        raise fail(f"{company} watches no '{site}'. See: timonel probe list")
    console.print(f"{site} is asked no more.", markup=False)


def _print(found: list[Check], form: Format) -> None:
    rows = [
        {
            "company": each.company_id,
            "site": each.site_id,
            "answered": "yes" if each.answer.has_answered else "no",
            "status": _text(each.answer.status_code),
            "ms": _text(each.answer.response_ms),
            "why not": each.answer.reason or "",
        }
        for each in found
    ]
    print_table(rows, form, _NONE)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
