"""`timonel report`: the numbers of a company as a page, a paper or pictures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.companies import list_companies, load_company
from orchestration.lib.database import has_reporting, open_database
from orchestration.lib.reports import ReportRequest, write_report
from orchestration.lib.settings import Settings

__all__ = ["app"]


class _Template(StrEnum):
    executive = "executive"
    operational = "operational"


class _Language(StrEnum):
    es = "es"
    en = "en"


class _Format(StrEnum):
    html = "html"
    pdf = "pdf"
    png = "png"


app = typer.Typer(invoke_without_command=True)

_Company = Annotated[str | None, typer.Option(help="Whose report.")]
_Which = Annotated[
    _Template,
    typer.Option(help="For a board, or for the people who do the work."),
]
_InLanguage = Annotated[
    _Language | None,
    typer.Option(help="Default: the one of the company's dashboards, else es."),
]
_AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Refuse numbers that were computed for another day.",
    ),
]


@app.callback()
def report(
    context: typer.Context,
    company: _Company = None,
    template: _Which = _Template.executive,
    language: _InLanguage = None,
    formats: Annotated[
        list[_Format] | None,
        typer.Option("--format", help="Repeat for several. Default: pdf."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write to; made if need be.")
    ] = None,
    as_of: _AsOf = None,
) -> None:
    """Write a report as self-contained HTML, as PDF, or as a picture of each page.

    It shows what was computed last, with the cards of the dashboards; where there is
    nothing to show it says what is missing.
    """
    if context.invoked_subcommand:
        return
    settings = Settings.from_environment()
    day = as_of.date() if as_of else None
    with plain_errors():
        url = open_database(settings)
        whose = reportable(url, company)
        request = ReportRequest(whose, template.value, language, day)
        with step(f"Writing the {template.value} report of {whose}"):
            folder = output or settings.home / "reports"
            paths = write_report(url, request, list(formats or [_Format.pdf]), folder)
    for path in paths:
        console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)


def reportable(url: str, company: str | None) -> str:
    """The company of a report; ends the command when there can be none."""
    known = ", ".join(each.company_id for each in list_companies(url))
    if not known:
        raise fail("There is no company yet. Add one: timonel company add my_shop")
    if company is None:
        raise fail(f"Say whose report: --company, one of {known}.")
    load_company(url, company)
    if not has_reporting(url):
        raise fail(
            "There is nothing to report yet. Load and predict: timonel run --company "
            f"{company}"
        )
    return company
