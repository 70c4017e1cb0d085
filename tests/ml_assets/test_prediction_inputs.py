"""What the value models read of the marts."""

import datetime as dt
from decimal import Decimal

import psycopg
import pytest

from ml_assets.assets.prediction_inputs import (
    read_mart_totals,
    read_purchases,
    read_sources,
)
from ml_assets.clv.valuation import MartTotals

ORDERS = """
    create table marts.orders (
        company_id text, source_slug text, source_contract text, order_date date,
        is_purchase boolean
    );
    insert into marts.orders values
        ('acme', 'shopify', 'orders', '2026-06-28', true),
        ('acme', 'shopify', 'orders', '2026-05-20', true),
        ('acme', 'shopify', 'orders', '2026-07-02', true),
        ('acme', 'files', 'purchases', '2026-05-25', true),
        -- Ninety days before the last of its source, which are no longer counted.
        ('acme', 'files', 'purchases', '2026-02-24', true),
        ('acme', 'files', 'purchases', '2026-06-29', false),
        ('bolt', 'files', 'purchases', '2026-06-30', true)
"""

# Both companies know a customer 7; of acme only the first two lines count.
PURCHASES = """
    create table marts.orders (
        company_id text, customer_id text, order_date date, net_revenue numeric,
        is_purchase boolean
    );
    insert into marts.orders values
        ('acme', '7', '2026-06-01', 10, true),
        ('acme', '7', '2026-06-01', 5, true),
        ('acme', '7', '2026-06-01', 100, false),
        ('acme', '8', '2026-07-01', 200, true),
        ('bolt', '7', '2026-06-01', 1000, true),
        ('bolt', '9', '2026-06-02', 2000, true)
"""


def test_each_source_has_its_last_purchase_and_its_share_of_the_days_before(
    database_url: str,
) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(ORDERS)

        found = read_sources(database, "acme", dt.date(2026, 6, 30))

    assert found.to_dict("list") == {
        "source": ["files purchases", "shopify orders"],
        "last_order_date": [dt.date(2026, 5, 25), dt.date(2026, 6, 28)],
        "share": [pytest.approx(1 / 2), pytest.approx(2 / 3)],
    }


def test_each_company_is_given_its_own_purchases(database_url: str) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(PURCHASES)

        acme = read_purchases(database, "acme", dt.date(2026, 6, 30))
        totals = read_mart_totals(database, "acme", dt.date(2026, 6, 30))

    assert acme["customer_id"].to_list() == ["7"]
    assert acme["amount"].to_list() == [pytest.approx(15)]
    assert totals == MartTotals(1, Decimal(15))
