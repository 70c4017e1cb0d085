"""`timonel report`: the numbers of a company as a page, a paper or pictures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.cli.report_minutes import minutes
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.reports import ReportRequest, write_report
from orchestration.lib.tenancy.companies import list_companies, load_company
from orchestration.lib.warehouse.database import has_reporting, open_database

if TYPE_CHECKING:
    from orchestration.lib.reporting.report_delivery import Outcome

__all__ = ["app"]


class _Template(StrEnum):
    executive = "executive"
    operational = "operational"
    monthly = "monthly"
    webinar_daily = "webinar_daily"
    webinar_weekly = "webinar_weekly"
    webinar_monthly = "webinar_monthly"
    community_weekly = "community_weekly"
    community_monthly = "community_monthly"
    community_quarterly = "community_quarterly"


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
    typer.Option(
        help="For a board, for who does the work, the month reviewed; or of webinars, "
        "or the week, month and quarter of a community (WBR, MBR, QBR)."
    ),
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


@app.command()
def send(
    company: _Company = None,
    template: _Which = _Template.executive,
    language: _InLanguage = None,
    as_of: _AsOf = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="Addresses, separated by commas. Default: those of timonel metabase "
            "settings for the rhythm of the report: daily, weekly or monthly."
        ),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(help="Mail channel to send from. Default: the first by name."),
    ] = None,
    again: Annotated[
        bool, typer.Option(help="Also to who already has the report of this day.")
    ] = False,
) -> None:
    """Mail a report: its numbers in the mail, and the PDF attached.

    It goes through a mail channel of the company's alerts (timonel alerts channel add),
    a mail per recipient. Who has the report of a day is not sent it again unless
    --again is given; where a mail was refused, running this again tries again.
    """
    from orchestration.lib.reporting.report_delivery import (
        ReportMail,
        Sender,
        read_recipients,
    )

    settings = Settings.from_environment()
    day = as_of.date() if as_of else None
    with plain_errors(), TemporaryDirectory() as written:
        url = open_database(settings)
        whose = reportable(url, company)
        named = read_recipients(to) if to else ()
        sender = Sender(url, settings, whose)
        address = sender.address(channel)
        request = ReportRequest(whose, template.value, language, day)
        folder = Path(written)
        with step(f"Writing the {template.value} report of {whose}"):
            draft = folder / "mail.json"
            (paper,) = write_report(url, request, [_Format.pdf], folder, draft)
        mail = ReportMail.read(draft, paper, whose)
        recipients = named or mail.recipients
        if not recipients:
            raise fail(
                "Nobody is named, so nothing was sent. Say whom: --to a@b.com, or "
                f"timonel metabase settings --company {whose} --weekly a@b.com"
            )
        outcomes = sender.send(mail, recipients, address, again)
    _tell(outcomes)


app.command()(minutes)


def _tell(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        words = {
            "sent": "sent",
            "kept": "not sent again: it was, or is being, sent; --again repeats it",
            "failed": f"not sent: {one.reason}",
        }
        line = f"  {one.recipient}  {words[one.state]}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    failed = [one.recipient for one in outcomes if one.state == "failed"]
    if failed:
        raise fail(
            f"{len(failed)} of {len(outcomes)} mails were refused. Correct the address "
            "or the channel, then run this again: only they are tried."
        )
