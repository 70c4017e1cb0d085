"""Tables of a shop's own Postgres are read as exported files are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from taps.tap_files.preview import preview
from taps.tap_files.settings import Settings
from tests.conftest import NewDatabase
from tests.taps.tap_files.conftest import Run, run_once

PASSWORD = "p4ss-77z"
TABLES = """
create schema tienda;
create table tienda.pedidos (
    id bigint primary key, cliente uuid, fecha timestamptz, monto numeric(12, 2),
    moneda text, datos jsonb
);
insert into tienda.pedidos values
    (2, '00000000-0000-0000-0000-00000000000b', '2025-01-05 23:30-03', 1234.50, 'CLP'),
    (1, '00000000-0000-0000-0000-00000000000a', '2025-01-04 10:00+00', 20, 'CLP');
create table tienda.gasto (dia date, canal text, gasto numeric(12, 2));
insert into tienda.gasto values ('2025-01-05', 'Meta', 100.5);
create table tienda.nada (a integer);
create or replace function tienda.borra() returns bigint language sql volatile
    as 'delete from tienda.pedidos returning id';
do $$ begin
    if not exists (select from pg_roles where rolname = 'solo_lee') then
        create role solo_lee login password 'p4ss-77z';
    end if;
end $$;
grant usage on schema tienda to solo_lee;
grant all on all tables in schema tienda to solo_lee;
"""


@pytest.fixture(scope="module")
def shop(new_database: NewDatabase) -> Iterator[str]:
    with new_database() as url:
        with psycopg.connect(url) as database:
            database.execute(TABLES)
        yield url


def read(url: str, state: Mapping[str, Any] | None = None, **tables: str) -> Run:
    where = url.partition("@")[2]
    config = {
        "database_url": f"postgresql://solo_lee:{PASSWORD}@{where}",
        "tables": tables,
        "time_zone": "America/Santiago",
        "currency_code": "CLP",
        "columns": {"purchase_id": "id"},
    }
    return run_once(config, state)


def test_each_table_is_read_under_the_contract_of_its_columns(shop: str) -> None:
    run = read(shop, pedidos="tienda.pedidos", gasto="tienda.gasto")

    assert (run.failures, run.rejects) == ([], {})
    told = [
        (row["purchase_id"], row["purchased_at"], row["amount"])
        for row in run.purchases
    ]
    assert told == [
        ("1", "2025-01-04T10:00:00+00:00", 20),
        ("2", "2025-01-06T02:30:00+00:00", Decimal("1234.50")),
    ]
    (spent,) = run.records("ad_spend")
    assert (spent["channel"], spent["spend"]) == ("Meta", Decimal("100.5"))
    assert {row["file_name"] for row in run.records("files")} == {"pedidos", "gasto"}


def test_what_did_not_change_is_not_loaded_again(shop: str) -> None:
    first = read(shop, pedidos="tienda.pedidos", gasto="tienda.gasto")
    with psycopg.connect(shop) as database:
        database.execute("update tienda.gasto set gasto = gasto + 1")

    second = read(shop, first.state, pedidos="tienda.pedidos", gasto="tienda.gasto")

    assert [row["file_name"] for row in second.records("files")] == ["gasto"]


def test_a_name_that_is_a_contracts_says_what_the_table_holds(shop: str) -> None:
    orders = """select id as order_id, cliente as user_id, fecha as created_at,
        'completed' as status, fecha as paid_at from tienda.pedidos"""

    run = read(shop, marketplace_orders=orders)

    assert {row["contract"] for row in run.records("files")} == {"marketplace_orders"}


def test_a_query_may_hold_colons_and_percent_signs(shop: str) -> None:
    run = read(
        shop,
        pedidos="""select id::text as id, cliente, fecha, monto, ': x' as nota
        from tienda.pedidos where moneda like 'CL%' and ': x' like '%:x' is not null""",
    )

    assert (run.failures, len(run.purchases)) == ([], 2)


def test_one_table_that_cannot_be_read_leaves_the_others(shop: str) -> None:
    run = read(shop, pedidos="tienda.pedidos", nada="tienda.nada", otra="tienda.otra")

    empty, unknown = run.failures
    assert [row["file_name"] for row in run.records("files")] == ["pedidos"]
    assert "nada: the table has no rows" in empty
    assert "otra: there is no such table, or the login may not see it" in unknown


def test_it_can_write_nothing_whatever_its_login_may(shop: str) -> None:
    run = read(shop, pedidos="select tienda.borra() as order_id")

    assert "cannot execute DELETE in a read-only transaction" in run.failures[0]
    assert len(read(shop, pedidos="tienda.pedidos").purchases) == 2


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (f"postgresql://solo_lee:{PASSWORD}@127.0.0.1:1/shop", "onnection refused"),
        (f"postgresql://nobody:{PASSWORD}@", "password authentication failed"),
        (f"oracle://solo_lee:{PASSWORD}@127.0.0.1/shop", "kind 'oracle' are not read"),
        (f"solo_lee {PASSWORD}", "the address of the database is none that is known"),
    ],
)
def test_a_database_that_does_not_answer_is_told_without_its_password(
    address: str, why: str, shop: str
) -> None:
    if address.endswith("@"):
        address += shop.partition("@")[2]
    settings = Settings.from_config(
        {"database_url": address, "tables": {"pedidos": "pedidos"}}
    )

    (failure,) = preview(settings)["failures"]

    assert why in failure
    assert PASSWORD not in failure + repr(settings)
