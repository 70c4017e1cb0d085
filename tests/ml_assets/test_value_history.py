"""Month ends predicted afterwards know nothing that came after them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import psycopg
import pytest

from ml_assets.assets.prediction_inputs import identify, read_last_published
from ml_assets.assets.value_history import read_purchases_known, replayed
from ml_assets.clv.valuation import ValuationSettings
from orchestration.lib.tenancy.companies import Company
from tests.ml_assets.clv.shops import AS_OF, shop

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
JUNE = dt.date(2026, 6, 30)
MARTS = """
    create table marts.companies (company_id text, time_zone text,
        revenue_includes_tax boolean, revenue_includes_shipping boolean);
    insert into marts.companies values
        ('acme', 'Europe/Madrid', false, false), ('bolt', 'UTC', false, false);
    create table marts.orders (company_id text, order_id text, customer_id text,
        source_slug text, source_contract text, order_date date,
        gross_revenue numeric, discount_amount numeric, tax_amount numeric,
        shipping_amount numeric, net_revenue numeric, is_purchase boolean,
        exclusion_reason text, paid_at timestamptz, cancelled_at timestamptz,
        completed_at timestamptz);
    create table marts.revenue_entries (company_id text, order_id text,
        is_revenue boolean, entry_date date, amount numeric);
"""
ORDER = """
    insert into marts.orders values (%(company)s, %(order)s, %(customer)s, 'shopify',
        'api', %(day)s, %(gross)s, 0, 2, 1, %(net)s, %(reason)s::text is null,
        %(reason)s, %(paid)s, %(cancelled)s, %(completed)s)
