"""`timonel audience`: customers to write to, as lists that stay."""

from __future__ import annotations

import getpass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from orchestration.cli.audiences import account_list, audience_import, audience_push
from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    plain_errors,
    print_table,
    step,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

if TYPE_CHECKING:
    from orchestration.lib.activation.audiences.results import AudienceResult

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Customers to write to: built once, part of them kept back to compare with.",
)


account_list.register(app)
audience_import.register(app)
audience_push.register(app)


class Destination(StrEnum):
    """Whose import the file is for."""

    csv = "csv"
    klaviyo = "klaviyo"
    meta = "meta"
    google = "google"
    whatsapp = "whatsapp"


class Language(StrEnum):
    """Of what people are written."""

    es = "es"
    en = "en"


_Company = Annotated[str, typer.Option(help="Whose customers.")]
_By = Annotated[str | None, typer.Option(help="Who asks. Default: the user.")]


@app.command("segments")
def segments(company: _Company, form: FormatOption = Format.table) -> None:
    """Count the customers of each segment that an audience can be built of."""
    from orchestration.lib.activation.audiences.segments import segment_sizes

    with plain_errors():
        url = _url()
        load_company(url, company)
        sizes = segment_sizes(url, company)
    rows = [{"segment": name, "customers": size} for name, size in sizes.items()]
    nothing = f"Nothing is predicted for {company} yet: timonel run --company {company}"
    print_table(rows, form, nothing)


@app.command()
def build(
    company: _Company,
    segment: Annotated[
        str, typer.Option(help="Which customers; `segments` lists them.")
    ] = "vip_at_risk",
    name: Annotated[
        str | None, typer.Option(help="How to call it. Default: segment and today.")
    ] = None,
    holdout: Annotated[
        float, typer.Option(help="Share to keep back by lot, 0 to 0.5.")
    ] = 0.1,
    by: _By = None,
) -> None:
    """Freeze a segment as it is today; who is kept back is drawn by lot.

    Only who agreed to marketing and can be reached is in it, and nobody whom another
    audience keeps back while its 30 days are counted. Whether writing paid is told by
    comparing with those kept back, so keep some back.
    """
    from datetime import UTC, datetime

    from orchestration.lib.activation.audiences.membership import (
        AudienceRequest,
        build_audience,
    )

    with plain_errors():
        url = _url()
        load_company(url, company)
        with step(f"Building an audience of {segment}"):
            request = AudienceRequest(
                company,
                name or f"{segment} {datetime.now(UTC):%Y-%m-%d}",
                segment,
                by or getpass.getuser(),
                Decimal(str(holdout)),
            )
            audience = build_audience(url, request)
    console.print(
        f"{audience.segment_customer_count} customers in {segment}: "
        f"{audience.without_consent_count} did not agree to marketing, "
        f"{audience.without_address_count} without an address, "
        f"{audience.kept_back_elsewhere_count} kept back by another audience that is "
        "still counted.",
        soft_wrap=True,
    )
    console.print(
        f"[bold]{escape(audience.name)}[/bold]: {audience.contacted_count} to write "
        f"to, {audience.held_back_count} kept back."
    )
    console.print(
        f'Next: timonel audience export --company {company} --name "{audience.name}"'
        " --to klaviyo --output FILE.csv",
        markup=False,
        soft_wrap=True,
    )


@app.command("list")
def list_(company: _Company, form: FormatOption = Format.table) -> None:
    """List the audiences of a company, the newest first."""
    from orchestration.lib.activation.audiences.membership import list_audiences
    from orchestration.lib.activation.audiences.push_records import list_pushes

    with plain_errors():
        url = _url()
        load_company(url, company)
        found = list_audiences(url, company)
        pushes = list_pushes(url, company)
    rows = [
        {
            "name": each.name,
            "segment": each.segment_id,
            "built_at": each.built_at,
            "by": each.built_by,
            "to_write_to": each.contacted_count,
            "kept_back": each.held_back_count,
            "pushed": [
                f"{one.destination} {one.pushed_count:,}"
                + (f" ({one.refused_count:,} refused)" if one.refused_count else "")
                + ("" if one.state == "done" else f" ({one.state})")
                for one in pushes
                if one.audience_id == each.audience_id
            ],
        }
        for each in found
    ]
    nothing = f"No audience yet: timonel audience build --company {company}"
    print_table(rows, form, nothing)


