"""A shop in Madrid and a marketplace in Santiago with twenty orders each.

Small enough that every number of the KPI pages can be counted by hand. Times are UTC;
what matters about a row stands beside it. In 2025 Madrid leaves winter time (UTC+1) on
30 March, and Santiago leaves summer time (UTC-3) on 5 April at midnight.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.dbt_project import raw_shopify
from tests.dbt_project.marketplace_rows import (
    cart,
    marketplace_file,
    order,
    rating,
    session,
    user,
)
from tests.dbt_project.raw_files import Row
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["Shops", "build_shops"]


@dataclass(frozen=True)
class Shops:
    """The shop (acme), the marketplace (bolt), and a company without a single row."""

    pair: Pair
    idle: str


def build_shops(warehouse: Warehouse) -> Shops:
    """Load the companies' sources and build their marts."""
    pair, idle = warehouse.add_pair(), warehouse.add_pair().acme
    _load(warehouse, pair)
    warehouse.build(pair.acme, pair.bolt, idle)
    return Shops(pair, idle)


def _load(warehouse: Warehouse, pair: Pair) -> None:
    warehouse.land(pair.acme, "customers", *_SHOP_CUSTOMERS)
    warehouse.land(pair.acme, "orders", *_SHOP_ORDERS)
    warehouse.land(
        pair.acme,
        "order_refunds",
        raw_shopify.refund("1", "6", 30, created_at="2025-03-03 10:00+00"),
        raw_shopify.refund("2", "12", 120, created_at="2025-02-08 10:00+00"),
    )
    warehouse.land(pair.acme, "abandoned_checkouts", *_SHOP_CHECKOUTS)
    warehouse.load(
        pair.bolt,
        marketplace_file("users", *_USERS),
        marketplace_file("orders", *_ORDERS),
        marketplace_file("carts", *_CARTS),
        marketplace_file("ratings", *_RATINGS),
        marketplace_file("sessions", *_SESSIONS),
    )


def _sold(
    id_: int, customer: str | None, at: str, total: object, **more: object
) -> Row:
    told = {"customer_id": customer, **more}
    return raw_shopify.order(str(id_), f"{at}+00", total, **told)


def _member(id_: str, at: str, state: str = "ENABLED") -> Row:
    """A customer of the shop; only who has an account is a user."""
    told = raw_shopify.customer(id_, f"{id_}@example.com")
    return {**told, "created_at": f"{at}+00", "state": state}


_SHOP_CUSTOMERS = (
    _member("c1", "2025-01-04 23:30"),  # 5 January there
    _member("c2", "2025-02-03 10:00"),
    _member("c3", "2025-02-04 10:00", "DISABLED"),
    _member("c4", "2024-12-31 22:59"),  # the last minute of the year
    _member("c5", "2024-12-31 23:00"),  # the first of the next
)
_SHOP_ORDERS = (
    _sold(1, "c1", "2025-01-05 10:00", "99.95"),
    _sold(2, "c7", "2025-01-20 10:00", 50),
    _sold(3, "c1", "2025-02-10 10:00", 60),
    _sold(4, "c1", "2025-03-15 10:00", 40),
    _sold(5, "c2", "2025-01-10 10:00", 200),
    # Two of the same second; 30 of the first are paid back.
    _sold(
        6,
        "c2",
        "2025-02-20 10:00",
        100,
        financial_status="partially_refunded",
        total_refunded=30,
    ),
    _sold(7, "c2", "2025-02-20 10:00", 80),
    _sold(8, "c3", "2025-01-31 23:30", 30),  # half past midnight, 1 February
    _sold(9, "c3", "2025-02-28 22:30", 70),  # 23:30 of 28 February
    _sold(10, "c3", "2025-02-28 23:30", 20),  # half past midnight, 1 March
    _sold(11, "c4", "2025-02-05 10:00", 90, cancelled_at="2025-02-06 10:00+00"),
    _sold(
        12,
        "c4",
        "2025-02-07 10:00",
        120,
        financial_status="refunded",
        total_refunded=120,
    ),
    _sold(13, "c4", "2025-03-02 10:00", 45),
    _sold(14, None, "2025-02-12 10:00", 55),  # a guest
    _sold(15, "c5", "2025-02-14 10:00", 300, is_test=True),
    _sold(16, "c5", "2025-02-15 10:00", 65, financial_status="pending"),
    _sold(17, "c5", "2025-03-20 10:00", "25.05", fulfillment_status="fulfilled"),
    _sold(18, "c6", "2024-02-29 10:00", 500),
    _sold(19, "c6", "2024-03-01 10:00", 10),
    _sold(20, "c6", "2025-03-31 22:00", 75),  # midnight, 1 April, in summer time
)
_LEFT = {"email": "c1@example.com", "currency_code": "EUR", "total_price": 20}
_SHOP_CHECKOUTS = (
    {**_LEFT, "id": "L1", "created_at": "2025-02-10 12:00+00"},
    # 23 hours, 59 minutes and 59 seconds before February ends in Madrid, and 24 hours.
    {**_LEFT, "id": "L2", "created_at": "2025-02-27 23:00:01+00"},
    {**_LEFT, "id": "L3", "created_at": "2025-02-27 23:00+00"},
    {
        **_LEFT,
        "id": "R",
        "created_at": "2025-02-10 12:00+00",
        "completed_at": "2025-02-10 13:00+00",
    },
)


