"""`timonel dashboard`: the dashboards as a page or pictures, from the live database."""

from __future__ import annotations

import os
import sys
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.client_summaries import summarise_clients
from orchestration.lib.reporting.dashboards import render, render_pictures
from orchestration.lib.tenancy.companies import list_companies, load_company
from orchestration.lib.warehouse.database import has_reporting, open_database

__all__ = ["dashboard", "show"]


class DashboardFormat(StrEnum):
    """What the dashboards are drawn as."""

    HTML = "html"
    PNG = "png"


def dashboard(
    company: Annotated[
        list[str] | None,
        typer.Option(help="Whose dashboard; repeat for more. Default: every company."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write the page; of pictures, the folder."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            help="Of the page: es or en. Default: what its companies chose (timonel "
            "metabase settings), else Spanish.",
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Show it in the browser.")
    ] = True,
    kind: Annotated[
        DashboardFormat,
        typer.Option("--format", help="One page, or a picture of each dashboard."),
    ] = DashboardFormat.HTML,
) -> None:
    """Render the dashboards to one self-contained HTML page, or to pictures.

    Pictures are wide and as on a phone, in Spanish and English; no browser is needed.
    """
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        for company_id in company or []:
            load_company(url, company_id)
        companies = company or [known.company_id for known in list_companies(url)]
    if not companies:
        raise fail("There is no company yet. Add one: timonel company add my_shop")
    if not has_reporting(url):
        raise fail("There is nothing to show yet. Load and predict: timonel run")
    summarise_clients(url)
    if kind is DashboardFormat.PNG:
        folder = output or settings.home / "dashboards" / "pictures"
        with plain_errors(), step("Drawing the dashboards"):
            render_pictures(url, companies, folder)
        console.print(f"  {folder}")
        return
    page = output or settings.home / "dashboards" / "clientes.html"
    with plain_errors(), step("Rendering the dashboard"):
        render(url, companies, page, language)
    console.print(f"  {page}")
    if open_page:
        show(page)


def show(page: Path) -> None:
    """Open a page where there is somebody to see it."""
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY")
    if sys.stdout.isatty() and has_screen:
        webbrowser.open(page.as_uri())
