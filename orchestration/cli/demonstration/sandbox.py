"""`timonel sandbox`: sources that behave like the real ones, on this machine."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import datetime
from typing import Annotated

import typer

from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import (
    SandboxWorld,
    known_sandbox,
    running_sandbox,
)
from orchestration.lib.ingestion.webhooks.examples import deliver_example
from orchestration.lib.tenancy.example_companies import adopt_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Emulators of Shopify, Meta Ads, Google Ads, Search Console and Open-Meteo, "
    "with example companies whose true answers are known.",
)


@app.callback()
def main() -> None:
    """Keep `start` a command of its own."""


@app.command()
def start(
    port: Annotated[
        int | None,
        typer.Option(help="On 127.0.0.1. Default: that of last time, or a free one."),
    ] = None,
    customers: Annotated[
        int | None,
        typer.Option(help="Size of the simulated companies.", min=1_000),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day on which the world begins to move; its history ends the day "
            "before. Default: today.",
        ),
    ] = None,
) -> None:
    """Serve the sandbox until Ctrl-C. Its world is made at the first start."""
    settings = Settings.from_environment()
    day = today.date().isoformat() if today else None
    world = SandboxWorld(customers, day)
    with plain_errors(), ExitStack() as stack:
        with step("Starting the sandbox") as progress:
            running = running_sandbox(settings, world, port=port, log=progress)
            sandbox = stack.enter_context(running)
        console.print(f"The sandbox is at [bold]{sandbox.url}[/bold] (Ctrl-C stops it)")
        console.print("In another terminal:")
        for company_id, company in sandbox.connections().items():
            sources = ", ".join(company["connections"])
            console.print(
                f"  timonel sandbox connect {company_id:13} [dim]{sources}[/dim]"
            )
        with suppress(KeyboardInterrupt):
            code = sandbox.wait()
            raise fail(f"The sandbox ended by itself (exit code {code}).")


@app.command()
def connect(
    company: Annotated[str, typer.Argument(help="One of the sandbox's companies.")],
) -> None:
    """Add a company of the running sandbox, with all its connections."""
    settings = Settings.from_environment()
    with plain_errors():
        url = open_database(settings)
        sandbox = known_sandbox(settings)
        adopted = adopt_company(url, settings, sandbox, company)
        deliver_example(url, settings, sandbox, company)
    console.print(
        f"Connected. Read it with: timonel run --company {adopted.company_id}"
    )
