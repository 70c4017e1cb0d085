"""`timonel trace`: from a number on a dashboard to what it was made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.companies import load_company
from orchestration.lib.database import has_reporting, open_database
from orchestration.lib.settings import Settings

if TYPE_CHECKING:
    from orchestration.lib.tracing.evidence import ModelRun, RawRows
    from orchestration.lib.tracing.lineage import Lineage, Number

__all__ = ["trace"]


def trace(
    number: Annotated[
        str,
        typer.Argument(
            help="A card by its file, such as predicted_value, or a number of "
            "`timonel metrics` by its address or column."
        ),
    ],
    company: Annotated[str, typer.Option(help="Whose number.")],
) -> None:
    """Follow a number back: definition, models, model run, raw rows, and their reads.

    What is told is what stands in the database now: the predictions in force, and the
    newest read of each raw table below them.
    """
    import json
    from pathlib import Path

    from orchestration.lib.dbt import dbt_project
    from orchestration.lib.tracing import evidence
    from orchestration.lib.tracing.lineage import find_number, lineage

    with plain_errors():
        found = find_number(number)
        url = open_database(Settings.from_environment())
        load_company(url, company)
        if not has_reporting(url):
            raise fail(f"Nothing is published yet: timonel run --company {company}")
        below = lineage(found, json.loads(Path(dbt_project.manifest_path).read_text()))
        _show_number(found, evidence.values(url, company, found))
        _show_models(below)
        for run in evidence.model_runs(url, company, below):
            _show_run(run, evidence.parameters(url, company, run))
        _show_raw(evidence.raw_rows(url, company, below))


def _show_number(number: Number, values: dict[str, list[dict[str, Any]]]) -> None:
    console.print(f"[bold]{escape(number.name)}[/bold]")
    if not number.metrics:
        console.print(f"  reads reporting.{', reporting.'.join(number.relations)}")
    for metric in number.metrics:
        shown = [str(row[metric.column]) for row in values[metric.address]]
        console.print(
            f"  {escape(metric.label_es)} / {escape(metric.label_en)} "
            f"[dim]({metric.unit})[/dim]: {', '.join(shown) or 'no rows'}"
        )
        console.print(f"    [dim]{metric.address} =[/dim] {escape(metric.formula)}")


def _show_models(below: Lineage) -> None:
    console.print("\n[bold]Models[/bold] of dbt_project, nearest first")
    for room, names in _by_room(below.models).items():
        console.print(f"  [bold]{room}[/bold]: {', '.join(names)}")
    for room, names in _by_room((*below.predictions, *below.records)).items():
        console.print(f"  [bold]{room}[/bold], written by runs: {', '.join(names)}")


def _by_room(relations: Iterable[str]) -> dict[str, list[str]]:
    rooms: dict[str, list[str]] = {}
    for relation in relations:
        room, _, name = relation.partition(".")
        rooms.setdefault(room, []).append(name)
    return rooms


def _show_run(run: ModelRun, parameters: dict[str, float]) -> None:
    console.print(f"\n[bold]Model run[/bold], {run.kind}")
    console.print(
        f"  {escape(run.model)}, version {run.model_version}, fit {run.fit_id}\n"
        f"  as of {run.as_of_date}, data through {run.data_through_date}, fitted "
        f"{run.fitted_at:%Y-%m-%d %H:%M} UTC\n"
        f"  what it was fed: {run.data_hash}",
        highlight=False,
    )
    for name, value in parameters.items():
        console.print(f"    {name} = {value:.6g}", highlight=False)


def _show_raw(tables: list[RawRows]) -> None:
    table = Table("raw table", "rows", "newest (UTC)", "run", "read", box=None)
    table.add_column("days asked for")
    for each in tables:
        days = f"{each.read_from} to {each.read_to}" if each.read_from else ""
        table.add_row(
            each.table,
            f"{each.row_count:,}",
            f"{each.newest_at:%Y-%m-%d %H:%M:%S}" if each.newest_at else "",
            each.run_id or "",
            f"{each.connection_id} #{each.read_id}" if each.read_id else "",
            days,
        )
    console.print("\n[bold]Raw rows[/bold], and the read that brought the newest")
    console.print(table if tables else "  none")
