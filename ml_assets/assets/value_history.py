"""Month ends that nobody predicted, predicted from what was known then, and graded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import pandas as pd
import psycopg

from ml_assets.assets.forecast_ledger import grade_due_forecasts, read_backtests
from ml_assets.assets.many_rows import read_many
from ml_assets.assets.prediction_inputs import (
    PURCHASES,
    identify,
    read_last_published,
    read_sources,
)
from ml_assets.assets.prediction_tables import write_valuation
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.fit_identity import data_hash
from ml_assets.clv.purchases import purchase_days
from ml_assets.clv.rolling import log_hash
from ml_assets.clv.summaries import summarise_purchases
from ml_assets.clv.valuation import (
    Evidence,
    MartTotals,
    ValuationSettings,
    value_customers,
)
from orchestration.lib.tenancy.companies import Company

__all__ = ["Replayed", "read_purchases_known", "replayed"]


@dataclass(frozen=True)
class Replayed:
    """A month end, how many forecasts were due by it, and why nothing is told of it."""

    as_of_date: dt.date
    graded_count: int = 0
    reason: str = ""

    def __str__(self) -> str:
        """For the log of a run."""
        said = self.reason or f"published, {self.graded_count} forecasts graded"
        return f"As of {self.as_of_date}: {said}"


def replayed(
    database: psycopg.Connection,
    company: Company,
    as_of_date: dt.date,
    months: int,
    settings: ValuationSettings,
) -> Iterator[Replayed]:
    """Predict as of the month ends before a day, the oldest first, as nights would.

    Each from the purchases of `read_purchases_known`, by the models and through the
    gates of a night, but for the backtests: what is told is itself held against what
    came. Whatever passes is kept, once, and graded by the next month end at which it is
    due; none of it is in force. A month end of which something was published stays as
    it is; what a gate blocks leaves nothing behind.

    Parameters
    ----------
    months
        How many month ends, at most.
    """
    for day in reversed(_month_ends(as_of_date, months)):
        if _is_told(database, company.company_id, day):
            continue
        try:
            yield _replay(database, company, day, settings)
        except CustomerValueError as failure:
            yield Replayed(day, reason=str(failure))


def read_purchases_known(
    database: psycopg.Connection, company_id: str, day: dt.date
) -> pd.DataFrame:
    """What was bought up to a day, as it was known at its end.

    What was returned, cancelled or paid later is told as it stood: an amount is the sum
    of the entries of the order's ledger up to the day. What no source dates (that an
    order was a test, who a customer is, refunds of a file without a date) is told as it
    is now.

    Returns
    -------
    DataFrame
        A row per order: `customer_id`, `ordered_at` (datetime64), `amount` (net
        revenue in the company's currency).
    """
    values = (company_id, day, company_id, *(4 * [day]))
    return read_many(database, _KNOWN, values, PURCHASES)


def _replay(
    database: psycopg.Connection,
    company: Company,
    day: dt.date,
    settings: ValuationSettings,
) -> Replayed:
    purchases = read_purchases_known(database, company.company_id, day)
    log, _ = purchase_days(purchases, day)
    bought = purchases.rename(columns={"ordered_at": "date"})
    summaries = summarise_purchases(bought, day)
    last = bought.groupby("customer_id")["date"].max().dt.date
    summaries["last_order_date"] = last.reindex(summaries["customer_id"]).to_numpy()
    hashed = data_hash(summaries, log_hash(log))
    identity = replace(
        identify(company, day, hashed, summaries, settings), is_replayed=True
    )
    total = round(Decimal(float(purchases["amount"].sum())), 2)
    evidence = Evidence(
        mart=MartTotals(len(summaries), total),
        last=read_last_published(database, identity),
        sources=read_sources(database, company.company_id, day),
        backtests=read_backtests(database, company.company_id, []),
    )
    valuation = value_customers(log, summaries, day, settings, evidence)
    if valuation.reasons:
        return Replayed(day, reason=" ".join(valuation.reasons))
    write_valuation(database, identity, valuation)
    return Replayed(day, grade_due_forecasts(database, identity, log))


def _month_ends(day: dt.date, count: int) -> list[dt.date]:
    """The month ends before a day, the latest first."""
    ends = []
    for _ in range(count):
        day = day.replace(day=1) - dt.timedelta(days=1)
        ends.append(day)
    return ends


def _is_told(database: psycopg.Connection, company_id: str, day: dt.date) -> bool:
    row = database.execute(
        """select 1 from predictions.model_fits
        where company_id = %s and as_of_date = %s and status = 'published' limit 1""",
        (company_id, day),
    ).fetchone()
    return row is not None


# What was cancelled later may have no entries: it was worth what it was charged.
_KNOWN: Final = """
    with orders as (
        select
            orders.*,
            (orders.cancelled_at at time zone companies.time_zone)::date
                as cancelled_on,
            (orders.paid_at at time zone companies.time_zone)::date as paid_on,
            (orders.completed_at at time zone companies.time_zone)::date
                as completed_on,
            case when companies.revenue_includes_tax then 0
                else coalesce(orders.tax_amount, 0) end
            + case when companies.revenue_includes_shipping then 0
                else coalesce(orders.shipping_amount, 0) end as set_aside
        from marts.orders as orders
        inner join marts.companies as companies
            on orders.company_id = companies.company_id
        where
            orders.company_id = %s
            and orders.order_date <= %s
            and orders.customer_id is not null
            and coalesce(
                orders.exclusion_reason in ('cancelled', 'fully_refunded'), true
            )
    ),
    entries as (
        select order_id, sum(amount) as amount
        from marts.revenue_entries
        where company_id = %s and is_revenue and entry_date <= %s
        group by order_id
    ),
    known as (
        select
            orders.*,
            case
                when orders.exclusion_reason is distinct from 'cancelled'
                    then coalesce(entries.amount, 0)
                when orders.cancelled_on > %s
                    then orders.gross_revenue - orders.discount_amount
                        - orders.set_aside
                else 0
            end as amount
        from orders
        left join entries on orders.order_id = entries.order_id
        -- A shop tells what was paid: who never did never bought, unless it was
        -- delivered and is paid then.
        where
            case
                when orders.paid_on is not null
                    then least(orders.paid_on, orders.completed_on) <= %s
                when orders.source_contract = 'api'
                    then orders.exclusion_reason is distinct from 'cancelled'
                        and coalesce(orders.completed_on <= %s, true)
                else true
            end
    )
    select customer_id, order_date as ordered_at, amount::double precision as amount
    from known
    where amount > 0 or (is_purchase and net_revenue <= 0)
"""
