"""How the command line talks: steps with a clock, and errors a person can act on."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.spreadsheet_cells import text_cell
from orchestration.lib.warehouse.server_errors import is_full, with_advice

__all__ = [
    "Format",
    "FormatOption",
    "console",
    "fail",
    "number_of",
    "plain_errors",
    "print_document",
    "print_rows",
    "print_table",
    "step",
]


class Format(StrEnum):
    """How numbers are printed: for people, or for the next program."""

    table = "table"
    json = "json"
    csv = "csv"


FormatOption = Annotated[
    Format, typer.Option("--format", help="For people, or for a program.")
]

# Bound now: while a run is quiet, sys.stdout is a log file.
console = Console(file=sys.stdout)
_errors = Console(file=sys.stderr)

_LONGEST_PROGRESS = 100


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
    except (PlainError, FileNotFoundError) as failure:
        raise fail(str(failure)) from None
    except Exception as failure:
        if is_full(failure):
            raise fail(with_advice(f"{failure}")) from None
        raise


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Show that something is under way, then how long it took.

    The value is a function that shows how far it is.
    """
    started = time.monotonic()
    with console.status(f"{title} …") as status:

        def progress(line: str) -> None:
            # Singer programs log `time | LEVEL | name | message`.
            message = escape(line.rsplit(" | ", 1)[-1][:_LONGEST_PROGRESS])
            status.update(f"{title} … [dim]{message}[/dim]")

        try:
            yield progress
        except BaseException:
            console.print(f"  [red]✗[/red] {title}")
            raise
    seconds = time.monotonic() - started
    console.print(f"  [green]✓[/green] {title} [dim]{seconds:.1f} s[/dim]")


def print_table(
    rows: Sequence[Mapping[str, Any]], form: Format, nothing: str = ""
) -> None:
    """Print rows of plain values: for people under headings, or for a program.

    What stands first in a row is what a person types next: it is never cut off.
    ``nothing`` is said to people when there are no rows.
    """
    if form is not Format.table:
        print_rows(rows, form)
        return
    if not rows:
        console.print(nothing)
        return
    first, *others = (name.replace("_", " ") for name in rows[0])
    table = Table(Column(first, no_wrap=True, overflow="fold"), *others, box=None)
    for row in rows:
        table.add_row(*(escape(_written(value)) for value in row.values()))
    console.print(table)


def _written(value: object) -> str:  # noqa: PLR0911
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value.normalize():,f}"
        case list() | tuple():
            return ", ".join(map(_written, value))
    return str(value)


def number_of(name: str, text: str) -> Decimal:
    """The number that was typed for an option or argument; it is finite."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise typer.BadParameter(f"{name} takes a number such as 1200.50 or 0.7.")
    return number


def print_rows(rows: Sequence[Mapping[str, Any]], form: Format) -> None:
    """Print rows as JSON or CSV, with nothing else on standard output."""
    if form is Format.json:
        print_document(rows)
        return
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(
        {name: _as_cell(value) for name, value in row.items()} for row in rows
    )


def print_document(document: object) -> None:
    """Print what is no table as JSON, with nothing else on standard output."""
    text = json.dumps(document, default=_plain, indent=2, ensure_ascii=False)
    typer.echo(text)


def _as_cell(value: object) -> object:
    """Text that a spreadsheet would compute (customers name themselves) as text."""
    if isinstance(value, list):
        value = _written(value)
    return text_cell(value) if isinstance(value, str) else value


def _plain(value: object) -> float | str:
    """A value that JSON has no word for."""
    return float(value) if isinstance(value, Decimal) else str(value)
