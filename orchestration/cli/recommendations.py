"""`timonel recommendations`: what was advised, and what became of it."""

from __future__ import annotations

import getpass
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting import insight_answers
from orchestration.lib.reporting.insight_answers import list_recommendations
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="What was advised, and whether it was followed.",
)

_Company = Annotated[str, typer.Option(help="Whose.")]


class Given(StrEnum):
    """What became of a recommendation."""

    FOLLOWED = "followed"
    DISMISSED = "dismissed"
    OPEN = "open"


@app.command("list")
def list_all(company: _Company, form: FormatOption = Format.table) -> None:
    """List what was advised: what facts tell of it, and what people say."""
    with plain_errors():
        url = open_database(Settings.from_environment())
        found = list_recommendations(url, company)
    rows = [
        {
            "id": one.trace_id[:8],
            "told": one.as_of_date,
            "facts": one.state,
            "answer": one.answer,
            "acted_on": one.acted_on,
            "sentence": one.sentence_en,
        }
        for one in found
    ]
    print_table(rows, form, "Nothing was advised yet.")


@app.command()
def answer(
    which: Annotated[str, typer.Argument(help="The first digits of its id.")],
    given: Annotated[Given, typer.Argument(help="What became of it.")],
    company: _Company,
    note: Annotated[str | None, typer.Option(help="Why, in a few words.")] = None,
) -> None:
    """Say that a recommendation was followed or dismissed, or is open again.

    Said again, the later counts. The pages show it beside what facts tell.
    """
    with plain_errors():
        url = open_database(Settings.from_environment())
        trace = insight_answers.answer(
            *(url, company, which, given.value),
            answered_by=getpass.getuser(),
            note=note,
        )
    console.print(f"Noted: {trace[:8]} is {given.value}.")
