"""What a run found: headline, where the money went, and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal, get_currency_precision
from psycopg import Connection
from psycopg.rows import class_row, dict_row
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console
from orchestration.cli.demonstration.domain_truth import print_domain_truth
from orchestration.cli.demonstration.truth import print_truth
from orchestration.cli.findings import print_findings
from orchestration.lib.tenancy.companies import Company, reader_role
from orchestration.lib.tenancy.company_settings import sells
from orchestration.lib.warehouse.database import connect

__all__ = ["print_summary"]

_LOCALE = "en"
_SOURCES = {
    "files": "in the files",
    "marketplace": "orders in the files",
    "shop": "in the shop",
}
_REASONS = {
    "duplicate": "again in another file or source",
    "rounding": "rounded to cents",
    "no_customer": "without a customer",
    "missing_currency_rate": "in another currency without a rate",
    "converted": "change of amount by converting currencies",
    "not_recognised": "not paid",
    "cancelled": "cancelled",
    "test_order": "test orders",
    "deleted_at_source": "deleted in the shop",
    "impossible_amount": "with an amount that cannot be",
    "future_date": "dated after they were read",
    "credit_note": "credit notes, off revenue on their day",
    "nothing_sold": "of neither goods nor money",
    "fully_refunded": "fully refunded",
    "later": "after the as-of date",
    "refunds": "partly refunded",
    "excluded": "taxes and shipping that are no revenue",
}


@dataclass(frozen=True)
class _Step:
    """How many rows or orders a step of the reconciliation concerns, and how much."""

    step: str
    count: int
    total: Decimal


def print_summary(url: str, company: Company, truth: dict[str, Any]) -> str | None:
    """Print the headline numbers of one company; return why they cannot be trusted.

    Parameters
    ----------
    truth
        What is known of an example company: see ``python -m sandbox``.
        Empty for anybody else.
    """
    # The headline is read as the company's own people would read it.
    with connect(url, reader_role(company.company_id)) as database:
        headline = _row(database, "select * from reporting.customer_value_totals")
    has_none = not headline or headline["customer_count"] == 0
    if not headline or has_none or not sells(url, company.company_id):
        if truth:
            with connect(url, reader_role(company.company_id)) as database:
                return print_domain_truth(database, truth)
        if has_none:
            console.print("  No purchases up to the as-of date.")
        return None
    _print_headline(company, headline)
    with connect(url, "transformer") as database:
        differs, set_aside = _print_reconciliation(database, company)
        _print_quarantine(database, company)
    if truth:
        with connect(url, reader_role(company.company_id)) as database:
            print_truth(database, company, truth, set_aside)
            print_findings(database)
    return differs


def _print_headline(company: Company, headline: dict[str, Any]) -> None:
    expected = headline["expected_active_customer_count_90d"]
    lines = {
        "As of": str(headline["as_of_date"]),
        "Customers": _count(headline["customer_count"]),
        "Bought in the last 90 days": _count(headline["active_customer_count"]),
        "Expected to buy in the next 90": _count(expected),
        "Value so far": _money(headline["historic_value"], company),
        "Predicted value, next 12 months": _money(
            headline["predicted_value_12m"], company
        ),
    }
    table = Table(box=None, show_header=False, padding=(0, 2))
    for label, value in lines.items():
        table.add_row(label, f"[bold]{value}[/bold]")
    console.print(table)
    if headline["is_stale"]:
        reason = escape(str(headline["stale_reason"]))
        console.print(f"  [yellow]Stale:[/yellow] {reason}")


def _print_reconciliation(
    database: Connection, company: Company
) -> tuple[str | None, Decimal]:
    """Print it; return what is wrong with it, and the taxes and shipping left out."""
    # Of views there are no statistics (docs/decisions/0032).
    database.execute("set local enable_nestloop = off")
    rows = {
        step.step: step
        for step in database.cursor(row_factory=class_row(_Step))
        .execute(_RECONCILIATION, {"company": company.company_id})
        .fetchall()
    }
    table = Table(box=None, padding=(0, 2), title="Where the money went")
    table.title_justify = "left"
    for heading in ("", "rows or orders", company.currency_code):
        table.add_column(heading, justify="left" if not heading else "right")
    quarantined, predicted = rows["quarantined"], rows["predicted"]
    rest = -quarantined.total
    for step, label in _SOURCES.items():
        rest += rows[step].total
        if rows[step].count:
            table.add_row(
                label, _count(rows[step].count), _amount(rows[step].total, company)
            )
    if quarantined.count:
        table.add_row(
            "- quarantined",
            _count(quarantined.count),
            _amount(quarantined.total, company),
        )
    for step, label in _REASONS.items():
        row = rows.get(step)
        if row is not None and row.count:
            rest -= row.total
            table.add_row(f"- {label}", _count(row.count), _amount(row.total, company))
    equal = rest == predicted.total
    verdict = "[green]✓[/green]" if equal else "[red]✗ differs[/red]"
    table.add_row(
        f"= behind the predictions {verdict}",
        _count(predicted.count),
        _amount(predicted.total, company),
    )
    console.print(table)
    excluded = rows["excluded"].total if "excluded" in rows else Decimal(0)
    if equal:
        return None, excluded
    differs = (
        f"{_amount(rest, company)} {company.currency_code} of the sources should stand "
        f"behind the predictions, and {_amount(predicted.total, company)} do. Build "
        f"all of it again: timonel run --company {company.company_id} --force"
    )
    return differs, excluded


def _print_quarantine(database: Connection, company: Company) -> None:
    """Why rows were set aside, most frequent reason first, with a place to look."""
    reasons = database.execute(
        """select reason, count(*), min(location)
        from intermediate.int_quarantined_records_current
        where company_id = %s
        group by reason order by count(*) desc, reason limit 6""",
        (company.company_id,),
    ).fetchall()
    if not reasons:
        return
    table = Table(box=None, padding=(0, 2), title="Quarantined", title_justify="left")
    for heading in ("rows", "why", "for example"):
        table.add_column(heading, justify="right" if heading == "rows" else "left")
    for reason, count, location in reasons:
        table.add_row(_count(count), escape(reason), escape(location or ""))
    console.print(table)


def _row(database: Connection, query: str) -> dict[str, Any] | None:
    return database.cursor(row_factory=dict_row).execute(query).fetchone()


def _count(number: float | Decimal) -> str:
    return str(format_decimal(round(number), locale=_LOCALE))


def _amount(number: Decimal, company: Company) -> str:
    digits = get_currency_precision(company.currency_code)
    return f"{number:,.{digits}f}"


def _money(number: Decimal | None, company: Company) -> str:
    if number is None:
        return "—"
    return str(format_currency(number, company.currency_code, locale=_LOCALE))


_RECONCILIATION = """
with files as (
    select
        coalesce(sum(row_count), 0) as row_count,
        coalesce(sum(control_total), 0) as control_total,
        coalesce(sum(rejected_row_count), 0) as rejected_row_count,
        coalesce(sum(rejected_total), 0) as rejected_total
    from staging.stg_files__files
    where company_id = %(company)s and contract in ('purchases', 'shopify_orders')
),