def _ordered(
    id_: int,
    user_id: str | None,
    at: str,
    total: int,
    hours: str = "",
    **more: object,
) -> Row:
    """An order, and when it was completed if it was."""
    done = {"status": "completado", "completed_at": f"{hours}+00"} if hours else {}
    told = {"service": "limpieza", "comuna": "Ñuñoa", "payment_method": "webpay"}
    return order(
        str(id_), user_id, f"{at}+00", **{"total": total, **told, **done, **more}
    )


_USERS = (
    user(
        "u1",
        "2025-03-05 12:00+00",
        rut="12.345.678-5",
        onboarded_at="2025-03-06 12:00+00",
        rut_verified_at="2025-03-07 12:00+00",
        comuna="Ñuñoa",
        channel="Instagram",
    ),
    user(
        "u2",
        "2025-03-10 12:00+00",
        rut="60.803.000-K",
        rut_verified_at="2025-04-15 12:00+00",
        comuna="Concepcion",  # its accent was forgotten
        channel="Google",
    ),
    # 23:30 on 31 March; the check digit of this RUT is 5.
    user(
        "u3",
        "2025-04-01 02:30+00",
        rut="12.345.678-K",
        comuna="Ñuñoaa",  # misspelt
        region="Metropolitana",
    ),
    # Onboarded in the last minute of 10 April; u5 in the first of the 11th.
    user("u4", "2025-04-02 12:00+00", onboarded_at="2025-04-11 03:59+00"),
    # 23:30 on 5 April, for the second time that night.
    user(
        "u5",
        "2025-04-06 03:30+00",
        rut="97.030.000-7",
        onboarded_at="2025-04-11 04:00+00",
        rut_verified_at="2025-04-11 04:00+00",
        channel="Instagram",
    ),
    # 23:30 on 10 April.
    user(
        "u6",
        "2025-04-11 03:30+00",
        rut="11.111.111-1",
        rut_verified_at="2025-04-11 03:45+00",
        channel="una feria",
    ),
    user("u7", "2025-02-28 12:00+00"),
    user("u8", None),
    user("u9", "2025-05-01 04:00+00"),  # midnight, 1 May
)
_ORDERS = (
    _ordered(1, "u1", "2025-03-06 15:00", 20_000, "2025-03-07 15:00"),  # 24 hours
    _ordered(2, "u1", "2025-03-20 15:00", 30_000, "2025-03-20 21:00", service="jardin"),
    _ordered(3, "u1", "2025-04-02 15:00", 25_000, "2025-04-03 01:00", comuna="nunoa"),
    # Paid an hour after it was placed, done 48 hours later.
    _ordered(
        4,
        "u2",
        "2025-03-12 15:00",
        40_000,
        "2025-03-14 16:00",
        paid_at="2025-03-12 16:00+00",
        payment_method="Transferencia",
        comuna="Concepción",
    ),
    _ordered(5, "u2", "2025-04-01 02:30", 10_000, "2025-04-01 14:30"),  # 31 March
    # Two of the same second.
    _ordered(6, "u2", "2025-04-03 15:00", 15_000),
    _ordered(7, "u2", "2025-04-03 15:00", 35_000, service="jardin"),
    _ordered(
        8,
        "u3",
        "2025-04-04 15:00",
        50_000,
        status="cancelado",
        cancelled_at="2025-04-05 15:00+00",
    ),
    _ordered(
        9, "u3", "2025-04-05 15:00", 22_000, "2025-04-05 20:00", status="reembolsado"
    ),
    _ordered(10, "u4", "2025-04-06 03:30", 18_000, "2025-04-06 05:30"),  # 5 April
    _ordered(
        11,
        "u4",
        "2025-04-08 15:00",
        60_000,
        "2025-04-08 19:00",
        refunded_amount=20_000,
        service="jardin",
        payment_method=None,
    ),
    _ordered(12, None, "2025-04-07 15:00", 12_000, "2025-04-07 23:00"),  # a guest
    _ordered(13, "u5", "2025-04-09 15:00", 27_000, status="pendiente", paid_at=None),
    # 23:30 on 10 April, and midnight.
    _ordered(14, "u5", "2025-04-11 03:30", 33_000, comuna="Ñuñoaa"),
    _ordered(15, "u5", "2025-04-11 04:00", 21_000, comuna=None),
    # Done before it was paid: no cycle to measure.
    _ordered(16, "u6", "2025-04-20 15:00", 45_000, "2025-04-20 14:00"),
    _ordered(17, "u6", "2025-04-25 15:00", 1_000, "2025-04-25 16:00", status="test"),
    _ordered(18, "u7", "2024-04-30 15:00", 100_000, "2024-05-01 15:00"),
    _ordered(19, "u7", "2025-04-30 23:30", 0),
    _ordered(20, "u7", "2025-05-01 03:30", 8_000),  # 23:30 on 30 April
)
_CARTS = (
    cart("A", "u1", "2025-03-06 14:00+00", order_id="1"),
    cart("B", "u2", "2025-03-12 14:00+00", order_id="4"),
    cart("C", "u3", "2025-03-15 14:00+00"),
    cart("D", "u4", "2025-04-05 14:00+00", order_id="10"),
    cart("E", "u5", "2025-04-09 14:00+00", service="jardin"),
    cart("F", "u5", "2025-04-10 04:00+00"),  # 24 hours before the 10th ends
    cart("G", "u4", "2025-04-10 05:00+00"),  # 23 hours before
    cart("H", "u5", "2025-04-10 14:00+00", order_id="15"),  # ordered at midnight
    cart("I", "u6", "2025-04-01 03:00+00", updated_at="2025-04-10 12:00+00"),
    cart("J", None, "2025-04-01 02:59+00"),  # the last minute of March
)
_RATINGS = (
    rating("1", 5, "2025-03-08 12:00+00"),
    rating("3", 4, "2025-04-04 12:00+00"),
    rating("5", 2, "2025-04-11 03:59+00"),  # the last minute of 10 April
    rating("9", 1, "2025-04-06 12:00+00"),
    rating("10", "3.5", "2025-04-11 04:00+00"),  # the first of 11 April
    rating("11", 4, "2025-04-09 12:00+00", rating_id="a"),
    rating("11", 5, "2025-04-09 12:00+00", rating_id="b"),
    rating("12", 1, "2025-05-02 12:00+00"),
)
_SESSIONS = (
    session("1", "u8", "2025-04-12 12:00+00"),
    session("2", "u9", "2025-04-01 02:59+00"),  # the last minute of March
    session("3", "u6", "2025-03-12 02:59+00"),  # the last minute of 11 March
    session("4", "u7", "2025-03-12 03:00+00"),  # the first of 12 March
    session("5", None, "2025-04-12 12:00+00"),
)
