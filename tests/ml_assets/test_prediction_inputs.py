"""What the value models read of the marts."""

import datetime as dt

import psycopg
import pytest

from ml_assets.assets.prediction_inputs import read_sources

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
