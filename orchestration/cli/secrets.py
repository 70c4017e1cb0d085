"""`timonel secrets`: the key that encrypts the connections' secrets."""

from __future__ import annotations

import typer

from orchestration.cli.console import console, plain_errors
from orchestration.lib.connections.connection_secrets import rotate_key
from orchestration.lib.core.secrets import new_key
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure_log import keep_erasures
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="The key that encrypts the connections' secrets: TIMONEL_SECRET_KEY, or the "
    "file secret.key in TIMONEL_HOME, which the first secret creates.",
)


@app.command()
def rotate() -> None:
    """Encrypt every secret anew, with a new key. Safe to stop and start again."""
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        count = rotate_key(url, settings)
        keep_erasures(url, settings)
    console.print(f"{count} secrets have a new key.")
    if settings.secret_keys:
        console.print("Only the first key of TIMONEL_SECRET_KEY is needed from now on.")


@app.command("new-key")
def new_key_() -> None:
    """Print a fresh key, for TIMONEL_SECRET_KEY."""
    typer.echo(new_key())
