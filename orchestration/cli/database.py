"""`timonel db`: the database, embedded or your own."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import (
    embedded_postgres,
    libpq_environment,
    open_database,
)

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="The database: an embedded Postgres, or the one TIMONEL_DATABASE_URL names.",
)


@app.command()
def start() -> None:
    """Start the embedded Postgres and bring the schema up to date."""
    settings = Settings.from_environment()
    with plain_errors(), step("Starting Postgres"):
        open_database(settings)
    console.print("  Its address: [bold]timonel db url[/bold]")


@app.command()
def stop() -> None:
    """Stop the embedded Postgres; its data stay."""
    settings = _embedded_settings()
    with plain_errors():
        stopped = embedded_postgres(settings).stop()
    console.print("Postgres stopped." if stopped else "Postgres was not running.")


@app.command()
def migrate() -> None:
    """Bring the schema of the database up to date."""
    with plain_errors(), step("Migrating the database"):
        open_database(Settings.from_environment())


@app.command()
def url() -> None:
    """Print the address, for any Postgres client. It holds the password."""
    with plain_errors():
        typer.echo(open_database(Settings.from_environment()))


@app.command(context_settings={"ignore_unknown_options": True})
def psql(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="Passed on to psql, such as -c 'select 1'."),
    ] = None,
) -> None:
    """Open psql on the database."""
    settings = Settings.from_environment()
    with plain_errors():
        environment = os.environ | libpq_environment(open_database(settings))
        program = embedded_postgres(settings).program("psql")
    os.execve(program, ["psql", *(arguments or [])], environment)  # noqa: S606


@app.command()
def remove(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop the embedded Postgres and delete all its data."""
    settings = _embedded_settings()
    if not yes:
        typer.confirm("Delete every company, order and prediction in it?", abort=True)
    with plain_errors():
        embedded_postgres(settings).remove()
    console.print("The embedded database is gone.")


def _embedded_settings() -> Settings:
    settings = Settings.from_environment()
    if settings.database_url:
        raise fail(
            "TIMONEL_DATABASE_URL names a server of your own; this command is only "
            "for the embedded one. Unset it first."
        )
    return settings
