"""`timonel connections`: every company's sources, and how each of them fares."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    plain_errors,
    print_rows,
)
from orchestration.lib.connections.connection_states import (
    ConnectionStatus,
    list_statuses,
)
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import open_database

__all__ = ["connections"]

_COLOURS = {
    "healthy": "green",
    "limited": "yellow",
    "failing": "red",
    "untested": "bright_black",
}


def connections(form: FormatOption = Format.table) -> None:
    """List every company's sources, and how each of them fares."""
    with plain_errors():
        statuses = list_statuses(open_database(Settings.from_environment()))
    if form is not Format.table:
        print_rows([_row(each) for each in statuses], form)
        return
    if not statuses:
        console.print("Nothing is connected yet. See: timonel connect --help")
        return
    for company_id, group in groupby(statuses, key=lambda each: each.company_id):
        _show(company_id, list(group))


def _show(company_id: str, statuses: list[ConnectionStatus]) -> None:
    """One company's table, and below it what somebody should read in full."""
    # What a person types next is never cut off.
    name = Column("connection", no_wrap=True, overflow="fold")
    table = Table(name, "state", "last read", "history from", "reads", box=None)
    for each in statuses:
        table.add_row(
            escape(_called(each)),
            _coloured(each, each.state),
            _moment(each.last_read_at),
            str(each.history_from or ""),
            escape(_reads(each)),
        )
    console.print(f"\n[bold]{company_id}[/bold]")
    console.print(table)
    for each in statuses:
        if told := each.last_error or _warnings(each):
            console.print(f"  {_coloured(each, each.connection_id)}: {escape(told)}")


def _row(status: ConnectionStatus) -> dict[str, Any]:
    """What a program is told of a connection: what people are, and no setting else."""
    return {
        "company": status.company_id,
        "connection": status.connection_id,
        "source": status.source_slug,
        "state": status.state,
        "last_read_at": status.last_read_at,
        "history_from": status.history_from,
        "reads": _reads(status),
        "told": status.last_error or _warnings(status) or None,
    }


def _coloured(status: ConnectionStatus, text: str) -> str:
    colour = _COLOURS[status.state]
    return f"[{colour}]{escape(text)}[/{colour}]"


def _called(status: ConnectionStatus) -> str:
    """The connection's name, with its source unless that is the name."""
    if status.connection_id == status.source_slug:
        return status.connection_id
    return f"{status.connection_id} ({SOURCES[status.source_slug].title})"


def _reads(status: ConnectionStatus) -> str:
    """What tells this connection from another of its kind."""
    for name in _TELLING:
        value = status.settings.get(name)
        if isinstance(value, list | dict) and value:
            return ", ".join(map(_name, value))
        if value:
            return str(value)
    return ""


def _name(value: object) -> str:
    return str(value["location_id"] if isinstance(value, dict) else value)


def _warnings(status: ConnectionStatus) -> str:
    return " ".join((status.check_result or {}).get("warnings") or [])


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "never"


_TELLING = (
    "paths",
    "tables",
    "shop",
    "account_ids",
    "customer_ids",
    "site_urls",
    "calendars",
    "locations",
)