@app.command()
def export(
    company: _Company,
    name: Annotated[str, typer.Option(help="Which audience; `list` tells.")],
    output: Annotated[Path, typer.Option(help="The file to write.")],
    to: Annotated[
        Destination, typer.Option(help="Whose import it is for.")
    ] = Destination.csv,
    holdout: Annotated[
        bool, typer.Option("--holdout", help="Those kept back instead, to exclude.")
    ] = False,
    language: Annotated[
        Language, typer.Option(help="Of the text proposed to those who are leaving.")
    ] = Language.es,
    by: _By = None,
) -> None:
    """Write whom to write to, in the columns that the destination imports.

    Consent is asked for once more. Meta and Google get identifiers hashed (SHA-256).
    A list of a segment that is leaving proposes a text to each, with the discount of
    the audience's coupon if it has one; Meta and Google get none.
    A telephone number is given only of who agreed to text messages at the shop.
    """
    from orchestration.lib.activation.audiences.exports import (
        ExportRequest,
        export_audience,
    )

    with plain_errors():
        url = _url()
        load_company(url, company)
        with step(f"Writing {output}"):
            asked_by = by or getpass.getuser()
            request = ExportRequest(
                company, name, to.value, asked_by, holdout, language.value
            )
            done = export_audience(url, request, output)
    console.print(
        f"{done.row_count} customers. Left out: {done.withdrawn_count} took their "
        f"consent back since, {done.unreachable_count} have no address for {to.value}."
    )
    if done.silent_phone_count and "phone" in _columns(to):
        console.print(
            f"Without their telephone number: {done.silent_phone_count} who agreed to "
            "e-mail, and of whom no source says that they agreed to be written to by "
            "telephone (Shopify tells it of text messages, other sources do not).",
            soft_wrap=True,
        )


@app.command()
def results(company: _Company, form: FormatOption = Format.table) -> None:
    """Tell what writing brought, against those who were kept back.

    Purchases of 30 days from the day after the first export count, or after its coupon
    began if that came later. Fewer than 100 customers on either side, or too few buyers
    for 10 on the smaller, tell nothing, and no number is given. Margin is told once the
    company has told its own: timonel company set --gross-margin-rate.
    """
    from orchestration.lib.activation.audiences.results import list_results

    with plain_errors():
        url = _url()
        load_company(url, company)
        found = list_results(url, company)
    rows = [
        {
            "name": each.name,
            "written_to": each.contacted_count,
            "kept_back": each.held_back_count,
            "counted": (
                f"{each.counted_from} to {each.counted_to}"
                if each.counted_from
                else None
            ),
            "coupon": each.coupon_code,
            "result": each.result_label_en,
            "gained_with_90_%_interval": _gain(each, "revenue"),
            "margin_gained_with_90_%_interval": _gain(each, "margin"),
        }
        for each in found
    ]
    nothing = f"No audience yet: timonel audience build --company {company}"
    print_table(rows, form, nothing)


def _columns(to: Destination) -> set[str]:
    from orchestration.lib.activation.audiences.layouts import LAYOUTS

    return {column.lower() for column in LAYOUTS[to.value].columns}


def _gain(result: AudienceResult, what: str) -> str:
    told = [getattr(result, f"{what}_gained{end}") for end in ("", "_lower", "_upper")]
    if told[0] is None:
        return ""
    from babel.numbers import format_currency

    amount, lower, upper = (
        format_currency(each or 0, result.currency_code, locale="en") for each in told
    )
    return f"{amount} ({lower} to {upper})"


def _url() -> str:
    return open_database(Settings.from_environment())
