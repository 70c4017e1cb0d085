"""The command that writes reports."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metabase.cli.terminal import plain_console, plain_errors
from metabase.content.compile import compile_pages
from metabase.content.delivery import read_delivery
from metabase.content.errors import ContentError
from metabase.content.load import CONTENT_ROOT
from metabase.content.settings import chosen_language, load_settings
from metabase.content.warehouse import connect_as_admin
from metabase.rendering.report_formats import ReportFormat

if TYPE_CHECKING:
    from metabase.rendering.report import Report

__all__ = ["app"]


app = typer.Typer()


@app.command()
def report(
    database_url: Annotated[
        str,
        typer.Option(
            envvar="TIMONEL_DATABASE_URL",
            help="The platform's Postgres, as its administrator.",
            show_default=False,
        ),
    ],
    company: Annotated[str, typer.Option(help="Company id.")],
    template: Annotated[
        str, typer.Option(help="A file of reports/, or the beginning of its name.")
    ] = "executive",
    language: Annotated[
        str | None, typer.Option(help="A file of labels/. Default: the company's own.")
    ] = None,
    formats: Annotated[
        list[ReportFormat] | None,
        typer.Option("--format", help="Repeat for several. Default: pdf."),
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder to write to.")] = Path(),
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Refuse numbers computed for another day."
        ),
    ] = None,
    mail: Annotated[
        Path | None,
        typer.Option(
            help="Also write the mail it is sent with, as JSON, to this file."
        ),
    ] = None,
    content: Annotated[
        Path, typer.Option(help="Folder with reports/, pages/ and labels/.")
    ] = CONTENT_ROOT,
) -> None:
    """Write a report of one company as HTML, PDF or pictures; prints the files."""
    from metabase.rendering.report import ReportRequest, draw_report
    from metabase.rendering.report_mail import write_mail

    with plain_errors():
        with connect_as_admin(database_url) as connection:
            chosen = chosen_language(connection, [company])
        request = ReportRequest(
            company,
            template,
            language or chosen,
            as_of.date() if as_of else None,
        )
        drawn = draw_report(database_url, request, content)
        for kind in dict.fromkeys(formats or [ReportFormat.pdf]):
            for path in _write(drawn, kind, output):
                plain_console().print(
                    str(path), soft_wrap=True, highlight=False, markup=False
                )
        if mail:
            write_mail(drawn, _recipients(database_url, drawn, content), mail)


def _write(drawn: Report, kind: ReportFormat, folder: Path) -> list[Path]:
    from metabase.rendering.report_files import write_report

    try:
        return write_report(drawn, kind, folder)
    except OSError as error:
        raise ContentError(f"{folder} cannot be written to: {error}") from error


def _recipients(url: str, drawn: Report, root: Path) -> tuple[str, ...]:
    """Whom the company named for the rhythm of this report."""
    pages = [path.stem for path in compile_pages(root)]
    rhythm = read_delivery(root / "delivery.yml", pages, "").reports.get(drawn.template)
    with connect_as_admin(url) as connection:
        told = load_settings(connection)[drawn.company.company_id]
    return told.recipients.get(rhythm, ()) if rhythm else ()
