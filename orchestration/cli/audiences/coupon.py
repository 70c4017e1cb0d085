"""`timonel coupon`: rescue coupons within limits, for those of an audience."""

from __future__ import annotations

import getpass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from rich.markup import escape

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
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

if TYPE_CHECKING:
    from orchestration.lib.activation.coupons.coupon_records import Coupon

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Discount codes for the customers of an audience: within limits, once.",
)

_Company = Annotated[str, typer.Option(help="Whose coupons.")]
_By = Annotated[str | None, typer.Option(help="Who asks. Default: the user.")]


@app.command("switch-on")
def switch_on(
    company: _Company,
    max_percent: Annotated[float, typer.Option(help="The most a coupon may take off.")],
    max_uses: Annotated[
        int, typer.Option(help="The most uses of all coupons that are not over.")
    ],
    auto_approve: Annotated[
        bool, typer.Option("--auto-approve", help="Make them without `approve`.")
    ] = False,
    by: _By = None,
) -> None:
    """Allow coupons within limits; the app of the shop needs write_discounts.

    Customers of the shop have to be tagged: `timonel audience switch-on shopify` first.
    """
    from orchestration.lib.activation.coupons.allowances import Allowance, allow

    with plain_errors():
        settings = Settings.from_environment()
        url = _url(company)
        asked = Allowance(
            company,
            Decimal(str(max_percent)),
            max_uses,
            not auto_approve,
            by or getpass.getuser(),
        )
        with step("Trying the shop"):
            shop = allow(url, settings, asked)
    waits = "each is made at once" if auto_approve else "each waits for `approve`"
    console.print(
        f"Coupons are on for {company} ({escape(shop)}): at most {max_percent:g} %, "
        f"{max_uses} uses in all; {waits}."
    )


@app.command("switch-off")
def switch_off(company: _Company, by: _By = None) -> None:
    """Let no more coupons be made; those in the shop stay."""
    from orchestration.lib.activation.coupons.allowances import forbid

    with plain_errors():
        was_on = forbid(_url(company), company, by or getpass.getuser())
    state = "are off now" if was_on else "were off already"
    console.print(f"Coupons {state} for {company}.")


@app.command()
def request(
    company: _Company,
    audience: Annotated[str, typer.Option(help="Whose members; pushed to shopify.")],
    percent: Annotated[
        str | None,
        typer.Option(help="Left out: the smallest that is proven to pay."),
    ] = None,
    uses: Annotated[
        int | None, typer.Option(help="How often in all. Default: once each.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it lasts once made.")] = 14,
    by: _By = None,
) -> None:
    """Ask for a coupon for those of an audience who are written to.

    An audience has one coupon: asked for again, it is shown and nothing is made.
    """
    from orchestration.lib.activation.coupons.issuance import COUPON, coupon_handler
    from orchestration.lib.reporting.action_answers import answer_waiting
    from orchestration.lib.reporting.action_requests import add_request, list_requests

    payload = {"audience": audience, "percent": percent, "uses": uses, "days": days}
    told = {key: value for key, value in payload.items() if value is not None}
    with plain_errors():
        settings = Settings.from_environment()
        url = _url(company)
        with step("Asking for a coupon") as progress:
            request_id = add_request(
                url, company, COUPON, told, f"cli:{uuid4()}", by or getpass.getuser()
            )
            answer_waiting(url, company, coupon_handler(settings, progress))
        (asked,) = [
            one for one in list_requests(url, company, COUPON) if one.id == request_id
        ]
        if asked.state == "refused":
            raise fail(asked.reason or "It was refused.")
        _show(url, company, audience)


@app.command()
def approve(
    code: Annotated[str, typer.Argument(help="Which; `list` tells.")],
    company: _Company,
    by: _By = None,
) -> None:
    """Let a coupon be made, and make it in the shop."""
    from orchestration.lib.activation.coupons.issuance import approve as let_be_made

    with plain_errors():
        settings = Settings.from_environment()
        url = _url(company)
        with step(f"Making {code}") as progress:
            made = let_be_made(
                url, settings, company, code, by or getpass.getuser(), progress
            )
    _print(made)


@app.command()
def decline(
    code: Annotated[str, typer.Argument(help="Which; `list` tells.")],
    company: _Company,
    by: _By = None,
) -> None:
    """Do not make a coupon that waits, or that the shop did not make.

    Its uses are free for others, and its audience may have another.
    """
    from orchestration.lib.activation.coupons.issuance import decline as let_be

    with plain_errors():
        declined = let_be(_url(company), company, code, by or getpass.getuser())
    console.print(f"{declined.code} is declined; its uses are free for others.")


@app.command("list")
def list_(company: _Company, form: FormatOption = Format.table) -> None:
    """List the coupons of a company, and the requests that were refused."""
    from orchestration.lib.activation.coupons.coupon_records import list_coupons
    from orchestration.lib.activation.coupons.issuance import COUPON
    from orchestration.lib.reporting.action_requests import list_requests

    with plain_errors():
        url = _url(company)
        found = list_coupons(url, company)
        asked = list_requests(url, company, COUPON)
    rows = [
        {
            "code": each.code,
            "audience": each.audience_name,
            "off": f"{each.off} %" + (" (proven)" if each.is_percent_proven else ""),
            "uses": each.usage_limit,
            "state": each.state,
            "until": each.ends_at and each.ends_at.date(),
            "by": each.requested_by,
            "reason": each.reason,
        }
        for each in found
    ]
    if form is not Format.table:
        print_table(rows, form)
        return
    for row in rows:
        del row["reason"]
    print_table(rows, form, "No coupon yet: timonel coupon request --help")
    for each in found:
        if each.reason:
            console.print(f"{each.code}: {each.reason}", markup=False, soft_wrap=True)
    for one in asked:
        if one.reason:
            told = f"{one.requested_at:%Y-%m-%d %H:%M} refused: {one.reason}"
            console.print(told, markup=False, soft_wrap=True)


def _show(url: str, company: str, audience: str) -> None:
    from orchestration.lib.activation.coupons.coupon_records import list_coupons

    for each in list_coupons(url, company):
        if each.audience_name == audience.strip():
            _print(each)


def _print(coupon: Coupon) -> None:
    proven = ", the smallest that is proven to pay" if coupon.is_percent_proven else ""
    console.print(
        f"[bold]{coupon.code}[/bold]: {coupon.off} % off{proven}, "
        f"{coupon.usage_limit} uses, once each, for {escape(coupon.audience_name)}."
    )
    if coupon.state == "created" and coupon.ends_at:
        console.print(f"It is in the shop until {coupon.ends_at:%Y-%m-%d %H:%M} UTC.")
    else:
        console.print(
            f"It waits: timonel coupon approve {coupon.code} "
            f"--company {coupon.company_id}"
        )


def _url(company: str) -> str:
    url = open_database(Settings.from_environment())
    load_company(url, company)
    return url
