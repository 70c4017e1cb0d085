"""How these commands talk: plain lines, tables, and errors without a traceback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import typer
from psycopg import errors as database_errors
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from metabase.content.errors import (
    ContentError,
    MetabaseError,
    WarehouseError,
)
from metabase.server.diff import Finding

__all__ = ["plain_console", "plain_errors", "print_findings"]

#: What a card asks of views of another version of the project.
_OTHER_VERSION = (
    database_errors.InvalidSchemaName,
    database_errors.UndefinedColumn,
    database_errors.UndefinedFunction,
    database_errors.UndefinedTable,
)


@contextmanager
def plain_errors() -> Iterator[None]:
    """End with the message of an expected error, without a traceback."""
    try:
        yield
    except (ContentError, WarehouseError, MetabaseError) as error:
        _end_with(str(error), error)
    except _OTHER_VERSION as error:
        lacking = str(error).splitlines()[0]
        _end_with(
            "what the dashboards read is not built yet, or by another version of "
            f"Timonel ({lacking}). Bring it up to date: timonel run",
            error,
        )


def _end_with(message: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(
        f"error: {message}", markup=False, highlight=False, soft_wrap=True
    )
    raise typer.Exit(1) from error


def plain_console() -> Console:
    """Made when used, so that it writes to the output of this very call."""
    return Console()


def print_findings(findings: Sequence[Finding], *, all_: bool = False) -> None:
    """Print what differs as a table, and count what does not."""
    shown = [one for one in findings if all_ or one.action != "unchanged"]
    if shown:
        table = Table("action", "company", "kind", "name", "what")
        for one in shown:
            cells = (one.action, one.company_id, one.kind, one.name, one.detail)
            table.add_row(*map(escape, cells))
        plain_console().print(table)
    same = sum(one.action == "unchanged" for one in findings)
    plain_console().print(f"{same} as they should be", highlight=False)
