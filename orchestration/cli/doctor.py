"""`timonel doctor`: what is wrong here, and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from orchestration.cli.console import console
from orchestration.lib.core.settings import Settings

if TYPE_CHECKING:
    from orchestration.lib.operations.doctor import Finding

__all__ = ["doctor"]

_MARKS = {
    "fine": "[green]✓[/green]",
    "warning": "[yellow]![/yellow]",
    "broken": "[red]✗[/red]",
}


def doctor() -> None:
    """Look for what is wrong with this installation, and say what to do.

    Looks at Python and the packages, the disks, the database, the code, Dagster's
    daemon and schedules, Metabase where METABASE_URL is set, and each company's last
    run, alerts, gates, quarantine and connections. The exit code is 1 when something is
    broken.
    """
    from orchestration.lib.operations.doctor import examine

    findings = []
    now = datetime.now(UTC)
    for finding in examine(Settings.from_environment(), now, _load):
        findings.append(finding)
        _show(finding)
    broken = sum(finding.outcome == "broken" for finding in findings)
    warnings = sum(finding.outcome == "warning" for finding in findings)
    if broken:
        console.print(f"\n[red]{broken} broken[/red], {warnings} to look at.")
        raise typer.Exit(1)
    console.print(f"\n{warnings} to look at." if warnings else "\nAll is well.")


def _load() -> None:
    from orchestration.definitions import defs

    defs().get_repository_def()


def _show(finding: Finding) -> None:
    mark = _MARKS[finding.outcome]
    console.print(f"{mark} [bold]{escape(finding.subject)}[/bold]  ", end="")
    console.print(finding.seen, markup=False, highlight=False, soft_wrap=True)
    if finding.remedy:
        console.print("    → ", end="")
        console.print(finding.remedy, markup=False, highlight=False, soft_wrap=True)
