"""Commands that speak to a Metabase server."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from metabase.cli.terminal import (
    plain_console,
    plain_errors,
    print_findings,
)
from metabase.content.errors import MetabaseError
from metabase.content.load import CONTENT_ROOT
from metabase.content.settings import load_settings, save_settings
from metabase.content.warehouse import connect_as_admin
from metabase.server.apply import apply as apply_to_server
from metabase.server.apply import has_pending
from metabase.server.apply import plan as plan_for_server
from metabase.server.client import Admin
from metabase.server.descriptions import describe as describe_views
from metabase.server.desired_state import EMBEDDING_VARIABLE, Request
from metabase.server.embedding import Link, signed_url
from metabase.server.export import export as export_live
from metabase.server.verify import verify

__all__ = ["app"]

_SOMETHING_TO_DO = 2

app = typer.Typer()

_Database = Annotated[
    str,
    typer.Option(
        envvar="TIMONEL_DATABASE_URL",
        help="The platform's Postgres, as its administrator.",
        show_default=False,
    ),
]
_Server = Annotated[
    str, typer.Option(envvar="METABASE_URL", help="Where Metabase answers.")
]
_Companies = Annotated[
    list[str] | None,
    typer.Option("--company", help="Repeat for several. Default: every company."),
]
_Company = Annotated[str, typer.Option(help="Company id.")]


@app.command()
def plan(
    database_url: _Database,
    metabase_url: _Server,
    company: _Companies = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also what is as it should be.")
    ] = False,
) -> None:
    """Say what apply would do. Writes nothing; exits 2 when there is something to do.

    `drift` is what people changed on the server since the last apply.
    """
    with plain_errors():
        request = _request(database_url, metabase_url, company)
        findings = plan_for_server(request, os.environ, tell=_tell)
    print_findings(findings, all_=all_)
    if has_pending(findings):
        raise typer.Exit(_SOMETHING_TO_DO)


@app.command()
def apply(
    database_url: _Database,
    metabase_url: _Server,
    company: _Companies = None,
    force: Annotated[
        bool, typer.Option(help="Overwrite what people changed on the server.")
    ] = False,
    renew_passwords: Annotated[
        bool, typer.Option(help="Send every reader's password to Metabase again.")
    ] = False,
) -> None:
    """Make Metabase hold the dashboards of every company, and nothing open.

    Stops, and writes nothing, where people changed managed things by hand. A second
    run writes nothing; a run that died is continued by the next.

    Passwords come from the environment only: METABASE_ADMIN_EMAIL and
    METABASE_ADMIN_PASSWORD (made at first boot) or METABASE_API_KEY, and
    TIMONEL_BI_PASSWORD_<COMPANY> for the login that Metabase reads with, which `timonel
    metabase` makes and gives. METABASE_EMBEDDING_SECRET_KEY opens the pages that may be
    embedded.
    """
    with plain_errors():
        request = _request(
            database_url,
            metabase_url,
            company,
            force=force,
            renew_passwords=renew_passwords,
        )
        findings = apply_to_server(request, os.environ, tell=_tell)
    print_findings(findings)


@app.command()
def describe(
    database_url: _Database,
    metabase_url: _Server,
    manifest: Annotated[Path, typer.Option(help="manifest.json of the dbt project.")],
    company: _Companies = None,
) -> None:
    """Write what dbt says of the reporting views and columns into Metabase.

    People who build their own questions read it beside each column.
    """
    with plain_errors():
        request = _request(database_url, metabase_url, company)
        describe_views(request, manifest, _tell)


@app.command("verify-live")
def verify_live(
    metabase_url: Annotated[
        str, typer.Argument(envvar="METABASE_URL", help="Where Metabase answers.")
    ],
    database_url: _Database,
) -> None:
    """Prove on a real server what tests only prove on a stand-in. Exits 1 if it fails.

    Applies twice, of which the second must write nothing; runs every card of every
    company, alone and where it stands; looks for actions and subscriptions; opens a
    signed link where there is a secret; signs in as a person of each role, looks what
    that person may see and tries SQL by hand. The account it makes for that is
    deactivated at the end.
    """
    with plain_errors():
        request = _request(database_url, metabase_url, None)
        problems = verify(request, os.environ, tell=_tell)
    for problem in problems:
        _tell(f"✗ {problem}")
    if problems:
        raise typer.Exit(1)
    _tell("everything holds on this server")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if need be.")],
    database_url: _Database,
    metabase_url: _Server,
    company: _Company,
) -> None:
    """Write what the server has of our cards and dashboards as files, for review.

    They look like those of `compile`, with words and names of the company in place of
    keys: compare, and bring what should stay into metabase/pages.
    """
    with plain_errors():
        request = _request(database_url, metabase_url, [company])
        written = export_live(request, folder)
    for path in written:
        _tell(f"wrote {path}")


@app.command()
def embed(
    database_url: _Database,
    company: _Company,
    dashboard: Annotated[
        str, typer.Option(help="Name of its file, without .yml: clientes.")
    ],
    minutes: Annotated[
        int, typer.Option(min=1, help="How long the link opens the page.")
    ] = 10,
    site_url: Annotated[
        str, typer.Option(envvar="METABASE_SITE_URL", help="Where people open it.")
    ] = "http://localhost:3001",
) -> None:
    """Sign a link that shows one dashboard of one company inside a page of yours.

    Needs METABASE_EMBEDDING_SECRET_KEY, that of the server, and a dashboard listed as
    embeddable in metabase/delivery.yml. Make one link per visit: who has it, sees it.
    """
    with plain_errors():
        secret = os.environ.get(EMBEDDING_VARIABLE)
        if not secret:
            raise MetabaseError(
                f"{EMBEDDING_VARIABLE} is not set: copy it from Metabase (Admin, "
                "Embedding) or give the server MB_EMBEDDING_SECRET_KEY"
            )
        link = Link(company, dashboard, minutes, site_url)
        url = signed_url(database_url, link, secret)
    # As it is, also where the terminal is narrow.
    typer.echo(url)


@app.command()
def settings(  # noqa: PLR0913, PLR0917 (each one is an option)
    database_url: _Database,
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
    time. Metabase writes to the recipients when a subscription changes.
    """
    recipients = {"daily": daily, "weekly": weekly, "monthly": monthly}
    with plain_errors(), closing(connect_as_admin(database_url)) as connection:
        connection.autocommit = True
        addresses = {key: _addresses(told) for key, told in recipients.items()}
        save_settings(connection, company, language, addresses)
        told = load_settings(connection)[company]
    _tell(f"language: {told.language or 'that of apply'}")
    for rhythm, named in told.recipients.items():
        _tell(f"{rhythm}: {', '.join(named) or 'nobody'}")


def _addresses(told: str | None) -> list[str] | None:
    if told is None:
        return None
    if told.strip() == "none":
        return []
    return [one.strip() for one in told.split(",") if one.strip()]


def _request(
    database_url: str,
    metabase_url: str,
    company: list[str] | None,
    *,
    force: bool = False,
    renew_passwords: bool = False,
) -> Request:
    return Request(
        metabase_url=metabase_url,
        admin=_admin(),
        database_url=database_url,
        company_ids=tuple(company or ()),
        root=CONTENT_ROOT,
        force=force,
        renew_passwords=renew_passwords,
    )


def _admin() -> Admin:
    api_key = os.environ.get("METABASE_API_KEY") or None
    email = os.environ.get("METABASE_ADMIN_EMAIL", "")
    password = os.environ.get("METABASE_ADMIN_PASSWORD", "")
    if not api_key and not (email and password):
        raise MetabaseError(
            "nobody to sign in as: set METABASE_ADMIN_EMAIL and "
            "METABASE_ADMIN_PASSWORD, or METABASE_API_KEY"
        )
    return Admin(email, password, api_key)


def _tell(text: str) -> None:
    plain_console().print(text, markup=False, highlight=False, soft_wrap=True)
