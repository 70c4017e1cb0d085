"""A marketplace's orders join those of every other source, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.marketplace_rows import marketplace_file, order, user
from tests.dbt_project.raw_files import Row, rates
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 12:00+00"
DONE = "2026-01-07 12:00+00"
LATER = "2026-01-05 12:09+00"


def item(order_id: str, item_id: str, price: object, **others: object) -> Row:
    """An item, as Olist tells it."""
    return {
        "order_id": order_id,
        "item_id": item_id,
        "product_id": "p",
        "price": price,
        "currency_code": "EUR",
        **others,
    }


def payment(
    order_id: str, number: int, method: str, amount: object, **others: object
) -> Row:
    """A payment, as Olist tells it."""
    return {
        "order_id": order_id,
        "payment_id": str(number),
        "method": method,
        "amount": amount,
        "currency_code": "EUR",
        **others,
    }


@pytest.fixture(scope="module")
def found(warehouse: Warehouse) -> Callable[[str, str], dict[str, Any]]:
    """Orders of two companies, their totals and payments: `found(company, order)`."""
    pair: Pair = warehouse.add_pair()
    # Olist: no totals; items with freight, payments with the interest of instalments.
    olist = {"currency_code": None}
    warehouse.load(
        pair.acme,
        marketplace_file(
            "orders",
            order("items", "u1", AT, status="delivered", completed_at=DONE, **olist),
            order("paid", "u2", AT, status="shipped", **olist),
            order("nothing", "u3", AT, status="approved", **olist),
            order("unavailable", "u4", AT, status="unavailable", **olist),
            order("retried", "u5", AT, total=50, currency_code="EUR"),
            order("abroad", "u5", AT, total=10, currency_code="USD"),
            order("unpaid", "u5", AT, total=9, status="creado", paid_at=None),
        ),
        marketplace_file("users", user("u1", None, person_id="ana")),
        marketplace_file(
            "order_items",
            item("items", "1", "29.99", shipping_amount="8.72"),
            item("items", "2", "29.99", shipping_amount="8.72", quantity=2),
            item("unavailable", "1", "10.00"),
        ),
        marketplace_file(
            "payments",
            payment("items", 1, "voucher", "20.00"),
            payment("items", 2, "credit_card", "90.55"),
            payment("paid", 1, "boleto", "141.46"),
            payment("paid", 2, "visa", "500.00", status="failed"),
            payment("retried", 1, "webpay", 50, status="Rechazado"),
            payment("retried", 2, "webpay", 50, status="pagado", paid_at=LATER),
            # The same number again, and an amount that no column would hold.
            payment("retried", 2, "webpay", 1, status="pendiente"),
            payment("retried", 3, "webpay", 10**17),
            payment("abroad", 1, "visa", 10, currency_code=None),
            payment("abroad", 2, "pix", 7, currency_code="BRL", status="raro"),
            payment("never read", 1, "visa", 5),
        ),
        rates(("2026-01-05", "USD", "EUR", "0.915")),
    )
    warehouse.load(
        pair.bolt,
        marketplace_file(
            "orders",
            order("1", "u1", "2026-04-05 03:30+00", total=24990, comuna="nunoa"),
            order("2", "u1", AT, total=10000, status="Anulado", comuna="Ñuñoa"),
            order("3", "u1", AT, total=10000, cancelled_at=DONE, comuna="13120"),
            order("4", "u1", AT, total=10000, status="Reembolsado"),
            order("5", "u1", AT, total=10000, status="raro", comuna="Ñuñuoa"),
            order("6", None, AT, total=9000, discount_amount=1000, channel="Instagram"),
            order("7", "u1", AT, total=0, status="prueba"),
            order("8", "u1", AT, total=10000, status=None, completed_at=DONE),
            order("9", "u1", AT, total=1, updated_at=DONE, refunded_amount=1),
            order("10", "u1", AT, total=10000, status="Pendiente", region="RM"),
        ),
        marketplace_file(
            "payments", payment("1", 1, "webpay", 24990, currency_code="CLP")
        ),
    )
    older = order("9", "u1", AT, total=2, updated_at=AT)
    late = marketplace_file("orders", older, version=2)
    warehouse.load(pair.bolt, type(late)("late.csv", [older], 2, late.contract))
    warehouse.build(pair.acme, pair.bolt)

    def one(company: str, name: str) -> dict[str, Any]:
        company_id = getattr(pair, company)
        if name == "totals":
            query = "select * from reporting.data_quality_totals where company_id = %s"
            return warehouse.rows(query, [company_id])[0]
        if name == "payments":
            query = "select * from marts.payments where company_id = %s"
            rows = warehouse.rows(query, [company_id])
            return {row["payment_id"].removeprefix("marketplace/"): row for row in rows}
        return warehouse.orders(company_id)[f"marketplace/{name}"]

    return one


Found = Callable[[str, str], dict[str, Any]]


def test_without_a_total_an_order_is_worth_what_was_sold(found: Found) -> None:
    order_found = found("acme", "items")

    # 29.99 + 2 x 29.99, and 2 x 8.72 of shipping beside it; the payments are 3.14
    # more, for instalments.
    assert order_found["gross_revenue"] == Decimal("107.41")
    assert order_found["net_revenue"] == Decimal("89.97")
    assert order_found["shipping_amount"] == Decimal("17.44")
    assert order_found["payment_method"] == "credit_card"
    assert order_found["customer_id"] == "marketplace/ana"
    assert (order_found["status"], order_found["is_purchase"]) == ("completed", True)
    assert order_found["currency_code"] == "EUR"


def test_without_items_it_is_worth_what_was_paid(found: Found) -> None:
    assert found("acme", "paid")["net_revenue"] == Decimal("141.46")


def test_without_any_amount_it_is_no_revenue(found: Found) -> None:
    nothing = found("acme", "nothing")

    assert nothing["gross_revenue"] == 0
    assert nothing["exclusion_reason"] == "not_recognised"
    assert found("acme", "unavailable")["status"] == "cancelled"


@pytest.mark.parametrize(
    ("number", "status", "exclusion_reason", "net_revenue"),
    [
        ("1", "paid", None, 24990),
        ("2", "cancelled", "cancelled", 10000),
        ("3", "cancelled", "cancelled", 10000),
        ("4", "paid", "fully_refunded", 0),
        ("5", "pending", "not_recognised", 10000),
        ("6", "paid", "no_customer", 9000),
        ("7", "test", "test_order", 0),
        ("8", "completed", None, 10000),
        ("9", "paid", "fully_refunded", 0),
        ("10", "pending", "not_recognised", 10000),
    ],
)
def test_its_status_says_whether_it_is_revenue(
    found: Found,
    number: str,
    status: str,
    exclusion_reason: str | None,
    net_revenue: int,
) -> None:
    order_found = found("bolt", number)

    assert order_found["status"] == status
    assert order_found["exclusion_reason"] == exclusion_reason
    assert order_found["net_revenue"] == net_revenue


def test_a_comuna_is_known_with_or_without_its_accents(found: Found) -> None:
    codes = [found("bolt", number)["comuna_code"] for number in ("1", "2", "3", "5")]

    assert codes == ["13120", "13120", "13120", None]
    assert found("bolt", "10")["region_code"] == "13"


def test_what_is_not_known_is_counted(found: Found) -> None:
    totals = found("bolt", "totals")

    assert totals["unknown_comuna_order_count"] == 1
    assert totals["unknown_status_order_count"] == 1
    assert totals["order_count"] == 10


def test_the_hour_that_comes_twice_belongs_to_the_day_before(found: Found) -> None:
    # 23:30 for the second time: Santiago put its clocks back at midnight.
    assert found("bolt", "1")["order_date"] == date(2026, 4, 4)


def test_discounts_are_on_top_of_the_total_and_channels_have_one_name(
    found: Found,
) -> None:
    order_found = found("bolt", "6")

    assert order_found["gross_revenue"] == 10000
    assert order_found["channel_id"] == "organic_social"


def test_payments_are_those_of_the_file_or_one_of_the_whole_order(found: Found) -> None:
    columns = ("order_id", "method", "status", "amount", "currency_code")
    payments = {
        payment_id: tuple(row[column] for column in columns)
        for payment_id, row in found("acme", "payments").items()
    }

    def of(order_id: str, *values: object) -> tuple[object, ...]:
        return (f"marketplace/{order_id}", *values)

    assert payments == {
        "items/1": of("items", "voucher", "succeeded", 20, "EUR"),
        "items/2": of("items", "credit_card", "succeeded", Decimal("90.55"), "EUR"),
        "paid/1": of("paid", "boleto", "succeeded", Decimal("141.46"), "EUR"),
        "paid/2": of("paid", "visa", "failed", 500, "EUR"),
        "nothing": of("nothing", None, "succeeded", 0, "EUR"),
        "unavailable": of("unavailable", None, "succeeded", 10, "EUR"),
        "retried/1": of("retried", "webpay", "failed", 50, "EUR"),
        "retried/2": of("retried", "webpay", "succeeded", 50, "EUR"),
        "retried/2#2": of("retried", "webpay", "pending", 1, "EUR"),
        # 10 x 0.915, by the rate of the order; what is not in its money stays.
        "abroad/1": of("abroad", "visa", "succeeded", Decimal("9.15"), "EUR"),
        "abroad/2": of("abroad", "pix", "pending", 7, "BRL"),
    }


def test_a_payment_without_a_time_has_its_orders_only_if_it_succeeded(
    found: Found,
) -> None:
    times = {
        payment_id: row["paid_at"] and row["paid_at"].astimezone(UTC).isoformat()
        for payment_id, row in found("acme", "payments").items()
    }

    at = "2026-01-05T12:00:00+00:00"
    assert (times["items/1"], times["nothing"]) == (at, at)
    assert times["retried/2"] == "2026-01-05T12:09:00+00:00"
    assert (times["retried/1"], times["retried/2#2"]) == (None, None)


def test_payments_of_one_company_are_not_those_of_the_other(found: Found) -> None:
    payments = found("bolt", "payments")

    assert payments["1/1"]["amount"] == 24990
    assert "1" not in payments
    assert payments["6"]["amount"] == 9000
    assert set(payments) == {"1/1", *(str(number) for number in range(2, 11))}
