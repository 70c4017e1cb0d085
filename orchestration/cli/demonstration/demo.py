"""`timonel demo`: the main job on example companies, or on a file of your own."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from orchestration.cli.connecting.connect import Contract, parse_settings
from orchestration.cli.connecting.file_preview import how_to_set, understand_files
from orchestration.cli.console import console, fail, plain_errors, step
from orchestration.cli.dashboard import show
from orchestration.cli.demonstration.demo_actions import (
    tell_of_campaign,
    write_to_customers,
)
from orchestration.cli.demonstration.demo_team import keep_team
from orchestration.cli.stopping import stoppable
from orchestration.lib.connections.connections import (
    add_connection,
    files_connection,
    remove_connection,
)
from orchestration.lib.connections.file_contracts import AUTO
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import Sandbox, running_sandbox
from orchestration.lib.ingestion.webhooks.examples import deliver_example
from orchestration.lib.operations.runs import has_succeeded
from orchestration.lib.reporting.dashboards import render
from orchestration.lib.tenancy.companies import Company, add_company, set_currency
from orchestration.lib.tenancy.example_companies import (
    adopt_company,
    forget_delivered_files,
)
from orchestration.lib.tenancy.file_companies import company_of_file
from orchestration.lib.warehouse.database import connect, has_reporting, open_database
from orchestration.lib.warehouse.raw_tables import ensure_raw_tables

if TYPE_CHECKING:
    from orchestration.cli.asset_runs import SourceUnread
    from orchestration.cli.refresh import Refresher

__all__ = ["demo"]

_EXAMPLES = (
    *("cdnow", "tienda_norte", "plaza", "red_profesional", "academia_ia"),
    "cuaderno",
)

# Month ends replayed at the first run, so that forecasts have fallen due.
_HISTORY = {"tienda_norte": 6, "plaza": 6}


def demo(
    orders: Annotated[
        Path | None,
        typer.Option(
            help="Orders, payments or purchases of your own, as your shop exports them."
        ),
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
    contract: Annotated[
        Contract,
        typer.Option(help="What the file holds; auto finds out by its header."),
    ] = Contract[AUTO],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="Which column of the file is meant, as amount=Total; repeat for more."
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Show the page in the browser.")
    ] = True,
) -> None:
    """Run the main job from source to dashboard, and say what it found.

    Without --orders six example companies are used whose true answers are known.
    Their shops and advertising platforms are played by the sandbox, which is called as
    the real ones would be; a marketplace, a community of professionals, a team
    that sells by webinars and a subscription business export files. The community has
    a CRM and web analytics, too, and is told of its messages by webhook. Running it
    again repeats nothing that has not changed.
    """
    settings = Settings.from_environment()
    with stoppable("timonel demo"), plain_errors(), ExitStack() as stack:
        if orders is not None and not orders.exists():
            raise FileNotFoundError(
                f"There is no file {orders}. Give the path of a Shopify orders export "
                "or of a purchase log with customer, date and amount."
            )
        with step("Opening the database"):
            url = open_database(settings)
        sandbox: Sandbox | None = None
        if orders is None:
            with step("Starting the sandbox that plays the sources") as progress:
                sandbox = stack.enter_context(running_sandbox(settings, log=progress))
            with step("Connecting the companies, and delivering their webhooks"):
                companies = [
                    _example(url, settings, sandbox, each) for each in _EXAMPLES
                ]
        else:
            given = [*(setting or []), *(f"columns.{pair}" for pair in columns or [])]
            reading = {**parse_settings(given), "contract": contract.value}
            own = company_of_file(url, orders, company, currency, time_zone)
            connection = files_connection(own.company_id, orders.absolute(), **reading)
            # Before anything is made for it: a file may be refused.
            understand_files(own, connection)
            add_company(url, own)
            add_connection(url, connection)
            companies = [own]
        day = as_of.date() if as_of else None
        is_open = orders is not None and currency is None
        loaded, blocked = _run(settings, url, companies, orders, is_open, day, sandbox)
    if loaded and has_reporting(url):
        page = settings.home / "dashboards" / "clientes.html"
        with plain_errors(), step("Rendering the dashboard"):
            render(url, loaded, page)
        console.print(f"\nDashboard   [bold]{page}[/bold]", soft_wrap=True)
        console.print("Dagster UI  make dev")
        if orders is None:
            console.print("Sandbox     timonel sandbox start (for timonel run)")
        if open_page:
            show(page)
    if blocked:
        raise fail("\n".join(blocked) + how_to_set(blocked))


def _run(
    settings: Settings,
    url: str,
    companies: list[Company],
    orders: Path | None,
    is_open: bool,
    day: date | None,
    sandbox: Sandbox | None,
) -> tuple[list[str], list[str]]:
    """Run company by company; return those that were read, and what went wrong.

    ``is_open``: the company's currency is that of its file until it has worked once.
    """
    from orchestration.cli.alert_rules import keep_rules
    from orchestration.cli.companies.company_turns import FORESEEN, in_words
    from orchestration.cli.refresh import Refresher
    from orchestration.cli.summary import print_summary

    refresher = Refresher(settings, url)
    truth = sandbox.truth() if sandbox else {}
    blocked: list[str] = []
    loaded: list[str] = []
    for each in companies:
        console.print(f"\n[bold]{escape(each.name)}[/bold]")
        told = truth.get(each.company_id, {})
        try:
            unread = _load(url, refresher, each, orders)
            loaded.append(each.company_id)
            if is_open:
                each = _in_its_currency(url, refresher, each)  # noqa: PLW2901
            is_first = not has_succeeded(url, each.company_id)
            history = _HISTORY.get(each.company_id, 0) if is_first and told else 0
            as_of_date = day or _as_of_date(url, each, told)
            replace(refresher, history=history).compute(each, as_of_date, unread)
            keep_rules(url, each.company_id)
            if sandbox and told.get("campaign"):
                tell_of_campaign(url, refresher, each, as_of_date, told["campaign"])
                write_to_customers(url, settings, sandbox, each)
        except FORESEEN as failure:
            blocked.append(f"{each.name}: {in_words(failure)}")
            continue
        if differs := print_summary(url, each, told):
            blocked.append(f"{each.name}: {differs}")
    return loaded, blocked


def _example(
    url: str, settings: Settings, sandbox: Sandbox, company_id: str
) -> Company:
    """One of the sandbox's companies, with its connections and what webhooks tell."""
    # Empty tables first: what an older demo left may have to be deleted from them.
    ensure_raw_tables(url)
    if forget_delivered_files(url, settings, company_id):
        console.print(
            f"  {company_id} was connected to the files of an older demo. They and "
            "their rows are gone: the sandbox serves the same purchases, which would "
            "have counted twice."
        )
    company = adopt_company(url, settings, sandbox, company_id)
    deliver_example(url, settings, sandbox, company_id)
    keep_team(url, company_id, sandbox.connections()[company_id].get("team", {}))
    return company


