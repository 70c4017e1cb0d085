"""`timonel company logo`: the picture on a company's reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import open_database

__all__ = ["logo"]


def logo(
    company_id: Annotated[str, typer.Argument(help="Whose, also an agency's.")],
    file: Annotated[
        Path | None, typer.Argument(help="PNG or SVG of at most 128 KB.")
    ] = None,
    is_removed: Annotated[
        bool, typer.Option("--remove", help="Forget the one there is.")
    ] = False,
) -> None:
    """Set the logo of a company's reports; that of its agency stands beside it."""
    # The typesetter, which checks a picture, is slow to import.
    from orchestration.lib.tenancy.company_logos import (
        read_logo,
        remove_logo,
        set_logo,
    )

    if (file is None) != is_removed:
        raise fail("Give a file, or --remove.")
    with plain_errors():
        picture = read_logo(file) if file else None
        url = open_database(Settings.from_environment())
        if picture:
            set_logo(url, company_id, picture)
        elif not remove_logo(url, company_id):
            raise fail(f"{company_id} has no logo.")
    done = "has its logo on reports from now on" if file else "has no logo any more"
    console.print(f"[bold]{company_id}[/bold] {done}.")
