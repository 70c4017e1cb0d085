"""`timonel metabase`: the dashboards of a Metabase server, from the same files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import plain_errors
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.dashboards import speak_to_metabase
from orchestration.lib.reporting.login_passwords import reader_password
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="""Dashboards, roles and reports of a Metabase server, from metabase/.

    The server is METABASE_URL; who signs in is METABASE_ADMIN_EMAIL and
    METABASE_ADMIN_PASSWORD, or METABASE_API_KEY.""",
)

_Company = Annotated[str, typer.Option(help="Company id.")]
_Companies = Annotated[
    list[str] | None,
    typer.Option("--company", help="Repeat for several. Default: every company."),
]


@app.command()
def plan(
    company: _Companies = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also what is as it should be.")
    ] = False,
) -> None:
    """Say what apply would do, and write nothing.

    Exits 0 when there is nothing to do, 2 when there is, 1 when it cannot be told.
    `drift` is what people changed on the server since the last apply.
    """
    _run(["plan", *(["--all"] if all_ else [])], company)


@app.command()
def apply(
    company: _Companies = None,
    force: Annotated[
        bool, typer.Option(help="Overwrite what people changed on the server.")
    ] = False,
    renew_passwords: Annotated[
        bool, typer.Option(help="Send every reader's password to Metabase again.")
    ] = False,
) -> None:
    """Make the server hold what the files say, for every company.

    Stops, and writes nothing, where people changed managed things by hand. A second
    run writes nothing; a run that died is continued by the next.
    """
    flags = {"--force": force, "--renew-passwords": renew_passwords}
    _run(["apply", *(flag for flag, is_set in flags.items() if is_set)], company)


@app.command()
def describe(company: _Companies = None) -> None:
    """Write what dbt says of the reporting views and columns into Metabase.

    People who build their own questions read it beside each column. After apply; takes
    some seconds for each company, because the server reads its schema again.
    """
    from orchestration.lib.warehouse.dbt import (
        complete_manifest,
        dbt_project,
        prepare_manifest,
    )

    with plain_errors():
        prepare_manifest()
        complete_manifest(dbt_project.manifest_path)
    _run(["describe", "--manifest", str(dbt_project.manifest_path)], company)


@app.command("verify-live")
def verify_live(
    url: Annotated[
        str, typer.Argument(envvar="METABASE_URL", help="Where Metabase answers.")
    ],
) -> None:
    """Prove on a real server what tests only prove on a stand-in. Exits 1 if not.

    Applies twice, runs every card of every company, alone and where it stands, opens a
    signed link where there is a secret, and signs in as a person of each role to look
    what that person may see and to try SQL by hand.
    """
    _run(["verify-live", url])


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if need be.")],
    company: _Company,
) -> None:
    """Write what the server has of our cards and dashboards as files, for review."""
    _run(["export", str(folder)], [company])


@app.command()
def embed(
    company: _Company,
    dashboard: Annotated[
        str, typer.Option(help="Name of its file, without .yml: clientes.")
    ],
    minutes: Annotated[
        int, typer.Option(min=1, help="How long the link opens the page.")
    ] = 10,
) -> None:
    """Sign a link that shows one dashboard of one company inside a page of yours.

    Needs METABASE_EMBEDDING_SECRET_KEY, that of the server, METABASE_SITE_URL, and a
    dashboard listed as embeddable in metabase/delivery.yml.
    """
    arguments = ["--dashboard", dashboard, "--minutes", str(minutes)]
    _run(["embed", *arguments], [company])


@app.command()
def settings(
    company: _Company,
    language: Annotated[
        str | None, typer.Option(help="Of its dashboards: a file of metabase/labels.")
    ] = None,
    daily: Annotated[
        str | None, typer.Option(help="Addresses, separated by commas; or none.")
    ] = None,
    weekly: Annotated[
        str | None, typer.Option(help="The same, of the weekly report.")
    ] = None,
    monthly: Annotated[
        str | None, typer.Option(help="The same, of the monthly report.")
    ] = None,
) -> None:
    """Choose a company's language and who is mailed its reports; then apply.

    Daily at 08:00, on Monday at 09:00 and on the first at 10:00, in the company's
    time.
    """
    told = {
        "--language": language,
        "--daily": daily,
        "--weekly": weekly,
        "--monthly": monthly,
    }
    options = [part for key, text in told.items() if text for part in (key, text)]
    _run(["settings", *options], [company])


@app.command()
def password(company: _Company) -> None:
    """Print the password of a company's read role, for another tool than Metabase.

    It opens bi_<company> once `apply` ran. TIMONEL_BI_PASSWORD_<COMPANY> in the
    environment of every apply sets another.
    """
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        load_company(url, company)
        told = reader_password(url, settings, company, os.environ)
    # As it is: for a pipe, and never cut where the terminal is narrow.
    typer.echo(told)


def _run(arguments: list[str], companies: list[str] | None = None) -> None:
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        for company_id in companies or []:
            load_company(url, company_id)
            arguments += ["--company", company_id]
        code = speak_to_metabase(url, settings, arguments)
    if code:
        raise typer.Exit(code)