def _in_its_currency(url: str, refresher: Refresher, company: Company) -> Company:
    """The company in the currency of its files, read again if that is another."""
    found = _currency_of_files(url, company)
    # Once it has worked, a company's settings are its own affair.
    if has_succeeded(url, company.company_id) or found == company.currency_code:
        return company
    set_currency(url, company.company_id, found)
    company = replace(company, currency_code=found)
    # How amounts are written depends on the currency.
    refresher.load(company, f"Reading again, in {found},")
    return company


def _load(
    url: str, refresher: Refresher, company: Company, orders: Path | None
) -> tuple[SourceUnread, ...]:
    """Load; a file that is refused at its first try does not stay connected."""
    from orchestration.cli.refresh import PhaseFailed

    try:
        return refresher.load(company)
    except PhaseFailed:
        if orders is not None and not has_succeeded(url, company.company_id):
            name = files_connection(company.company_id, orders).connection_id
            remove_connection(url, company.company_id, name)
        raise


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
    """The date whose answer is known, else the last past day with a purchase."""
    if "as_of_date" in truth:
        return date.fromisoformat(truth["as_of_date"])
    yesterday = company.last_complete_day(datetime.now(UTC))
    return last_purchase_day(url, company, yesterday) or yesterday


def last_purchase_day(url: str, company: Company, latest: date) -> date | None:
    """The last day up to the latest on which something was bought and paid.

    Neither a return nor a mistyped date of the future is one.
    """
    with connect(url, "transformer") as database:
        row = database.execute(
            """select max(day) from (
                select (purchased_at at time zone %(zone)s)::date as day
                from raw_files.purchases
                where
                    company_id = %(company)s
                    and amount > 0
                    and coalesce(status, 'paid')
                        in ('paid', 'partially_refunded', 'refunded')
                union all
                select (created_at at time zone %(zone)s)::date
                from raw_files.shopify_order_lines where company_id = %(company)s
            ) as orders
            where day <= %(latest)s""",
            {
                "company": company.company_id,
                "zone": company.time_zone,
                "latest": latest,
            },
        ).fetchone()
    return row[0] if row else None
