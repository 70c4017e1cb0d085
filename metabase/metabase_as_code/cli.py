"""Command line: check, preview and publish the dashboards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from metabase.metabase_as_code.company import EXAMPLE
from metabase.metabase_as_code.errors import (
    ContentError,
    MetabaseError,
    WarehouseError,
)
from metabase.metabase_as_code.http_api import Admin
from metabase.metabase_as_code.load import CONTENT_ROOT, load_content
from metabase.metabase_as_code.preview import render_preview
from metabase.metabase_as_code.provision import Request
from metabase.metabase_as_code.provision import provision as apply_to_metabase
from metabase.metabase_as_code.validate import column_problems, file_problems
from metabase.metabase_as_code.warehouse import connect_as

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Check, preview and publish the dashboards kept in metabase/.",
)

_Database = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar="TIMONEL_DATABASE_URL",
        help="The platform's Postgres, as its administrator.",
        show_envvar=True,
        show_default=False,
    ),
]
_OptionalDatabase = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="TIMONEL_DATABASE_URL",
        help="Also run every card's SQL for its columns (no rows are read).",
    ),
]
_Companies = Annotated[
    list[str] | None,
    typer.Option(
        "--company",
        help="Company id; repeat it for several. Default: every company.",
        show_default=False,
    ),
]
_Root = Annotated[
    Path,
    typer.Option(
        "--content",
        help="Folder with collections/ and labels/.",
        exists=True,
        file_okay=False,
        show_default=False,
    ),
]
_Language = Annotated[
    str, typer.Option("--language", help="Which file of labels/ to use.")
]


@app.command()
def preview(
    database_url: _Database,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="HTML file to write.")
    ] = Path("dashboards.html"),
    company: _Companies = None,
    content: _Root = CONTENT_ROOT,
    language: _Language = "es",
) -> None:
    """Draw the dashboards with live data on one HTML page, no Metabase needed.

    Each company is read through its own role, so the page shows what that company
    may see. The page needs no network and can be sent as a file.
    """
    with _plain_errors():
        page = render_preview(
            database_url, company or (), root=content, language=language
        )
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(page, encoding="utf-8")
    _console().print(f"wrote {output.resolve()}", soft_wrap=True, highlight=False)


@app.command()
def validate(
    database_url: _OptionalDatabase = None,
    content: _Root = CONTENT_ROOT,
    language: _Language = "es",
) -> None:
    """Check labels, layout and SQL of every card; exits 1 when something is wrong.

    With a database it also checks that each column a card draws is one its SQL
    gives. `npm run validate` in metabase/ checks Metabase's own schema.
    """
    with _plain_errors():
        problems = file_problems(content, language)
        if database_url:
            with connect_as(database_url) as connection:
                cards = load_content(content, EXAMPLE, language)
                problems += column_problems(cards, connection)
    for problem in problems:
        _console().print(problem, markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    _console().print("every dashboard is well formed", highlight=False)


@app.command()
def provision(  # noqa: PLR0913, PLR0917 (each one is an option)
    database_url: _Database,
    metabase_url: Annotated[
        str,
        typer.Option(envvar="METABASE_URL", help="Where Metabase answers."),
    ],
    admin_email: Annotated[
        str,
        typer.Option(
            envvar="METABASE_ADMIN_EMAIL", help="Made at first boot if there is none."
        ),
    ],
    company: _Companies = None,
    content: _Root = CONTENT_ROOT,
    language: _Language = "es",
    wait_seconds: Annotated[
        float, typer.Option(help="How long to wait for the server to be healthy.")
    ] = 600,
    renew_passwords: Annotated[
        bool, typer.Option(help="Send every reader's password to Metabase again.")
    ] = False,
) -> None:
    """Make Metabase hold the dashboards of every company, and nothing open.

    Passwords come from the environment only: METABASE_ADMIN_PASSWORD for the
    administrator, TIMONEL_BI_PASSWORD (or TIMONEL_BI_PASSWORD_<COMPANY>) for the
    logins that Metabase reads with. Running it again writes nothing.
    """
    password = os.environ.get("METABASE_ADMIN_PASSWORD")
    if not password:
        raise typer.BadParameter("METABASE_ADMIN_PASSWORD is not set")
    request = Request(
        metabase_url=metabase_url,
        admin=Admin(admin_email, password),
        database_url=database_url,
        company_ids=tuple(company or ()),
        root=content,
        language=language,
        wait_seconds=wait_seconds,
        renew_passwords=renew_passwords,
    )
    with _plain_errors():
        changes = apply_to_metabase(request, os.environ)
    for change in changes or ["nothing to change"]:
        _console().print(change, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """End with the message of an expected error, without a traceback."""
    try:
        yield
    except (ContentError, WarehouseError, MetabaseError) as error:
        Console(stderr=True).print(
            f"error: {error}", markup=False, highlight=False, soft_wrap=True
        )
        raise typer.Exit(1) from error


def _console() -> Console:
    # Made when used, so that it writes to the output of this very call.
    return Console()
