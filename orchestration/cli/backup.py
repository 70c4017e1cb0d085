"""`timonel backup` and `timonel restore`: a copy of everything, and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.backups import back_up
from orchestration.lib.tenancy.companies import list_companies
from orchestration.lib.tenancy.privacy.erasure_log import keep_erasures
from orchestration.lib.warehouse.database import open_database

__all__ = ["backup", "restore"]

_VARIABLE = "TIMONEL_BACKUP_PASSPHRASE"


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, one per backup.")],
) -> None:
    """Copy the database and the keys of its secrets into a folder.

    Companies, settings, fitted models, predictions and raw rows are the database. The
    keys are encrypted with a passphrase: that of TIMONEL_BACKUP_PASSPHRASE, or asked
    for. Runs and erasures wait while it copies. The folder holds customers: keep it as
    you keep the database. Not copied: exported files, Dagster's history, Metabase.
    """
    settings = Settings.from_environment()
    with plain_errors():
        passphrase = _passphrase(is_new=True)
        url = open_database(settings)
        keep_erasures(url, settings)
        with step(f"Copying to {folder}") as progress:
            made = back_up(settings, url, folder, passphrase, progress)
    console.print(
        f"{len(made.companies)} companies. Back again with: timonel restore {folder}"
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="What timonel backup made.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Even if there are companies, which go."),
    ] = False,
) -> None:
    """Bring a backup back: everything or, when something is wrong, nothing.

    Meant for an empty installation; over one with companies only with --replace. Who
    was forgotten since the backup, as far as the present database or erasures.csv in
    TIMONEL_HOME know, is forgotten again. Passwords of read roles are not in it: set
    them again (timonel metabase apply does).
    """
    from orchestration.lib.operations.restores import restore as bring_back

    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        present = ", ".join(each.company_id for each in list_companies(url))
        if present and not replace:
            raise fail(
                f"There are companies here ({present}), and restoring replaces all of "
                "it. Set TIMONEL_HOME (or TIMONEL_DATABASE_URL) to an empty place, or "
                "say --replace."
            )
        passphrase = _passphrase(is_new=False)
        with step(f"Restoring {folder}") as progress:
            made, forgotten = bring_back(settings, url, folder, passphrase, progress)
    console.print(
        f"{len(made.companies)} companies as of {made.made_at}; {forgotten} people "
        "forgotten again. Next: timonel run"
    )


def _passphrase(*, is_new: bool) -> str:
    given = os.environ.get(_VARIABLE)
    if given:
        return given
    asked: str = typer.prompt(
        "Passphrase of the keys", hide_input=True, confirmation_prompt=is_new
    )
    return asked
