"""`timonel quarantine`: records that could not be loaded, looked at by people."""

from __future__ import annotations

import getpass
import json
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
    step,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.data_quality.quarantine import (
    QuarantinedRecord,
    RecordGroup,
    Selection,
    drop_records,
    list_groups,
    list_records,
    load_record,
)
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Records that could not be loaded: why, try them again, give them up.",
)

_HIDDEN = "…"
_Company = Annotated[str, typer.Option(help="Whose records.")]
_Source = Annotated[
    str | None, typer.Option(help="Only of this source, such as shopify or files.")
]
_Reason = Annotated[
    str | None, typer.Option(help="Only those whose reason holds this text.")
]
_Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids of records, as the list shows them.")
]
_All = Annotated[bool, typer.Option("--all", help="All of the company's records.")]
_By = Annotated[str | None, typer.Option(help="Who decides. Default: the user.")]


@app.command("list")
def list_(
    company: Annotated[
        str | None, typer.Option(help="Only this company. Default: all.")
    ] = None,
    source: _Source = None,
    reason: _Reason = None,
    records: Annotated[
        bool, typer.Option("--records", help="Each record, instead of counts.")
    ] = False,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="Also those that were dropped.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most lines to show.")] = 50,
    form: FormatOption = Format.table,
) -> None:
    """Count the records in quarantine by reason, the most frequent first."""
    meant = Selection(company, source, reason, has_dropped=dropped)
    with plain_errors():
        url = _url()
        if company:
            load_company(url, company)
        rows = (
            _records(list_records(url, meant, limit))
            if records
            else _groups(list_groups(url, meant, limit))
        )
    print_table(rows, form, "Nothing is in quarantine.")


@app.command()
def show(
    record_id: Annotated[str, typer.Argument(help="The id, or how it begins.")],
    company: _Company,
    values: Annotated[
        bool, typer.Option("--values", help="All values: personal data, too.")
    ] = False,
) -> None:
    """Show one record: its fields, and the value that the reason names."""
    with plain_errors():
        record = load_record(_url(), company, record_id)
    lines = {
        "source": f"{record.source}, {record.stream}",
        "where": record.location or "from the source's API",
        "reason": record.reason,
        "first seen": f"{record.quarantined_at:%Y-%m-%d %H:%M} UTC",
        "last seen": f"{record.last_seen_at:%Y-%m-%d %H:%M} UTC",
    }
    if record.review:
        lines["review"] = f"{record.review} by {record.reviewed_by}"
        lines["why"] = record.review_note or ""
    for name, text in lines.items():
        console.print(f"[bold]{name}[/bold]  {escape(text)}")
    console.print(_fields(record, has_values=values))
    if not values:
        console.print(
            "Values may be personal data and stay hidden, but for what the reason "
            "names. All of them: --values"
        )


@app.command()
def retry(
    company: _Company,
    ids: _Ids = None,
    source: _Source = None,
    reason: _Reason = None,
    everything: _All = False,
    by: _By = None,
) -> None:
    """Offer records again, under today's rules; what is accepted leaves.

    A row that was refused in a file is tried by reading its whole file again, as the
    settings of its connection are today.
    """
    from orchestration.lib.data_quality.quarantine_retries import Retrier

    meant = _selection(company, ids, source, reason, everything=everything)
    settings = Settings.from_environment()
    with plain_errors():
        url = _url()
        load_company(url, company)
        with step("Offering records again") as progress:
            retrier = Retrier(url, settings, by or getpass.getuser(), progress)
            done = retrier.retry(company, meant)
    console.print(f"{done.offered_count} offered, {done.accepted_count} accepted.")
    for told, count in done.refusals.most_common():
        console.print(f"  {count} refused: {escape(told)}")
    if done.accepted_count:
        console.print(f"Counts from the next run on: timonel run --company {company}")


@app.command()
def drop(
    company: _Company,
    why: Annotated[str, typer.Option(help="Why, for whoever asks later.")],
    ids: _Ids = None,
    source: _Source = None,
    reason: _Reason = None,
    everything: _All = False,
    by: _By = None,
) -> None:
    """Give records up: they stay, counted as dropped, with who and why."""
    meant = _selection(company, ids, source, reason, everything=everything)
    with plain_errors():
        url = _url()
        load_company(url, company)
        count = drop_records(url, meant, by or getpass.getuser(), why)
    if not count:
        raise fail(f"{company} has no such record in quarantine. Nothing was dropped.")
    console.print(f"{count} dropped. They stay to be seen: --dropped")


def _url() -> str:
    return open_database(Settings.from_environment())


def _selection(
    company: str,
    ids: list[str] | None,
    source: str | None,
    reason: str | None,
    *,
    everything: bool,
) -> Selection:
    if not (ids or source or reason or everything):
        raise fail("Which records? Give ids, --source, --reason, or --all.")
    return Selection(company, source, reason, tuple(ids or ()))


def _groups(groups: list[RecordGroup]) -> list[dict[str, Any]]:
    return [
        {
            "company": each.company_id,
            "source": each.source,
            "stream": each.stream,
            "records": each.record_count,
            "reason": each.reason,
            "first_seen": each.first_seen.date(),
            "last_seen": each.last_seen.date(),
            "review": each.review,
        }
        for each in groups
    ]


def _records(records: list[QuarantinedRecord]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "company": each.company_id,
            "source": each.source,
            "stream": each.stream,
            "where": each.location,
            "reason": each.reason,
            "last_seen": each.last_seen_at.date(),
        }
        for each in records
    ]


def _fields(record: QuarantinedRecord, *, has_values: bool) -> Table:
    table = Table("field", "value", box=None)
    content = json.loads(record.record_text or "null") or {}
    for name, value in content.items():
        # Reasons name a property in quotes: property 'total' is not a number.
        is_meant = has_values or f"'{name}'" in record.reason
        table.add_row(escape(name), escape(json.dumps(value)) if is_meant else _HIDDEN)
    return table
