"""A purchase log becomes orders: one per purchase, told by the newest file."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest

from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_lines_of_one_purchase_are_one_order(warehouse: Warehouse, pair: Pair) -> None:
    lines = [
        purchase(None, "2026-01-05 10:00+00", "10.10", purchase_id="A"),
        purchase("7", "2026-01-05 09:00+00", "5.05", purchase_id="A"),
        purchase("8", "2026-01-05 11:00+00", "1.00", purchase_id="A"),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", lines))

    warehouse.build(pair.acme, only=["orders"])

    (order,) = warehouse.orders(pair.acme).values()
    assert order["order_id"] == "purchases/A"
    assert order["customer_id"] == "7"
    assert order["net_revenue"] == Decimal("16.15")
    assert order["ordered_at"].isoformat() == "2026-01-05T09:00:00+00:00"
    assert (order["file_name"], order["line_number"]) == ("log.csv", 2)


def test_lines_without_a_purchase_id_are_an_order_each(
    warehouse: Warehouse, pair: Pair
) -> None:
    lines = [purchase("7", "2026-01-05 10:00+00", 10) for _ in range(2)]
    warehouse.load(pair.acme, RawFile("log.csv", lines))

    warehouse.build(pair.acme, only=["orders"])

    assert list(warehouse.orders(pair.acme)) == [
        "purchases/log.csv#2",
        "purchases/log.csv#3",
    ]


def test_two_companies_with_the_same_ids_stay_apart(
    warehouse: Warehouse, pair: Pair
) -> None:
    theirs = purchase("7", "2026-01-05 02:00+00", 10, purchase_id="A")
    warehouse.load(pair.acme, RawFile("log.csv", [theirs]))
    warehouse.load(pair.bolt, RawFile("log.csv", [{**theirs, "currency_code": "CLP"}]))

    warehouse.build(pair.acme, pair.bolt, only=["orders"])

    (acme,), (bolt,) = (warehouse.orders(c).values() for c in (pair.acme, pair.bolt))
    assert (acme["currency_code"], bolt["currency_code"]) == ("EUR", "CLP")
    # Two in the morning in London is still the day before in Santiago.
    assert acme["order_date"] == date(2026, 1, 5)
    assert bolt["order_date"] == date(2026, 1, 4)


def test_a_bare_date_keeps_its_day_in_every_time_zone(
    warehouse: Warehouse, pair: Pair
) -> None:
    lines = [
        # As the tap gives it with the company's zone, and with none (UTC).
        purchase("7", "2026-01-05 03:00+00", 1, is_date_only=True, currency_code="CLP"),
        purchase("7", "2026-01-05 00:00+00", 1, is_date_only=True, currency_code="CLP"),
    ]
    warehouse.load(pair.bolt, RawFile("log.csv", lines))

    warehouse.build(pair.bolt, only=["orders"])

    days = {order["order_date"] for order in warehouse.orders(pair.bolt).values()}
    assert days == {date(2026, 1, 5)}


def test_an_order_in_two_files_is_told_by_the_newer(
    warehouse: Warehouse, pair: Pair
) -> None:
    january = [
        purchase("7", "2026-01-05 10:00+00", 10, purchase_id="A"),
        purchase("7", "2026-01-06 10:00+00", 20, purchase_id="B"),
    ]
    restated = [purchase("8", "2026-01-05 10:00+00", 11, purchase_id="A")]
    warehouse.load(
        pair.acme,
        RawFile("newer.csv", restated, version=2),
        RawFile("older.csv", january, version=1),
    )

    warehouse.build(pair.acme, only=["orders"])

    orders = warehouse.orders(pair.acme)
    assert {key: order["net_revenue"] for key, order in orders.items()} == {
        "purchases/A": 11,
        "purchases/B": 20,
    }
    assert orders["purchases/A"]["customer_id"] == "8"


def test_of_files_exported_together_the_last_by_name_wins(
    warehouse: Warehouse, pair: Pair
) -> None:
    for name, amount in (("b.csv", 2), ("a.csv", 1)):
        line = purchase("7", "2026-01-05 10:00+00", amount, purchase_id="A")
        warehouse.load(pair.acme, RawFile(name, [line]))

    warehouse.build(pair.acme, only=["orders"])

    assert warehouse.orders(pair.acme)["purchases/A"]["file_name"] == "b.csv"


def test_a_corrected_file_replaces_all_it_said_before(
    warehouse: Warehouse, pair: Pair
) -> None:
    first = [
        purchase("7", "2026-01-05 10:00+00", 10),
        purchase("7", "2026-01-06 10:00+00", 20),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", first))
    warehouse.build(pair.acme, only=["orders"])

    corrected = [purchase("7", "2026-01-05 10:00+00", 12)]
    warehouse.load(pair.acme, RawFile("log.csv", corrected, version=2))
    warehouse.build(pair.acme, only=["orders"])

    orders = warehouse.orders(pair.acme)
    assert {key: order["net_revenue"] for key, order in orders.items()} == {
        "purchases/log.csv#2": 12
    }


def test_rows_of_a_version_not_yet_complete_are_not_seen(
    warehouse: Warehouse, pair: Pair
) -> None:
    whole = RawFile("log.csv", [purchase("7", "2026-01-05 10:00+00", 10)])
    partial = RawFile("half.csv", [purchase("7", "2026-01-06 10:00+00", 20)])
    warehouse.load(pair.acme, whole, partial)

    warehouse.remove(pair.acme, "half.csv")  # its rows are there, its `files` row not
    warehouse.build(pair.acme, only=["orders"])

    assert list(warehouse.orders(pair.acme)) == ["purchases/log.csv#2"]


def test_the_same_bytes_under_two_names_count_once(
    warehouse: Warehouse, pair: Pair
) -> None:
    lines = [purchase("7", "2026-01-05 10:00+00", 10)]
    warehouse.load(
        pair.acme,
        RawFile("log.csv", lines, content="same"),
        RawFile("copy.csv", lines, content="same", version=2),
    )

    warehouse.build(pair.acme, only=["orders"])

    assert list(warehouse.orders(pair.acme)) == ["purchases/copy.csv#2"]


def test_lines_in_two_currencies_do_not_add_up(
    warehouse: Warehouse, pair: Pair
) -> None:
    lines = [
        purchase("7", "2026-01-05 10:00+00", 10, purchase_id="A"),
        purchase("7", "2026-01-05 10:00+00", 10, purchase_id="A", currency_code="CLP"),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", lines))

    warehouse.build(pair.acme, only=["orders"])

    (order,) = warehouse.orders(pair.acme).values()
    assert (order["currency_code"], order["exclusion_reason"]) == (
        "XXX",
        "missing_currency_rate",
    )


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (" Ana@Example.com", _sha256("ana@example.com")),
        ("60.803.000-K", _sha256("60803000k")),
        ("+34 600 11 22 33", _sha256("34600112233")),
        (" 12345 ", "12345"),
        ("C-2024-17", "C-2024-17"),
    ],
)
def test_a_customer_named_by_an_address_is_hashed(
    warehouse: Warehouse, pair: Pair, written: str, seen: str
) -> None:
    warehouse.load(
        pair.acme, RawFile("log.csv", [purchase(written, "2026-01-05 10:00+00", 1)])
    )

    (row,) = warehouse.rows(
        "select customer_id from staging.stg_files__purchases where company_id = %s",
        [pair.acme],
    )
    assert row["customer_id"] == seen