shop as (
    select
        count(*) as order_count,
        coalesce(sum(total_price), 0) as total
    from staging.stg_shopify__orders
    where company_id = %(company)s
),

marketplace as (
    select
        count(*) as order_count,
        coalesce(sum(gross_revenue - discount_amount), 0) as total
    from intermediate.int_marketplace_orders_assembled
    where company_id = %(company)s
),

-- Negative rows of a log are in its total already.
credited as (
    select order_id, file_name, sum(refund_amount) as amount
    from intermediate.int_purchase_refunds_dated
    where company_id = %(company)s and is_row
    group by 1, 2
),

deduplicated as (
    select
        orders.order_id,
        orders.gross_revenue
        - orders.discount_amount
        - coalesce(credited.amount, 0) as charged
    from intermediate.int_orders_deduplicated as orders
    left join credited
        on
            orders.order_id = credited.order_id
            and orders.file_name = credited.file_name
    where orders.company_id = %(company)s
),

-- Looked at once: for each order anew it is orders times customers.
customers as materialized (
    select max(as_of_date) as as_of_date
    from marts.customer_summaries
    where company_id = %(company)s
),

orders as (
    select
        coalesce(
            orders.exclusion_reason,
            case
                when orders.order_date > customers.as_of_date then 'later'
                else 'counted'
            end
        ) as step,
        orders.order_id,
        orders.currency_code <> orders.original_currency_code as is_converted,
        deduplicated.charged as told,
        -- The mart shows an amount that cannot be as nothing.
        case
            when orders.exclusion_reason = 'impossible_amount'
                then deduplicated.charged
            else orders.gross_revenue - orders.discount_amount - refunds.in_file
        end as charged,
        orders.refund_amount - refunds.in_file as refund_amount,
        orders.excluded_amount
    from marts.orders
    inner join deduplicated using (order_id)
    left join credited
        on
            orders.order_id = credited.order_id
            and orders.file_name = credited.file_name
    cross join lateral (
        select
            round(
                coalesce(credited.amount * coalesce(orders.currency_rate, 1), 0), 2
            ) as in_file
    ) as refunds
    cross join customers
    where orders.company_id = %(company)s
),

unioned as (
    select
        count(*) filter (where not orders.is_moved) as order_count,
        coalesce(sum(
            orders.gross_revenue
            - orders.discount_amount
            - coalesce(credited.amount, 0)
        ), 0) as total
    from intermediate.int_orders_unioned as orders
    left join credited
        on
            orders.order_id = credited.order_id
            and orders.file_name = credited.file_name
    where orders.company_id = %(company)s
),

compared as (
    select
        is_converted,
        count(*) as order_count,
        sum(told) as told,
        sum(told - charged) as difference
    from orders
    group by is_converted
)

select 'files' as step, row_count as count, control_total as total from files
union all
select 'shop', order_count, total from shop
union all
select 'marketplace', order_count, total from marketplace
union all
select 'quarantined', rejected_row_count, rejected_total from files
union all
select
    'duplicate',
    min(unioned.order_count) - coalesce(sum(compared.order_count), 0),
    min(unioned.total) - coalesce(sum(compared.told), 0)
from unioned left join compared on true
union all
select
    case when is_converted then 'converted' else 'rounding' end,
    case when difference = 0 then 0 else order_count end,
    difference
from compared
union all
select step, count(*), sum(charged) from orders
where step <> 'counted'
group by step
union all
select 'refunds', count(*), coalesce(sum(refund_amount), 0) from orders
where step = 'counted' and refund_amount <> 0
union all
select 'excluded', count(*), coalesce(sum(excluded_amount), 0) from orders
where step = 'counted' and excluded_amount <> 0
union all
select 'predicted', coalesce(sum(order_count), 0), coalesce(sum(historic_value), 0)
from predictions.predictions_customer
where company_id = %(company)s
"""
