"""`timonel audience import`: a message that was sent before, and what it brought."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import console, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to `timonel audience`."""
    app.command("import")(import_)


def import_(
    company: Annotated[str, typer.Option(help="Whose customers.")],
    file: Annotated[Path, typer.Option(help="CSV: email, kept_back (yes or no).")],
    name: Annotated[str, typer.Option(help="How to call it.")],
    sent_on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it was sent.")
    ],
    by: Annotated[str | None, typer.Option(help="Who asks. Default: the user.")] = None,
) -> None:
    """Tell of a message that was sent elsewhere, part of its audience kept back by lot.

    Nobody is written to. What it brought is counted from the day after, as `results`
    tells after the next run. Who chose whom to keep back learns nothing by this: it
    has to have been a lot.
    """
    from orchestration.lib.activation.audiences.imports import (
        SentBefore,
        import_audience,
        read_recipients,
    )

    with plain_errors():
        url = open_database(Settings.from_environment())
        whose = load_company(url, company)
        with step(f"Reading {file}"):
            recipients = read_recipients(file)
            done = import_audience(
                url,
                whose,
                SentBefore(name, sent_on.date(), recipients, by or getpass.getuser()),
            )
    audience = done.audience
    console.print(
        f"[bold]{escape(audience.name)}[/bold]: {audience.contacted_count} were "
        f"written to, {audience.held_back_count} kept back; {done.unknown_count} "
        "addresses are of no customer."
    )
    console.print(f"Next: timonel run --company {company}, then audience results")
