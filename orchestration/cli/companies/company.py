"""`timonel company`: the tenants of the platform."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.cli.companies.company_lab import lab
from orchestration.cli.companies.company_logo import logo
from orchestration.cli.companies.company_targets import target, targets
from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    number_of,
    plain_errors,
    print_rows,
    print_table,
    step,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import (
    Company,
    add_company,
    list_companies,
    load_company,
)
from orchestration.lib.tenancy.company_removal import remove_company
from orchestration.lib.tenancy.company_settings import (
    CompanySettings,
    change_settings,
    lacks_margin,
    load_plans,
    load_settings,
)
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]


class PredictionCadence(StrEnum):
    """How often predictions are published."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Plan(StrEnum):
    """Which pages of Metabase a company's people may open."""

    BASIC = "basic"
    PRO = "pro"
    COMMUNITY = "community"
    SAAS = "saas"
    WEBINARS = "webinars"
    FULL = "full"


app = typer.Typer(no_args_is_help=True, help="The companies the platform works for.")


@app.command()
def add(
    company_id: Annotated[
        str, typer.Argument(help="Lower-case letters, digits and underscores.")
    ],
    name: Annotated[str | None, typer.Option(help="As people write it.")] = None,
    currency: Annotated[
        str, typer.Option(help="ISO 4217 code of the currency it reports in.")
    ] = "EUR",
    time_zone: Annotated[
        str, typer.Option(help="IANA time zone that decides an order's date.")
    ] = "Europe/Madrid",
) -> None:
    """Add a company and the read role that sees only its rows."""
    company = Company(company_id, name or company_id, currency.upper(), time_zone)
    with plain_errors():
        added = add_company(open_database(Settings.from_environment()), company)
    console.print(
        f"Added [bold]{company_id}[/bold]. Next: timonel connect files PATH "
        f"--company {company_id}"
        if added
        else f"[bold]{company_id}[/bold] was there already."
    )


@app.command("list")
def list_(form: FormatOption = Format.table) -> None:
    """List the companies."""
    with plain_errors():
        url = open_database(Settings.from_environment())
        companies, plans = list_companies(url), load_plans(url)
    rows = [
        {
            "company": company.company_id,
            "name": company.name,
            "currency": company.currency_code,
            "time_zone": company.time_zone,
            "plan": plans[company.company_id],
        }
        for company in companies
    ]
    print_table(rows, form, "No company yet. Add one: timonel company add my_shop")


