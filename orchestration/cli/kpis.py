"""`timonel kpis`: the numbers of one page, for one company and some days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from babel.numbers import format_currency, format_decimal, format_percent
from psycopg import Connection
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import (
    Format,
    console,
    fail,
    plain_errors,
    print_rows,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import Company, load_company, reader_role
from orchestration.lib.warehouse.database import connect, has_reporting, open_database

if TYPE_CHECKING:
    from orchestration.lib.reporting.kpis import Kpis
    from orchestration.lib.reporting.metrics import Metric

__all__ = ["kpis", "last_day"]

_LOCALE = "es"


class _Page(StrEnum):
    acquisition = "acquisition"
    engagement = "engagement"
    operations = "operations"
    retention = "retention"
    segmentation = "segmentation"


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
    form: Annotated[
        Format, typer.Option("--format", help="For people, or for a program.")
    ] = Format.table,
) -> None:
    """Print the numbers of a page, as the company itself may see them.

    Left out, the range is the 30 days to the last of which there are data, where the
    page ends, too.
    """
    with plain_errors():
        url = open_database(Settings.from_environment())
        whose = load_company(url, company)
        if not has_reporting(url):
            raise fail("There is nothing to show yet. Load and predict: timonel run")
        with connect(url, reader_role(company)) as database:
            last = end.date() if end else last_day(database, whose)
            first = start.date() if start else last - timedelta(days=29)
            rows = _rows(database, page, company, first, last)
        if rows == [{}]:
            raise fail(f"{company} has no numbers yet: timonel run --company {company}")
    if form is not Format.table:
        print_rows(rows, form)
        return
    console.print(f"[bold]{escape(whose.name)}[/bold], {first} to {last}")
    if page is _Page.segmentation:
        _print_segments(rows, whose)
    else:
        _print_kpis(rows[0], page, whose)


def last_day(database: Connection, company: Company) -> date:
    """Where the company's pages end; before there are any, its last complete day."""
    told = database.execute(
        "select max(through_date) from reporting.kpi_months where company_id = %s",
        [company.company_id],
    ).fetchone()
    last: date | None = told[0] if told else None
    return last or company.last_complete_day(datetime.now(UTC))


def _rows(
    database: Connection, page: _Page, company_id: str, first: date, last: date
) -> list[Kpis]:
    """One row of numbers; of the segmentation, one per customer."""
    from orchestration.lib.reporting import kpis as readers

    if page is _Page.segmentation:
        found = readers.get_rfm_segmentation(database, company_id, first, last)
        return [
            {str(column): value for column, value in row.items()}
            for row in found.to_dict("records")
        ]
    read = {
        _Page.acquisition: readers.get_acquisition_kpis,
        _Page.engagement: readers.get_engagement_kpis,
        _Page.operations: readers.get_operations_kpis,
        _Page.retention: readers.get_retention_kpis,
    }[page]
    return [read(database, company_id, first, last)]


def _print_segments(rows: list[Kpis], company: Company) -> None:
    import pandas as pd

    if not rows:
        console.print("No customer had bought by then.")
        return
    labels = ["segment_label_es", "segment_label_en"]
    table = Table("Segmento", "Segment", box=None)
    for heading in ("Clientes", "", "Gasto"):
        table.add_column(heading, justify="right")
    grouped = pd.DataFrame(rows).groupby(labels)["monetary"].agg(["count", "sum"])
    segments = grouped.reset_index().sort_values("count", ascending=False)
    for row in segments.to_dict("records"):
        spanish, english, count, spend = row.values()
        share = format_percent(count / len(rows), format="0.0 %", locale=_LOCALE)
        spent = format_currency(spend, company.currency_code, locale=_LOCALE)
        table.add_row(spanish, f"[dim]{english}[/dim]", str(count), share, spent)
    console.print(table)


def _print_kpis(answer: Kpis, page: _Page, company: Company) -> None:
    from orchestration.lib.reporting.metrics import read_metrics

    metrics = {
        metric.column: metric
        for metric in read_metrics()
        if metric.relation == f"get_{page}_kpis"
    }
    table = Table(box=None, show_header=False)
    for name, metric in metrics.items():
        english = f"[dim]{escape(metric.label_en)}[/dim]"
        value = _written(answer[name], metric, company)
        table.add_row(escape(metric.label_es), english, value)
    console.print(table)


def _written(value: Any, metric: Metric, company: Company) -> str:
    if value is None:
        return "—"
    if metric.unit == "share":
        return str(format_percent(value, format="0.0 %", locale=_LOCALE))
    if metric.unit == "money":
        return str(format_currency(value, company.currency_code, locale=_LOCALE))
    digits = "#,##0" if isinstance(value, int) else "#,##0.00"
    return str(format_decimal(Decimal(str(value)), format=digits, locale=_LOCALE))
