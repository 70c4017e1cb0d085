"""What the tap for files would understand of a connection, shown before it is read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console
from orchestration.lib.connections.connections import Connection
from orchestration.lib.core.nameless_files import nameless_file
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.tenancy.companies import Company

__all__ = ["PreviewFailed", "how_to_set", "preview_files", "print_preview"]
__all__ += ["understand_files"]


class PreviewFailed(PlainError):
    """No file could be understood; the message has a line for each."""


def preview_files(
    company: Company,
    connection: Connection,
    secrets: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the files of a connection would give: ``files`` and ``failures``.

    Raises
    ------
    PreviewFailed
        The tap itself failed.
    """
    config = {
        "time_zone": company.time_zone,
        "currency_code": company.currency_code,
        **connection.settings,
        **(secrets or {}),
    }
    with nameless_file(config) as file:
        done = subprocess.run(
            [sys.executable, "-m", "taps.tap_files.preview", "--config", file.path],
            pass_fds=[file.descriptor],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise PreviewFailed(f"The files could not be looked at: {said[-1]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def understand_files(company: Company, connection: Connection) -> None:
    """Say what is understood of a connection's files.

    Raises
    ------
    PreviewFailed
        Nothing of them can be read.
    """
    answer = preview_files(company, connection)
    print_preview({**answer, "failures": []})
    if not answer["files"]:
        complaints = answer["failures"]
        raise PreviewFailed("\n".join(complaints) + how_to_set(complaints))


def how_to_set(complaints: Sequence[str]) -> str:
    """How a tap's setting is given to the demo, if a complaint asks for one."""
    if not any("setting" in complaint for complaint in complaints):
        return ""
    return (
        "\nSettings are given as --setting name=value, such as --setting "
        '"columns.customer_id=Buyer" (with make: SETTING="columns.customer_id=Buyer").'
    )


def print_preview(answer: Mapping[str, Any]) -> None:
    """Print it file by file."""
    for file in answer["files"]:
        _print_file(file)
    for message in answer["failures"]:
        console.print(f"  [red]✗[/red] {escape(message)}", soft_wrap=True)


def _print_file(file: Mapping[str, Any]) -> None:
    kind = file["preset"] or file["contract"]
    console.print(
        f"\n[bold]{escape(file['name'])}[/bold]  read as {escape(kind)}"
        + (f" ({file['contract']})" if file["preset"] else ""),
        soft_wrap=True,
    )
    table = Table(box=None, show_header=False, padding=(0, 2))
    for column, header in file["columns"].items():
        table.add_row(column, escape(header))
    console.print(table)
    if left_out := file["left_out"]:
        told = [f"{name} ({why})" if why else name for name, why in left_out.items()]
        console.print(f"  Not read: {escape(', '.join(told))}", soft_wrap=True)
    days = f", {file['first_date']} to {file['last_date']}"
    days = days if file["first_date"] else ""
    currency = ", ".join(file["currencies"]) or "no currency"
    console.print(
        f"  {file['orders']} orders or rows{days}, in {currency}", soft_wrap=True
    )
    for status, amount in file["money"].items():
        console.print(f"  {Decimal(amount):>18,.2f}  {escape(status)}")
    _print_net_sales(file.get("net"), file["columns"])
    for note in file["notes"]:
        console.print(f"  [yellow]![/yellow] {escape(note)}", soft_wrap=True)
    for reason, count in file["reasons"].items():
        console.print(
            f"  [yellow]![/yellow] {count} rows set aside: {escape(reason)}",
            soft_wrap=True,
        )


def _print_net_sales(net: Mapping[str, Any] | None, columns: Mapping[str, str]) -> None:
    """What a log comes to without taxes and shipping, or that it does not tell them."""
    if net is None:
        return
    for code, sums in net["money"].items():
        unit = f" {code}" if len(net["money"]) > 1 else ""
        for name, amount in sums.items():
            if Decimal(amount) or name == "net sales":
                console.print(f"  {Decimal(amount):>18,.2f}  {name}{escape(unit)}")
    if net["basis"] == "excluded":
        return
    if net["basis"] == "mixed":
        told = "Net sales hold taxes (con IVA) where the file tells none of an order"
    elif {"tax_amount", "untaxed_amount"} & columns.keys():
        told = "Net sales may hold taxes (con IVA): the file says that they are 0"
    else:
        told = (
            "Net sales hold their taxes (con IVA): no column tells them. If one does, "
            "name it with columns.tax_amount=<column of the file>"
        )
    console.print(f"  [yellow]![/yellow] {told}", soft_wrap=True)
