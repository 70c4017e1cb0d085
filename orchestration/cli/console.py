"""How the command line talks: steps with a clock, and errors a person can act on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from orchestration.lib.companies import InvalidCompany, UnknownCompany
from orchestration.lib.connections import ConnectionTaken
from orchestration.lib.dashboards import DashboardBroken
from orchestration.lib.database import DatabaseUnreachable
from orchestration.lib.embedded_postgres import PostgresWillNotStart

__all__ = ["console", "fail", "plain_errors", "step"]

# Bound now: while a run is quiet, sys.stdout is a log file.
console = Console(file=sys.stdout)
_errors = Console(file=sys.stderr)

_EXPECTED = (
    ConnectionTaken,
    DashboardBroken,
    DatabaseUnreachable,
    FileNotFoundError,
    InvalidCompany,
    PostgresWillNotStart,
    UnknownCompany,
)


def fail(message: str) -> typer.Exit:
    """Print an error; the returned exception ends the command with code 1."""
    _errors.print("[bold red]Error[/bold red]", end=" ")
    _errors.print(message, markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show the errors we foresee as a sentence instead of a traceback."""
    try:
        yield
    except _EXPECTED as failure:
        raise fail(str(failure)) from None


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show that something is under way, then how long it took."""
    started = time.monotonic()
    with console.status(f"{title} …"):
        try:
            yield
        except BaseException:
            console.print(f"  [red]✗[/red] {title}")
            raise
    seconds = time.monotonic() - started
    console.print(f"  [green]✓[/green] {title} [dim]{seconds:.1f} s[/dim]")
