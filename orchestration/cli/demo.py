"""`timonel demo`: the main job on example companies, or on a file of your own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer

from orchestration.cli.connect import parse_settings
from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.cli.dashboard import show
from orchestration.cli.summary import print_summary
from orchestration.lib.companies import (
    Company,
    add_company,
    list_companies,
    set_currency,
    slug,
)
from orchestration.lib.connections import (
    add_connection,
    files_connection,
    remove_connection,
)
from orchestration.lib.dashboards import render
from orchestration.lib.database import connect, has_reporting, open_database
from orchestration.lib.runs import has_succeeded
from orchestration.lib.settings import Settings

if TYPE_CHECKING:
    from orchestration.cli.refresh import Refresher

__all__ = ["demo"]

_EXAMPLES = (
    Company("cdnow", "CDNOW (published purchase log)", "USD", "America/New_York"),
    Company("tienda_norte", "Tienda Norte (simulated shop)", "EUR", "Europe/Madrid"),
)


def demo(
    orders: Annotated[
        Path | None,
        typer.Option(help="A Shopify orders export or purchase log of your own."),
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="Its company. Default: named after the file.")
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(help="Its currency. Default: the file's, else EUR."),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(help="Its time zone, for dates without an offset. Default: UTC."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Predict as of this date. Default: the last day in the file.",
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            help="How to read the file, as name=value: columns.customer_id=Buyer, "
            "date_format=DD/MM/YYYY, delimiter=; and so on; repeat for more."
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Show the page in the browser.")
    ] = True,
) -> None:
    """Run the main job from source to dashboard, and say what it found.

    Without --orders two example companies are used whose true answers are known.
    Running it again repeats nothing that has not changed.
    """
    import dagster as dg

    from orchestration.cli.refresh import PhaseFailed, Refresher

    settings = Settings.from_environment()
    with plain_errors():
        if orders is not None and not orders.exists():
            raise FileNotFoundError(
                f"There is no file {orders}. Give the path of a Shopify orders export "
                "or of a purchase log with customer, date and amount."
            )
        with step("Opening the database"):
            url = open_database(settings)
        truth = {} if orders else _deliver_examples(url, settings)
        companies = (
            [_own_company(url, orders, company, currency, time_zone, setting)]
            if orders
            else list(_EXAMPLES)
        )
    refresher = Refresher(settings, url)
    blocked: list[str] = []
    loaded: list[str] = []
    for each in companies:
        console.print(f"\n[bold]{each.name}[/bold]")
        try:
            _load(url, refresher, each, orders)
            loaded.append(each.company_id)
            is_open = orders is not None and currency is None
            # Once it has worked, a company's settings are its own affair.
            is_open = is_open and not has_succeeded(url, each.company_id)
            if (
                is_open
                and (found := _currency_of_files(url, each)) != each.currency_code
            ):
                set_currency(url, each.company_id, found)
                each = replace(each, currency_code=found)  # noqa: PLW2901
                # How amounts are written depends on the currency.
                refresher.load(each, f"Reading again, in {found}")
            told = truth.get(each.company_id, {})
            day = as_of.date() if as_of else _as_of_date(url, each, told)
            refresher.compute(each, day)
        except (PhaseFailed, psycopg.Error, dg.DagsterError) as failure:
            blocked.append(f"{each.name}: {failure}")
            continue
        print_summary(url, each, told)
    if loaded and has_reporting(url):
        page = settings.home / "dashboards" / "clientes.html"
        with plain_errors(), step("Rendering the dashboard"):
            render(url, loaded, page)
        console.print(f"\nDashboard   [bold]{page}[/bold]", soft_wrap=True)
        console.print("Dagster UI  make dev")
        if open_page:
            show(page)
    if blocked:
        raise fail("\n".join(blocked) + _how_to_set(blocked))


def _deliver_examples(url: str, settings: Settings) -> dict[str, Any]:
    """Have the example sources deliver their files; return the known answers."""
    folder = settings.home / "demo"
    with step("Two example sources deliver their files"):
        delivery = subprocess.run(
            [sys.executable, "-m", "taps.sandbox", "export", str(folder)],
            check=False,
            capture_output=True,
            text=True,
        )
    if delivery.returncode:
        raise fail(f"The examples could not be written: {delivery.stderr.strip()}")
    for company in _EXAMPLES:
        add_company(url, company)
        path = folder / company.company_id
        add_connection(url, files_connection(company.company_id, path))
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
    return truth


def _how_to_set(complaints: list[str]) -> str:
    """How a tap's setting is given here, if a complaint asks for one."""
    if not any("setting" in complaint for complaint in complaints):
        return ""
    return (
        "\nSettings are given as --setting name=value, such as --setting "
        'columns.customer_id=Buyer (with make: SETTING="columns.customer_id=Buyer").'
    )


def _load(
    url: str, refresher: Refresher, company: Company, orders: Path | None
) -> None:
    """Load; a file that is refused at its first try does not stay connected."""
    from orchestration.cli.refresh import PhaseFailed

    try:
        refresher.load(company)
    except PhaseFailed:
        if orders is not None and not has_succeeded(url, company.company_id):
            name = files_connection(company.company_id, orders).connection_id
            remove_connection(url, company.company_id, name)
        raise


def _own_company(
    url: str,
    orders: Path,
    name: str | None,
    currency: str | None,
    time_zone: str | None,
    setting: list[str] | None,
) -> Company:
    """The company of a file of one's own, added if it is new.

    Raises
    ------
    InvalidCompany
        It exists with another currency or time zone than asked for.
    """
    company_id = slug(name or orders.stem)
    known = {each.company_id: each for each in list_companies(url)}
    company = known.get(
        company_id, Company(company_id, name or orders.stem, "EUR", "UTC")
    )
    company = replace(
        company,
        currency_code=(currency or company.currency_code).upper(),
        time_zone=time_zone or company.time_zone,
    )
    add_company(url, company)
    settings = parse_settings(setting or [])
    add_connection(url, files_connection(company_id, orders.absolute(), **settings))
    return company


def _currency_of_files(url: str, company: Company) -> str:
    """The currency most rows are in; the company's own if no row says."""
    with connect(url, "transformer") as database:
        row = database.execute(
            """select currency_code from (
                select company_id, currency_code from raw_files.purchases
                union all
                select company_id, currency_code from raw_files.shopify_order_lines
            ) as orders
            where company_id = %s and currency_code is not null
            group by 1 order by count(*) desc, 1 limit 1""",
            (company.company_id,),
        ).fetchone()
    return str(row[0]) if row else company.currency_code


def _as_of_date(url: str, company: Company, truth: dict[str, Any]) -> date:
    """The date whose answer is known, else the last past day with orders.

    A mistyped date in the future does not count.
    """
    if "as_of_date" in truth:
        return date.fromisoformat(truth["as_of_date"])
    yesterday = company.last_complete_day(datetime.now(UTC))
    with connect(url, "transformer") as database:
        row = database.execute(
            """select max(day) from (
                select (purchased_at at time zone %(zone)s)::date as day
                from raw_files.purchases where company_id = %(company)s
                union all
                select (created_at at time zone %(zone)s)::date
                from raw_files.shopify_order_lines where company_id = %(company)s
            ) as orders
            where day <= %(yesterday)s""",
            {
                "company": company.company_id,
                "zone": company.time_zone,
                "yesterday": yesterday,
            },
        ).fetchone()
    return row[0] if row and row[0] else yesterday
