"""`timonel media`: what people tell the media mix."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    number_of,
    plain_errors,
    print_rows,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.media_settings import (
    BudgetLimit,
    LiftTest,
    MediaSettings,
    add_lift_test,
    load_media_settings,
    remove_lift_test,
    set_budget_limit,
    set_targets,
)
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="What the media mix is told: experiments, limits of budgets, targets.",
)

_Company = Annotated[str, typer.Option(help="Whose settings.")]


@app.command()
def show(company: _Company, form: FormatOption = Format.table) -> None:
    """Show all that the media mix of a company was told."""
    with plain_errors():
        settings = load_media_settings(_url(), company)
    if form is Format.table:
        _print(settings)
    else:
        print_rows([asdict(settings)], form)


@app.command("lift-test")
def lift_test(
    name: Annotated[str, typer.Argument(help="A name; the same again replaces it.")],
    company: _Company,
    channel: Annotated[str, typer.Option(help="Such as meta_ads.")],
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")],
    end: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day.")],
    lift: Annotated[str, typer.Option(help="What the spend brought, of all its days.")],
    error: Annotated[str, typer.Option(help="Standard error of the lift.")],
    outcome: Annotated[
        str, typer.Option(help="revenue, orders or value_12m.")
    ] = "revenue",
) -> None:
    """Enter an experiment: what came only because of a channel's spend."""
    test = LiftTest(
        name,
        channel,
        outcome,
        start.date(),
        end.date(),
        number_of("--lift", lift),
        number_of("--error", error),
    )
    with plain_errors():
        add_lift_test(_url(), company, test)
    _say_when(company)


@app.command("remove-lift-test")
def remove(
    name: Annotated[str, typer.Argument(help="The experiment's name.")],
    company: _Company,
) -> None:
    """Remove an experiment."""
    with plain_errors():
        if not remove_lift_test(_url(), company, name):
            raise fail(f"{company} has no experiment {name}.")
    _say_when(company)


@app.command()
def limit(
    channel: Annotated[str, typer.Argument(help="Such as meta_ads.")],
    company: _Company,
    least: Annotated[str | None, typer.Option(help="Least in 30 days.")] = None,
    most: Annotated[str | None, typer.Option(help="Most in 30 days.")] = None,
    change: Annotated[
        str | None, typer.Option(help="Share it may move, such as 0.3 (the default).")
    ] = None,
) -> None:
    """Set what a channel may get in recommendations; without options, as it was."""
    told = BudgetLimit(
        channel,
        *(
            None if text is None else number_of(f"--{name}", text)
            for name, text in (("least", least), ("most", most), ("change", change))
        ),
    )
    with plain_errors():
        set_budget_limit(_url(), company, told)
    _say_when(company)


@app.command()
def target(
    company: _Company,
    value_to_cost: Annotated[
        float, typer.Option(help="How often a customer's value covers its cost.")
    ] = 3.0,
    marginal_return: Annotated[
        float, typer.Option(help="What the last unit spent should bring.")
    ] = 1.0,
) -> None:
    """Set what a company calls good: value by cost, and the last unit's return."""
    with plain_errors():
        set_targets(_url(), company, value_to_cost, marginal_return)
    _say_when(company)


def _url() -> str:
    return open_database(Settings.from_environment())


def _say_when(company: str) -> None:
    console.print(f"Counts from the next run on: timonel run --company {company}")


def _print(settings: MediaSettings) -> None:
    tests = Table(_uncut("experiment"), "channel", "outcome", "days", "lift", "error")
    for test in settings.lift_tests:
        tests.add_row(
            escape(test.lift_test_id),
            escape(test.channel_id),
            test.outcome_unit,
            f"{test.start_date} to {test.end_date}",
            f"{test.lift:,}",
            f"{test.lift_error:,}",
        )
    limits = Table(_uncut("channel"), "least in 30 days", "most", "change")
    for one in settings.limits:
        told = (one.minimum_spend, one.maximum_spend, one.maximum_change)
        written = ("" if value is None else f"{value:,}" for value in told)
        limits.add_row(escape(one.channel_id), *written)
    console.print(tests if settings.lift_tests else "No experiment.")
    console.print(limits if settings.limits else "No limit: ±30 % of what is spent.")
    console.print(
        f"Value by cost of a customer: {settings.value_to_cost_target:g}. "
        f"Return of the last unit spent: {settings.marginal_return_target:g}."
    )


def _uncut(name: str) -> Column:
    """A column of what a person types next."""
    return Column(name, no_wrap=True, overflow="fold")
