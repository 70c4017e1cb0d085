"""The command that answers one card as its company reads it, for whoever asks why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from metabase.cli.terminal import plain_errors
from metabase.content.errors import ContentError
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import connect_as, find_companies, run

__all__ = ["app"]

_MOST_ROWS = 10

app = typer.Typer()


@app.command()
def card(
    name: Annotated[str, typer.Argument(help="Its name, such as predicted_value.")],
    company: Annotated[str, typer.Option(help="Company id.")],
    database_url: Annotated[
        str,
        typer.Option(
            envvar="TIMONEL_DATABASE_URL",
            help="The platform's Postgres, as its administrator.",
            show_default=False,
        ),
    ],
    language: Annotated[str, typer.Option(help="A file of labels/.")] = "es",
    content: Annotated[
        Path, typer.Option(help="Folder with pages/ and labels/.")
    ] = CONTENT_ROOT,
) -> None:
    """Print a card's SQL and the rows it gives a company's reader, as JSON.

    It is answered as on its page while the reader has chosen nothing.
    """
    with plain_errors():
        (whose,) = find_companies(database_url, (company,))
        cards = load_content(content, whose, language).cards.values()
        found = next((one for one in cards if one.path.stem == name), None)
        if found is None:
            raise ContentError(f"no card is called {name!r} in pages/")
        with connect_as(database_url, whose.role) as connection:
            answer = run(connection, found.default_sql())
    told = {
        "title": found.name,
        "sql": found.default_sql(),
        "columns": answer.columns,
        "rows": answer.rows[:_MOST_ROWS],
        "row_count": len(answer.rows),
    }
    typer.echo(json.dumps(told, default=str, ensure_ascii=False))
