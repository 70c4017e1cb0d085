"""A person who asks is forgotten in every table, and nobody else is."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.lib.forgetting.erasure import forget, forget_returned
from orchestration.lib.forgetting.person import PersonUnknown
from tests.dbt_project.raw_files import RawFile, purchase, shopify_row
from tests.dbt_project.raw_shopify import customer, order
from tests.dbt_project.warehouse import Pair, Warehouse

ANA = "Ana@Example.com"


@pytest.fixture
def shops(warehouse: Warehouse, pair: Pair) -> Pair:
    """Two companies of which Ana is a customer, each beside Bea.

    At Acme, Ana (7) bought once with her account, once as a guest and once in an
    export, for 10, 20 and 40; her guest order names a second address, by which she
    wrote to a log for 80.
    """
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "customers", customer("7", ANA))
        warehouse.land(company, "customers", customer("70", "bea@example.com"))
        warehouse.land(
            company,
            "orders",
            order("1", "2026-01-05T10:00:00Z", 10, email=ANA),
            order("2", "2026-01-06T10:00:00Z", 20, customer_id=None, email=ANA.lower()),
            order("3", "2026-01-07T10:00:00Z", 5, customer_id="70"),
        )
    warehouse.load(
        pair.acme,
        RawFile(
            "export.csv",
            [shopify_row("9", "2026-01-08T10:00:00Z", 40, email=ANA)],
            contract="shopify_orders",
        ),
        RawFile("log.csv", [purchase(f" {ANA}", "2026-01-09T10:00:00Z", 80)]),
    )
    warehouse.execute(
        """insert into ops.quarantined_records
            (company_id, source, stream, record_hash, reason, record)
        values (%s, 'files', 'purchases', 'h', 'no date', %s)""",
        [pair.acme, '{"buyer": "ANA@example.com"}'],
    )
    return pair


def _revenue(warehouse: Warehouse, company_id: str) -> tuple[object, object]:
    (row,) = warehouse.rows(
        """select sum(net_revenue) as net, count(distinct customer_id) as customers
        from marts.orders where company_id = %s""",
        [company_id],
    )
    return row["net"], row["customers"]


def _holding(warehouse: Warehouse, company_id: str, text: str) -> list[str]:
    """Tables with the text anywhere in a row of the company: dumped, then read."""
    tables = warehouse.rows(
        """select table_schema as s, table_name as t from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where column_name = 'company_id' and table_type = 'BASE TABLE'"""
    )
    return [
        f"{table['s']}.{table['t']}"
        for table in tables
        if any(
            text in str(row).lower()
            for row in warehouse.rows(
                f'select * from "{table["s"]}"."{table["t"]}" where company_id = %s',
                [company_id],
            )
        )
    ]


def test_a_forgotten_customer_is_in_no_table_of_the_company(
    warehouse: Warehouse, shops: Pair
) -> None:
    warehouse.build(shops.acme, shops.bolt)
    assert len(_holding(warehouse, shops.acme, "ana@example.com")) >= 4

    done = forget(warehouse.url, shops.acme, "ana@example.com")

    assert done.rows["raw_shopify.orders"] == 2
    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert _holding(warehouse, shops.acme, "'shopify/7'") == []
    assert _holding(warehouse, shops.bolt, "ana@example.com") != []

    warehouse.build(shops.acme)

    # 10 + 20 + 40 + 80 of Ana stay revenue, of nobody; Bea is as she was.
    assert _revenue(warehouse, shops.acme) == (155, 1)
    assert _revenue(warehouse, shops.bolt) == (35, 2)
    assert _holding(warehouse, shops.acme, "ana@example.com") == []


def test_she_is_found_by_the_customer_id_of_marts(
    warehouse: Warehouse, shops: Pair
) -> None:
    forget(warehouse.url, shops.acme, "shopify/7")

    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert _holding(warehouse, shops.acme, "bea@example.com") != []


def test_who_comes_back_is_forgotten_again(warehouse: Warehouse, shops: Pair) -> None:
    forget(warehouse.url, shops.acme, ANA)
    warehouse.land(shops.acme, "customers", customer("7", ANA))
    warehouse.land(
        shops.acme, "orders", order("4", "2026-02-01T10:00:00Z", 9, email=ANA)
    )

    assert forget_returned(warehouse.url, shops.acme) == 1

    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert forget_returned(warehouse.url, shops.acme) == 0
    assert forget_returned(warehouse.url, shops.bolt) == 0


def test_a_stranger_is_refused_and_nothing_changes(
    warehouse: Warehouse, shops: Pair
) -> None:
    with pytest.raises(PersonUnknown, match=r"Nobody at .* is known by that"):
        forget(warehouse.url, shops.acme, "nobody@example.com")

    assert _holding(warehouse, shops.acme, "ana@example.com") != []


def test_readers_cannot_see_who_was_forgotten(
    warehouse: Warehouse, shops: Pair
) -> None:
    forget(warehouse.url, shops.acme, ANA)
    role = warehouse.add_reader(shops.acme)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows("select * from ops.forgotten_people", role=role)
