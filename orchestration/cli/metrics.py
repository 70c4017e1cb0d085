"""`timonel metrics`: every number, what it means and how it is counted."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import (
    Format,
    console,
    fail,
    plain_errors,
    print_rows,
)

if TYPE_CHECKING:
    from orchestration.lib.reporting.metrics import Metric

__all__ = ["metrics"]


def metrics(
    page: Annotated[
        str | None, typer.Option(help="Only this page, such as engagement.")
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="json and csv have every field.")
    ] = Format.table,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write docs/metrics/<domain>.md, and the pages as exposures of dbt.",
        ),
    ] = False,
) -> None:
    """List every number people read: label, formula, unit, thresholds."""
    from orchestration.lib.reporting.metrics import read_metrics

    with plain_errors():
        found = read_metrics()
        if write:
            _write(found)
            return
    pages = sorted({metric.page for metric in found})
    if page is not None and page not in pages:
        raise fail(f"There is no page {page!r}. Choose one of {', '.join(pages)}.")
    chosen = [metric for metric in found if page in (None, metric.page)]
    if form is not Format.table:
        print_rows([asdict(metric) for metric in chosen], form)
        return
    for name, group in groupby(chosen, key=lambda metric: metric.page):
        _show(name, list(group))


def _write(found: list[Metric]) -> None:
    from orchestration.lib.reporting.exposures import EXPOSURES, exposures_document
    from orchestration.lib.reporting.metric_docs import metric_documents

    made = {**metric_documents(found), EXPOSURES: exposures_document()}
    for file, text in made.items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        console.print(f"wrote {file.parent.name}/{file.name}")


def _show(page: str, group: list[Metric]) -> None:
    console.print(f"\n[bold]{page}[/bold]")
    for metric in group:
        console.print(
            f"  [bold]{escape(metric.label_es)}[/bold] / {escape(metric.label_en)}"
            f" [dim]({metric.unit}) {metric.address}[/dim]\n"
            f"    {escape(metric.formula)}"
        )
