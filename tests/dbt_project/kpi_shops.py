"""A shop in Madrid and a marketplace in Santiago with twenty orders each.

Small enough that every number of the KPI pages can be counted by hand. Times are UTC;
what matters about a row stands beside it. Madrid leaves winter time (UTC+1) on 30 March
2025. The marketplace's rows are in `kpi_marketplace`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.dbt_project import raw_shopify
from tests.dbt_project.kpi_marketplace import CARTS, ORDERS, RATINGS, SESSIONS, USERS
from tests.dbt_project.marketplace_rows import marketplace_file
from tests.dbt_project.raw_files import RawFile, Row, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["AS_OF", "Shops", "build_shops"]

AS_OF = "2025-04-10"


@dataclass(frozen=True)
class Shops:
    """The shop (acme), the marketplace (bolt), and what hardly has a row.

    Idle has none at all; diary has a purchase log that tells no times but one.
    """

    pair: Pair
    idle: str
    diary: str


def build_shops(warehouse: Warehouse) -> Shops:
    """Load the companies' sources and build their marts."""
    pair, others = warehouse.add_pair(), warehouse.add_pair()
    _load(warehouse, pair)
    bought = [
        purchase("x", "2025-03-05 00:00+00", 10, is_date_only=True),
        purchase("x", "2025-03-05 15:00+00", 10),  # noon
    ]
    warehouse.load(others.bolt, RawFile("diary.csv", bought))
    companies = (pair.acme, pair.bolt, others.acme, others.bolt)
    warehouse.build(*companies, as_of=dict.fromkeys(companies, AS_OF))
    return Shops(pair, idle=others.acme, diary=others.bolt)


def _load(warehouse: Warehouse, pair: Pair) -> None:
    warehouse.land(pair.acme, "customers", *_SHOP_CUSTOMERS)
    warehouse.land(pair.acme, "orders", *_SHOP_ORDERS)
    warehouse.land(pair.acme, "order_line_items", *_SHOP_ITEMS)
    warehouse.land(
        pair.acme,
        "order_refunds",
        raw_shopify.refund("1", "6", 30, created_at="2025-03-03 10:00+00"),
        raw_shopify.refund("2", "12", 120, created_at="2025-02-08 10:00+00"),
    )
    warehouse.land(pair.acme, "abandoned_checkouts", *_SHOP_CHECKOUTS)
    warehouse.load(
        pair.bolt,
        marketplace_file("users", *USERS),
        marketplace_file("orders", *ORDERS),
        marketplace_file("carts", *CARTS),
        marketplace_file("ratings", *RATINGS),
        marketplace_file("sessions", *SESSIONS),
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
# Of three purchases the lines are known. Of order 6 (100) 30 were paid back; order 7
# (80) cost 40 less than its lines.
_SHOP_ITEMS = tuple(
    {
        "id": f"{of_order}/{product}",
        "order_id": of_order,
        "product_id": product,
        "name": product,
        "quantity": quantity,
        "unit_price": price,
        "total_discount": 0,
    }
    for of_order, product, quantity, price in (
        ("5", "shirt", 2, 75),
        ("5", "hat", 1, 50),
        ("6", "shirt", 1, 100),
        ("7", "shirt", 1, 60),
        ("7", "hat", 2, 30),
    )
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
