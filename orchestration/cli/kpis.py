"""`timonel kpis`: the numbers of one page, for one company and some days."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pandas as pd
import typer
from babel.numbers import format_currency, format_decimal, format_percent
from psycopg import Connection
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, fail, plain_errors
from orchestration.lib.companies import Company, load_company, reader_role
from orchestration.lib.database import connect, has_reporting, open_database
from orchestration.lib.kpis import (
    Kpis,
    get_acquisition_kpis,
    get_engagement_kpis,
    get_operations_kpis,
    get_retention_kpis,
    get_rfm_segmentation,
)
from orchestration.lib.metrics import Metric, read_metrics
from orchestration.lib.settings import Settings

__all__ = ["kpis"]

_LOCALE = "es"


class _Page(StrEnum):
    acquisition = "acquisition"
    engagement = "engagement"
    operations = "operations"
    retention = "retention"
    segmentation = "segmentation"


_FUNCTIONS: dict[_Page, Callable[[Connection, str, date, date], Kpis]] = {
    _Page.acquisition: get_acquisition_kpis,
    _Page.engagement: get_engagement_kpis,
    _Page.operations: get_operations_kpis,
    _Page.retention: get_retention_kpis,
}


def kpis(
    page: Annotated[_Page, typer.Argument(help="Which page.")],
    company: Annotated[str, typer.Option(help="Whose numbers.")],
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print them as JSON.")
    ] = False,
) -> None:
    """Print the numbers of a page, as the company itself may see them.

    Left out, the range is the 30 days that ended yesterday.
    """
    with plain_errors():
        url = open_database(Settings.from_environment())
        whose = load_company(url, company)
        if not has_reporting(url):
            raise fail("There is nothing to show yet. Load and predict: timonel run")
        last = end.date() if end else whose.last_complete_day(datetime.now(UTC))
        first = start.date() if start else last - timedelta(days=29)
        with connect(url, reader_role(company)) as database:
            if page is _Page.segmentation:
                found = get_rfm_segmentation(database, company, first, last)
                answer: Kpis | list[Any] = found.to_dict("records")
            else:
                answer = _FUNCTIONS[page](database, company, first, last)
    if as_json:
        typer.echo(json.dumps(answer, default=_plain, indent=2))
    elif isinstance(answer, dict):
        _print_kpis(answer, page, whose)
    else:
        _print_segments(found)


def _print_segments(found: pd.DataFrame) -> None:
    labels = ["segment_label_es", "segment_label_en"]
    table = Table("Segmento", "Segment", "Clientes", "Gasto", box=None)
    segments = found.groupby(labels)["monetary"].agg(["count", "sum"]).reset_index()
    for row in segments.sort_values("count", ascending=False).to_dict("records"):
        spanish, english, count, spend = row.values()
        spent = format_decimal(spend, locale=_LOCALE)
        table.add_row(spanish, f"[dim]{english}[/dim]", str(count), spent)
    console.print(table)


def _print_kpis(answer: Kpis, page: _Page, company: Company) -> None:
    metrics = {
        metric.column: metric
        for metric in read_metrics()
        if metric.relation == _FUNCTIONS[page].__name__
    }
    table = Table("", "", "", box=None, show_header=False)
    for name, metric in metrics.items():
        english = f"[dim]{escape(metric.label_en)}[/dim]"
        value = _written(answer[name], metric, company)
        table.add_row(escape(metric.label_es), english, value)
    console.print(table)


def _plain(value: object) -> float | str:
    """A value that JSON has no word for."""
    return float(value) if isinstance(value, Decimal) else str(value)


def _written(value: Any, metric: Metric, company: Company) -> str:
    if value is None:
        return "—"
    if metric.unit == "share":
        return str(format_percent(value, format="0.0 %", locale=_LOCALE))
    if metric.unit == "money":
        return str(format_currency(value, company.currency_code, locale=_LOCALE))
    digits = "#,##0" if isinstance(value, int) else "#,##0.00"
    return str(format_decimal(Decimal(str(value)), format=digits, locale=_LOCALE))