@app.command()
def remove(
    company_id: Annotated[str, typer.Argument(help="Which one.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a company with every row of it. There is no way back.

    What is being read, built or predicted of it is waited for; a run that goes on
    afterwards ends by saying that the company is gone.
    """
    with plain_errors():
        url = open_database(Settings.from_environment())
        name = load_company(url, company_id).name
        if not yes:
            typer.confirm(f"Delete every row of {name} ({company_id})?", abort=True)
        with step(f"Removing {company_id}, after what is running of it"):
            deleted = remove_company(url, company_id)
    console.print(
        f"{sum(deleted.values()):,} rows of {len(deleted)} tables are gone. Files and "
        "backups outside the database are not touched."
    )


@app.command()
def show(
    company_id: Annotated[str, typer.Argument(help="Whose settings.")],
    form: FormatOption = Format.table,
) -> None:
    """Show the settings of a company."""
    with plain_errors():
        url = open_database(Settings.from_environment())
        settings = load_settings(url, company_id)
    if form is Format.table:
        _print(settings)
    else:
        print_rows([asdict(settings)], form)


@app.command("set")
def set_(
    company_id: Annotated[str, typer.Argument(help="Whose settings.")],
    *,
    revenue_includes_tax: Annotated[
        bool | None,
        typer.Option(
            help="Whether taxes are part of net revenue. First: no, where told."
        ),
    ] = None,
    revenue_includes_shipping: Annotated[
        bool | None,
        typer.Option(help="Whether shipping is part of net revenue. First: no."),
    ] = None,
    counts_free_orders: Annotated[
        bool | None,
        typer.Option(
            help="Whether an order at 0 is a purchase. First: no, as exchanges and "
            "replacements are not."
        ),
    ] = None,
    cart_idle_hours: Annotated[
        int | None, typer.Option(help="After which a cart is abandoned.")
    ] = None,
    inactivity_days: Annotated[
        int | None, typer.Option(help="After which a customer is inactive.")
    ] = None,
    at_risk_threshold: Annotated[
        str | None, typer.Option(help="Probability (0-1) of no purchase.")
    ] = None,
    critical_threshold: Annotated[
        str | None, typer.Option(help="Probability (0-1) of no purchase.")
    ] = None,
    gross_margin_rate: Annotated[
        str | None, typer.Option(help="Share (0-1) of net revenue; none to forget it.")
    ] = None,
    shipping_cost_per_order: Annotated[
        str | None,
        typer.Option(help="Money, beyond what its customer pays; none to forget it."),
    ] = None,
    payment_fee_rate: Annotated[
        str | None,
        typer.Option(help="Share (0-1) of all whose fee no file tells; none drops it."),
    ] = None,
    payment_fee_per_order: Annotated[
        str | None,
        typer.Option(help="Money besides that share; none to forget it."),
    ] = None,
    value_penalizer: Annotated[
        str | None,
        typer.Option(
            help="Of the customer value models (0-1), as lifetimes' penalizer_coef. "
            "First: 0. What it costs is told beside its backtests."
        ),
    ] = None,
    prediction_cadence: Annotated[
        PredictionCadence | None,
        typer.Option(help="How often predictions and mix are published. First: daily."),
    ] = None,
    is_read_hourly: Annotated[
        bool | None,
        typer.Option(
            "--hourly/--no-hourly",
            help="Whether orders and ads are read within the hour.",
        ),
    ] = None,
    is_read_tactically: Annotated[
        bool | None,
        typer.Option(
            "--tactical/--no-tactical",
            help="Whether orders are read every 2 minutes, which costs calls.",
        ),
    ] = None,
    plan: Annotated[
        Plan | None,
        typer.Option(help="Which pages of Metabase its people may open. First: pro."),
    ] = None,
    is_operator: Annotated[
        bool | None,
        typer.Option(
            "--operator/--no-operator",
            help="Whether it runs the platform, and is told of failed logins there.",
        ),
    ] = None,
) -> None:
    """Change settings of a company; what is left out stays."""
    changes: dict[str, bool | int | str | Decimal | None] = {
        "revenue_includes_tax": revenue_includes_tax,
        "revenue_includes_shipping": revenue_includes_shipping,
        "counts_free_orders": counts_free_orders,
        "cart_idle_hours": cart_idle_hours,
        "inactivity_days": inactivity_days,
        "at_risk_threshold": _number("at_risk_threshold", at_risk_threshold),
        "critical_threshold": _number("critical_threshold", critical_threshold),
        "value_penalizer": _number("value_penalizer", value_penalizer),
        "prediction_cadence": prediction_cadence and prediction_cadence.value,
        "is_read_hourly": is_read_hourly,
        "is_read_tactically": is_read_tactically,
        "plan": plan and plan.value,
        "is_operator": is_operator,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    changes |= _forgettable(
        gross_margin_rate=gross_margin_rate,
        shipping_cost_per_order=shipping_cost_per_order,
        payment_fee_rate=payment_fee_rate,
        payment_fee_per_order=payment_fee_per_order,
    )
    if not changes:
        raise fail("Say what to change. What can be: timonel company set --help")
    with plain_errors():
        url = open_database(Settings.from_environment())
        settings = change_settings(url, company_id, **changes)
    _print(settings)
    if lacks_margin(settings):
        console.print("Advice counts costs of orders once --gross-margin-rate is told")
    if "plan" in changes:
        console.print(
            "The plan opens and closes pages at the next timonel metabase apply"
        )
    if set(changes) - {"plan", "is_operator"}:
        console.print(
            f"Counts from the next run on: timonel run --company {company_id}"
        )


app.command()(target)
app.command()(targets)
app.command()(lab)
app.command()(logo)


def _number(name: str, text: str | None) -> Decimal | None:
    """What was written after an option, named as its setting; None of nothing."""
    return None if text is None else number_of(f"--{name.replace('_', '-')}", text)


def _forgettable(**told: str | None) -> dict[str, Decimal | None]:
    """Settings that were told, None of those to forget."""
    return {
        name: None if text.lower() == "none" else _number(name, text)
        for name, text in told.items()
        if text is not None
    }


def _print(settings: CompanySettings) -> None:
    rows = [
        {"setting": name, "value": "not told" if value is None else value}
        for name, value in asdict(settings).items()
    ]
    print_table(rows, Format.table)
