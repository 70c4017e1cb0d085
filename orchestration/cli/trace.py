"""`timonel trace`: from what is on the screen to the records it was made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_document,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import has_reporting, open_database

if TYPE_CHECKING:
    from orchestration.lib.reporting.lineage.evidence import ModelRun, RawRows
    from orchestration.lib.reporting.lineage.lineage import Lineage, Number
    from orchestration.lib.reporting.lineage.records import RawRecord
    from orchestration.lib.reporting.lineage.shown import Answer, Insight
    from orchestration.lib.reporting.metrics import Metric

__all__ = ["trace"]


def trace(
    number: Annotated[
        str,
        typer.Argument(
            help="A card by its file, such as predicted_value, the trace of a sentence "
            "as its table shows it, or a number of `timonel metrics` by its address or "
            "column."
        ),
    ],
    company: Annotated[str, typer.Option(help="Whose number.")],
    form: FormatOption = Format.table,
) -> None:
    """Follow a number back: its SQL, models, model run, raw records, and their reads.

    A card is answered by its own SQL. What is told is what stands in the database now:
    the predictions in force, and a sample of the records that they and the number were
    made of, each with the hash of its content.
    """
    with plain_errors():
        if form is Format.csv:
            raise fail("A trace is of several tables: --format json.")
        url = open_database(Settings.from_environment())
        load_company(url, company)
        if not has_reporting(url):
            raise fail(f"Nothing is published yet: timonel run --company {company}")
        told = _traced(url, company, number)
    if form is Format.json:
        asked_for = [{"asked_for": record.asked_for} for record in told.records]
        document = asdict(told)
        document["records"] = [
            record | words
            for record, words in zip(document["records"], asked_for, strict=True)
        ]
        print_document(document)
        return
    _show(told)


@dataclass(frozen=True)
class _Trace:
    """All that is known of a number; of a card its answer, of a sentence its source."""

    number: Number
    insight: Insight | None
    source_rows: list[dict[str, Any]]
    answer: Answer | None
    values: dict[str, list[dict[str, Any]]]
    lineage: Lineage
    runs: list[ModelRun]
    parameters: list[dict[str, float]]
    raw_tables: list[RawRows]
    records: list[RawRecord]


def _traced(url: str, company: str, asked: str) -> _Trace:
    from orchestration.lib.reporting.lineage import evidence
    from orchestration.lib.reporting.lineage.lineage import find_number, lineage
    from orchestration.lib.reporting.lineage.records import Fed, raw_records
    from orchestration.lib.reporting.lineage.shown import (
        answer_of,
        find_insight,
        is_trace_id,
        source_rows,
    )
    from orchestration.lib.reporting.scenario_plans import language_of
    from orchestration.lib.warehouse.dbt import current_manifest

    insight = find_insight(url, company, asked) if is_trace_id(asked) else None
    number = insight.number if insight else find_number(asked)
    is_card = number.is_card and insight is None
    language = language_of(url, company) if is_card else ""
    answer = answer_of(url, company, number.name, language) if is_card else None
    is_metric = insight is None and not is_card
    below = lineage(number, current_manifest())
    runs = evidence.model_runs(url, company, below)
    customers = (answer.column("customer_id") or None) if answer else None
    fed = Fed(customers, max((run.fitted_at for run in runs), default=None))
    return _Trace(
        number,
        insight,
        source_rows(url, company, insight) if insight else [],
        answer,
        evidence.values(url, company, number) if is_metric else {},
        below,
        runs,
        [evidence.parameters(url, company, run) for run in runs],
        evidence.raw_rows(url, company, below),
        raw_records(url, company, below, fed),
    )


def _show(told: _Trace) -> None:
    if told.insight:
        _show_insight(told.insight, told.source_rows)
    elif told.answer:
        _show_card(told.number, told.answer)
    else:
        _show_number(told.number, told.values)
    _show_models(told.lineage)
    for run, parameters in zip(told.runs, told.parameters, strict=True):
        _show_run(run, parameters)
    _show_raw(told.raw_tables)
    _show_records(told.records)


def _show_card(number: Number, answer: Answer) -> None:
    console.print(f"[bold]{escape(number.name)}[/bold] {escape(answer.title)}")
    for metric in number.metrics:
        _show_definition(metric)
    table = Table(*answer.columns, box=None)
    for row in answer.rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    console.print(table if answer.rows else "  no rows")
    if answer.row_count > len(answer.rows):
        console.print(f"  the first {len(answer.rows)} of {answer.row_count}")
    console.print("\n[bold]SQL[/bold] of the card, as its reader")
    console.print(answer.sql.strip(), markup=False, highlight=False)


def _show_insight(insight: Insight, rows: list[dict[str, Any]]) -> None:
    low, high = f"{insight.estimate_lower:,.6g}", f"{insight.estimate_upper:,.6g}"
    console.print(
        f"[bold]{insight.trace_id}[/bold], shown for {insight.as_of_date}\n"
        f"  {escape(insight.sentence_en)}\n  {escape(insight.sentence_es)}\n"
        f"  rule {insight.rule_id}: {insight.estimate:,.6g} ({low} to {high}), "
        f"{insight.estimate_unit}",
        highlight=False,
    )
    if insight.promised is not None:
        console.print(
            f"  promised {insight.promised:,.2f} {insight.currency_code} in 30 days "
            f"({insight.promised_lower:,.2f} to {insight.promised_upper:,.2f})",
            highlight=False,
        )
    console.print(
        f"\n[bold]reporting.{insight.source_view}[/bold] of "
        f"{escape(insight.source_key)}, as it is now"
    )
    for row in rows:
        for name, value in row.items():
            if value is not None:
                console.print(f"    {name} = {escape(str(value))}", highlight=False)


def _show_number(number: Number, values: dict[str, list[dict[str, Any]]]) -> None:
    console.print(f"[bold]{escape(number.name)}[/bold]")
    for metric in number.metrics:
        _show_definition(metric)
        shown = [str(row[metric.column]) for row in values[metric.address]]
        console.print(f"    now: {', '.join(shown) or 'no rows'}")


def _show_definition(metric: Metric) -> None:
    console.print(
        f"  {escape(metric.label_es)} / {escape(metric.label_en)} "
        f"[dim]({metric.unit})[/dim]"
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
    console.print("\n[bold]Raw tables[/bold], and the read that brought the newest row")
    console.print(table if tables else "  none")


def _show_records(records: list[RawRecord]) -> None:
    console.print("\n[bold]Raw records[/bold] it was made of, some of each table")
    for each in records:
        key = ", ".join(f"{name} {value}" for name, value in each.key.items())
        read = f"{each.connection_id} #{each.read_id}" if each.read_id else "unknown"
        at = f"{each.extracted_at:%Y-%m-%d %H:%M:%S} UTC" if each.extracted_at else "?"
        console.print(
            f"  {each.table}: {escape(key)}\n"
            f"    md5 {each.record_hash}, extracted {at}, read {escape(read)}\n"
            f"    asked for: {escape(each.asked_for)}",
            highlight=False,
        )
    if not records:
        console.print("  none")
