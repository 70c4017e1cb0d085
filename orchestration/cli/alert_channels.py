"""`timonel alerts channel`: how the people of a company are reached."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="How people are reached: mail, Slack, SMS, webhooks.",
)

_Company = Annotated[str, typer.Option(help="Whose channels.")]
_Name = Annotated[str, typer.Argument(help="A name, such as team.")]


@app.command()
def add(
    name: _Name,
    company: _Company,
    takes: Annotated[
        str, typer.Option(help="Severities it takes: critical, high, medium.")
    ] = "critical,high,medium",
    language: Annotated[str, typer.Option(help="es or en.")] = "es",
    digest: Annotated[
        bool, typer.Option(help="Whether it gets the daily digest.")
    ] = True,
) -> None:
    """Add a channel, or replace the one of this name.

    Its address is asked for and not shown, or read from standard input. It is a URL of
    the apprise library, such as
    mailtos://user:password@smtp.example.com?from=a@example.com&to=b@example.com,
    slack://TOKEN/TOKEN/TOKEN/#channel or json://host/path for a webhook, and it is
    stored encrypted. One channel reaches one recipient.
    """
    from orchestration.lib.alerts.channels import Channel, add_channel

    severities = [word.strip() for word in takes.split(",") if word.strip()]
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        channel = Channel(name, severities, language, digest)
        added = add_channel(url, settings, company, channel, _address())
    console.print(
        f"Added [bold]{escape(name)}[/bold] ({added.service}). Try it: "
        f"timonel alerts test --company {company}"
    )


@app.command()
def remove(name: _Name, company: _Company) -> None:
    """Forget a channel, and what still waits to go there."""
    from orchestration.lib.alerts.channels import remove_channel

    with plain_errors():
        url = open_database(Settings.from_environment())
        if not remove_channel(url, company, name):
            raise fail(f"{company} has no channel '{name}'.")
    console.print(f"Removed [bold]{escape(name)}[/bold].")


@app.command("list")
def list_(company: _Company, form: FormatOption = Format.table) -> None:
    """List the channels of a company; their addresses stay hidden."""
    from orchestration.lib.alerts.channels import list_channels

    with plain_errors():
        url = open_database(Settings.from_environment())
        channels = list_channels(url, company)
    rows = [
        {
            "channel": channel.channel_id,
            "service": channel.service,
            "takes": list(channel.severities),
            "language": channel.language,
            "digest": channel.has_digest,
        }
        for channel in channels
    ]
    nothing = "No channel yet: nobody is told. Add one: channel add NAME"
    print_table(rows, form, nothing)


def _address() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.read().strip()
    asked: str = typer.prompt("Address", hide_input=True)
    return asked.strip()
