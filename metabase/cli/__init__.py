"""Command line: check, preview and publish the dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from metabase.cli.card import app as card_app
from metabase.cli.report import app as report_app
from metabase.cli.server import app as server_app
from metabase.cli.terminal import plain_console, plain_errors
from metabase.content.company import EXAMPLE
from metabase.content.compile import compile_pages, write_documents
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.preflight import rule_problems
from metabase.content.report_templates import report_problems
from metabase.content.settings import chosen_language
from metabase.content.validate import column_problems, file_problems
from metabase.content.warehouse import connect_as, connect_as_admin

__all__ = ["app"]

_LANGUAGES = ("es", "en")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Check, preview and publish the dashboards kept in metabase/.",
)

app.registered_commands += card_app.registered_commands
app.registered_commands += report_app.registered_commands
app.registered_commands += server_app.registered_commands

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
        help="Folder with pages/ and labels/.",
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
    language: Annotated[
        str | None,
        typer.Option(
            "--language", help="A file of labels/. Default: what its companies chose."
        ),
    ] = None,
) -> None:
    """Draw the dashboards with live data on one HTML page, no Metabase needed.

    Each company is read through its own role, so the page shows what that company
    may see. The page needs no network and can be sent as a file.
    """
    from metabase.rendering.preview import render_preview

    with plain_errors():
        with connect_as_admin(database_url) as connection:
            language = language or chosen_language(connection, company or ())
        page = render_preview(
            database_url, company or (), root=content, language=language
        )
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(page, encoding="utf-8")
    plain_console().print(f"wrote {output.resolve()}", soft_wrap=True, highlight=False)


@app.command()
def pictures(
    database_url: _Database,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder to write to.")
    ] = Path("pictures"),
    company: _Companies = None,
    content: _Root = CONTENT_ROOT,
    language: Annotated[
        list[str] | None,
        typer.Option(help="A file of labels/; repeat it. Default: es and en."),
    ] = None,
) -> None:
    """Draw each dashboard as a PNG, wide and as on a phone, without a browser.

    Each company is read through its own role, as for the preview.
    """
    from metabase.rendering.pictures import write_pictures

    with plain_errors():
        written = write_pictures(
            database_url,
            company or (),
            tuple(language or _LANGUAGES),
            root=content,
            folder=output,
        )
    plain_console().print(
        f"wrote {len(written)} pictures to {output.resolve()}",
        soft_wrap=True,
        highlight=False,
    )


@app.command("compile")
def compile_(
    out: Annotated[Path, typer.Option(help="Folder to write to; made if need be.")],
    content: _Root = CONTENT_ROOT,
) -> None:
    """Write the pages in Metabase's own serialization, for whoever wants that.

    Words stand in them as keys, `${cards.top_customers.title}`; `npm run validate` in
    metabase/ holds such a folder against Metabase's schema.
    """
    with plain_errors():
        written = write_documents(compile_pages(content), out)
    plain_console().print(
        f"wrote {len(written)} files to {out.resolve()}",
        soft_wrap=True,
        highlight=False,
    )


@app.command()
def validate(
    database_url: _OptionalDatabase = None,
    content: _Root = CONTENT_ROOT,
    language: _Language = "es",
) -> None:
    """Check labels, layout, SQL and reports; exits 1 when something is wrong.

    With a database it also checks that each column a card draws is one its SQL
    gives. `compile` and `npm run validate` check Metabase's own schema.
    """
    with plain_errors():
        problems = file_problems(content, language)
        problems += rule_problems(content)
        problems += report_problems(content, language)
        if database_url:
            with connect_as(database_url) as connection:
                cards = load_content(content, EXAMPLE, language)
                problems += column_problems(cards, connection)
    for problem in problems:
        plain_console().print(problem, markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    plain_console().print("every dashboard is well formed", highlight=False)
