"""What the value models read of the marts."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import psycopg
import pytest

from ml_assets.assets.prediction_inputs import (
    read_mart_totals,
    read_purchases,
    read_sources,
    read_summaries,
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

SUMMARIES = """
    create table marts.customer_summaries as
    select 'acme' as company_id, 'c' || number as customer_id,
        date '2026-06-30' as as_of_date, 'EUR' as currency_code,
        date '2026-06-01' as last_order_date, 1 as order_count, 0 as frequency,
        0 as recency_days, 29 as age_days,
        nullif(number, 1)::numeric(24, 8) as monetary_value,
        10.01::numeric(18, 2) as historic_value
    from generate_series(1, 5) as number
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


def test_every_summary_is_given_and_what_is_null_stays_nothing(
    database_url: str,
) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(SUMMARIES)

        acme = read_summaries(database, "acme")
        bolt = read_summaries(database, "bolt")

    assert acme["customer_id"].to_list() == ["c1", "c2", "c3", "c4", "c5"]
    assert acme["monetary_value"].isna().to_list() == [True, *[False] * 4]
    assert acme["historic_value"].to_list() == [10.01] * 5
    assert set(acme["as_of_date"]) == {dt.date(2026, 6, 30)}
    assert acme["last_order_date"].max() == dt.date(2026, 6, 1)
    assert bolt.empty
    assert bolt.columns.equals(acme.columns)
    assert pd.api.types.is_float_dtype(bolt["historic_value"])


def test_ids_are_read_as_they_are_written(database_url: str) -> None:
    ids = ["", '"', "007", "1e5", "NULL", "a,b", "ana%s{0}", "dos\nlíneas", "ñ"]
    with psycopg.connect(database_url) as database:
        database.execute(PURCHASES)
        for each in [*ids, None]:
            database.execute(
                """insert into marts.orders
                values ('dot', %s, '2026-06-01', 0.1::numeric + 0.2, true)""",
                [each],
            )

        found = read_purchases(database, "dot", dt.date(2026, 6, 30))

    assert found["customer_id"].isna().sum() == 1
    assert sorted(found["customer_id"].dropna()) == ids
    assert set(found["amount"]) == {0.3}
    assert set(found["ordered_at"]) == {pd.Timestamp("2026-06-01")}