"""
ENTRY = "insert into marts.revenue_entries values (%s, %s, %s, %s, %s)"


def put(database: psycopg.Connection, order: str, **told: Any) -> None:
    """An order of 13 with 2 of taxes and 1 of shipping, unless it is told otherwise."""
    facts = {
        **{"company": "acme", "order": order, "customer": order, "gross": 13},
        **{"day": JUNE, "net": 10, "reason": None, "paid": None, "cancelled": None},
        "completed": None,
        **told,
    }
    database.execute(ORDER, facts)


def enter(
    database: psycopg.Connection, order: str, day: dt.date, amount: float
) -> None:
    database.execute(ENTRY, ("acme", order, True, day, amount))


def test_what_became_of_an_order_later_was_not_known(database_url: str) -> None:
    later, noon = dt.date(2026, 7, 3), dt.time(12, tzinfo=dt.UTC)
    with psycopg.connect(database_url) as database:
        database.execute(MARTS)
        # Given back after the day: in part, and whole.
        for order, refund, reason in (
            ("part", -4, None),
            ("whole", -10, "fully_refunded"),
        ):
            put(database, order, net=10 + refund, reason=reason)
            enter(database, order, JUNE, 10)
            enter(database, order, later, refund)
        # By the day already.
        put(database, "back", net=0, reason="fully_refunded")
        enter(database, "back", JUNE, 10)
        enter(database, "back", JUNE, -10)
        # A tip is no revenue.
        put(database, "tip")
        enter(database, "tip", JUNE, 10)
        database.execute(ENTRY, ("acme", "tip", False, JUNE, 3))
        put(
            database,
            "cancelled_later",
            reason="cancelled",
            paid=dt.datetime.combine(JUNE, noon),
            cancelled=dt.datetime.combine(later, noon),
        )
        put(
            database,
            "never_paid",
            reason="cancelled",
            cancelled=dt.datetime.combine(later, noon),
        )
        # Paid at the door, and the courier pays the shop later.
        for order, done in (("delivered", JUNE), ("delivered_later", later)):
            moment = dt.datetime.combine(done, noon)
            put(database, order, paid=moment + dt.timedelta(9), completed=moment)
            enter(database, order, JUNE, 10)
        put(
            database,
            "cancelled",
            reason="cancelled",
            cancelled=dt.datetime.combine(JUNE, noon),
        )
        # Midnight of Madrid is 22:00 of the day before in UTC.
        for order, hour in (("paid", 21), ("paid_later", 22)):
            paid = dt.datetime.combine(JUNE, dt.time(hour, 30, tzinfo=dt.UTC))
            put(database, order, paid=paid)
            enter(database, order, JUNE, 10)
        put(database, "tomorrow", day=later)
        enter(database, "tomorrow", later, 10)
        put(database, "test", reason="test_order")
        enter(database, "test", JUNE, 10)
        put(database, "part", company="bolt", customer="ana")
        database.execute(ENTRY, ("bolt", "part", True, JUNE, 1000))

        found = read_purchases_known(database, "acme", JUNE)

    assert dict(zip(found["customer_id"], found["amount"], strict=True)) == {
        "part": 10,
        "whole": 10,
        "tip": 10,
        "cancelled_later": 10,
        "delivered": 10,
        "paid": 10,
    }


def _open(database: psycopg.Connection, orders: pd.DataFrame) -> None:
    """A shop of these orders, each with an entry of its own."""
    database.execute(MARTS)
    for number, row in enumerate(orders.to_dict("records")):
        day, amount = row["ordered_at"].date(), round(row["amount"], 2)
        told = {"customer": row["customer_id"], "gross": amount, "net": amount}
        put(database, str(number), day=day, **told)
        enter(database, str(number), day, amount)


def _told(database: psycopg.Connection) -> dict[dt.date, str]:
    rows = database.execute(
        """select as_of_date, string_agg(fit_id || expected_orders || expected_value,
            ' ' order by horizon_days)
        from predictions.forecast_totals group by as_of_date"""
    )
    return dict(rows.fetchall())


@pytest.fixture
def orders() -> pd.DataFrame:
    return shop(3, 150, 400)


def test_what_is_told_of_a_month_end_is_the_same_whatever_came_after(
    database_url: str, orders: pd.DataFrame
) -> None:
    first = dt.date(2026, 8, 31)
    with psycopg.connect(database_url) as database:
        _open(database, orders)
        list(replayed(database, ACME, AS_OF, 3, ValuationSettings()))
        told = _told(database)
        database.rollback()
        # Another future: nobody buys, and everything that was bought is given back.
        _open(database, orders[orders["ordered_at"] <= pd.Timestamp(first)])
        database.execute(
            """update marts.orders set net_revenue = 0, is_purchase = false,
                exclusion_reason = 'fully_refunded';
            insert into marts.revenue_entries
            select company_id, order_id, true, date '2026-09-15', -amount
            from marts.revenue_entries"""
        )
        list(replayed(database, ACME, AS_OF, 3, ValuationSettings()))
        other = _told(database)

    assert sorted(told) == [first, dt.date(2026, 9, 30), dt.date(2026, 10, 31)]
    assert other == {first: told[first]}


def test_month_ends_are_told_once_graded_when_due_and_never_in_force(
    database_url: str, orders: pd.DataFrame
) -> None:
    with psycopg.connect(database_url) as database:
        _open(database, orders)

        said = list(replayed(database, ACME, AS_OF, 3, ValuationSettings()))
        again = list(replayed(database, ACME, AS_OF, 3, ValuationSettings()))

        graded = database.execute(
            """select horizon_days, as_of_date from predictions.forecast_grades
            order by as_of_date"""
        ).fetchall()
        in_force = database.execute("select 1 from predictions.predictions_customer")
        assert in_force.fetchall() == []
        # Nor the past of what is told today.
        today = identify(ACME, AS_OF, "today", pd.DataFrame(), ValuationSettings())
        assert read_last_published(database, today) is None

    assert sum(one.graded_count for one in said) == len(graded)
    assert graded == [(30, dt.date(2026, 8, 31)), (30, dt.date(2026, 9, 30))]
    assert again == []


def test_month_ends_before_the_first_order_leave_nothing(
    database_url: str, orders: pd.DataFrame
) -> None:
    with psycopg.connect(database_url) as database:
        _open(database, orders)
        early = dt.date(2025, 10, 20)

        said = list(replayed(database, ACME, early, 2, ValuationSettings()))

        fits = database.execute("select 1 from predictions.model_fits").fetchall()

    assert all(one.reason for one in said)
    assert fits == []
