"""A marketplace's files become users, carts, sessions and ratings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.dbt_project.marketplace_rows import (
    cart,
    marketplace_file,
    order,
    rating,
    session,
    user,
)
from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.raw_shopify import customer as shopify_customer
from tests.dbt_project.raw_shopify import order as shopify_order
from tests.dbt_project.warehouse import Pair, Warehouse


def rows_of(
    warehouse: Warehouse, mart: str, company_id: str
) -> Mapping[str, dict[str, Any]]:
    """Rows of a mart of a company, by the second column of its key."""
    query = f"select * from marts.{mart} where company_id = %s"
    return {list(row.values())[1]: row for row in warehouse.rows(query, [company_id])}


def test_a_marketplace_is_told_once_and_in_the_company_s_own_days(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Midnight of 2026-04-05 comes twice in Santiago: the clocks go back at 24:00.
    users = [
        user("1", "2026-04-05 02:30+00", rut="60.803.000-K", channel="Instagram"),
        user("2", "2026-04-05 03:30+00", rut="60.803.000-1"),
        user("3", "2026-04-05 04:30+00", onboarded_at="2026-04-06 12:00+00"),
        user("4", None, person_id="3"),
    ]
    corrected = [user("2", "2026-04-05 03:30+00", rut="11.111.111-1")]
    carts = [
        cart("A", "1", "2026-04-05 12:00+00", order_id="X"),
        cart("A", "1", "2026-04-05 12:05+00", order_id="X", service="jardin"),
        cart("A", "1", "2026-04-05 12:06+00", order_id="X", quantity=2),
        cart("B", None, "2026-04-05 13:00+00"),
    ]
    orders = [
        order("X", "1", "2026-04-05 12:10+00"),
        order("Y", "4", "2026-04-05 12:10+00"),
    ]
    ratings = [
        rating("X", "4.5", "2026-04-07 12:00+00", rating_id="r"),
        rating("Y", 1, "2026-04-08 12:00+00", rating_id="r"),
    ]
    sessions = [
        session("s", "1", "2026-04-05 11:00+00"),
        session("t", None, "2026-04-06 03:59+00"),
    ]
    warehouse.load(
        pair.bolt,
        marketplace_file("users", *users),
        marketplace_file("carts", *carts),
        marketplace_file("orders", *orders),
        marketplace_file("ratings", *ratings),
        marketplace_file("sessions", *sessions),
    )
    later = RawFile("later.csv", corrected, version=2, contract="marketplace_users")
    warehouse.load(pair.bolt, later)
    warehouse.load(
        pair.acme, marketplace_file("users", user("1", "2026-01-01 00:00+00"))
    )

    warehouse.build(pair.acme, pair.bolt)

    found = rows_of(warehouse, "users", pair.bolt)
    assert {
        key: (row["registered_date"], row["is_rut_wellformed"])
        for key, row in found.items()
    } == {
        # 23:30 on the 4th, 23:30 once more, half past midnight on the 5th.
        "marketplace/1": (date(2026, 4, 4), True),
        "marketplace/2": (date(2026, 4, 4), True),
        "marketplace/3": (date(2026, 4, 5), None),
    }
    assert found["marketplace/1"]["channel_id"] == "organic_social"
    assert found["marketplace/3"]["onboarded_at"] is not None
    assert list(rows_of(warehouse, "users", pair.acme)) == ["marketplace/1"]

    carts_found = rows_of(warehouse, "carts", pair.bolt)
    bought, left = carts_found["marketplace/A"], carts_found["marketplace/B"]
    assert (bought["order_id"], bought["amount"]) == ("marketplace/X", Decimal(100_000))
    assert bought["converted_at"].isoformat() == "2026-04-05T12:10:00+00:00"
    assert (left["order_id"], left["converted_at"], left["customer_id"]) == (None,) * 3
    lines = warehouse.rows(
        """select product_id, quantity from marts.cart_lines
        where company_id = %s and cart_id = 'marketplace/A' order by 1""",
        [pair.bolt],
    )
    assert [(row["product_id"], row["quantity"]) for row in lines] == [
        ("marketplace/jardin", 1),
        ("marketplace/limpieza", 3),
    ]

    ratings_found = rows_of(warehouse, "ratings", pair.bolt)
    assert {key: row["customer_id"] for key, row in ratings_found.items()} == {
        "marketplace/X/r": "marketplace/1",
        "marketplace/Y/r": "marketplace/3",
    }
    sessions_found = rows_of(warehouse, "sessions", pair.bolt)
    assert {key: row["started_date"] for key, row in sessions_found.items()} == {
        "marketplace/s": date(2026, 4, 5),
        "marketplace/t": date(2026, 4, 5),
    }
    assert sessions_found["marketplace/t"]["customer_id"] is None


def test_a_shop_has_users_too_and_its_orders_were_carts(
    warehouse: Warehouse, pair: Pair
) -> None:
    created = {"created_at": "2026-01-05 23:30+00"}
    member = {**shopify_customer("7", "Ana@Example.com "), "state": "ENABLED"}
    idle = {**shopify_customer("9", "leo@example.com"), "state": "ENABLED"}
    guest = {**shopify_customer("8", "eva@example.com"), "state": "DISABLED"}
    customers = [{**each, **created} for each in (member, idle, guest)]
    warehouse.land(pair.acme, "customers", *customers)
    warehouse.land(pair.acme, "orders", shopify_order("1", "2026-01-06 10:00+00", 50))
    visit = {"order_id": "1", "visit_role": "last", "visit_id": "1"}
    paid = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "A"}
    warehouse.land(pair.acme, "order_visits", visit | paid)
    left = {"email": "eva@example.com", "currency_code": "EUR", "total_price": 20}
    checkouts = [
        {**left, "id": "L", "created_at": "2026-01-07 10:00+00"},
        {
            **left,
            "id": "R",
            "created_at": "2026-01-07 10:00+00",
            "completed_at": "2026-01-08 10:00+00",
        },
    ]
    warehouse.land(pair.acme, "abandoned_checkouts", *checkouts)
    users = [user("1", "2026-02-01 00:00+00", email="ana@example.com")]
    warehouse.load(pair.acme, marketplace_file("users", *users))

    warehouse.build(pair.acme)

    found = rows_of(warehouse, "users", pair.acme)
    assert {key: row["customer_id"] for key, row in found.items()} == {
        "shopify/7": "shopify/7",
        "shopify/9": "shopify/9",
        "marketplace/1": "shopify/7",
    }
    assert found["shopify/7"]["registered_date"] == date(2026, 1, 6)
    # Who has bought there has begun, at midnight of that day or when they registered.
    assert {
        key: (row["onboarded_at"], row["channel_id"]) for key, row in found.items()
    } == {
        "shopify/7": (found["shopify/7"]["registered_at"], "google_ads"),
        "shopify/9": (None, "unknown"),
        "marketplace/1": (None, "unknown"),
    }
    carts = rows_of(warehouse, "carts", pair.acme)
    assert {
        key: (row["customer_id"], row["order_id"]) for key, row in carts.items()
    } == {
        "shopify/checkout/L": ("shopify/8", None),
        "shopify/1": ("shopify/7", "shopify/1"),
    }


def test_the_check_digit_of_a_rut_is_that_of_modulo_11(
    warehouse: Warehouse, pair: Pair
) -> None:
    expected = {
        "60.803.000-K": True,  # the tax office itself
        "60803000k": True,
        "97.030.000-7": True,  # Banco del Estado de Chile
        "61.704.000-K": True,  # Codelco
        "12.345.678-5": True,
        "11 111 111-1": True,
        "1-9": True,
        "012345678-5": False,  # nine digits before the hyphen are none
        "60.803.000-0": False,
        "12.345.678-K": False,
        "12.345.67A-5": False,
        "0-0": False,
        "K": False,
        "-": None,
        " ": None,
    }
    users = [user(str(n), None, rut=rut) for n, rut in enumerate(expected)]
    warehouse.load(pair.bolt, marketplace_file("users", *users))

    rows = warehouse.rows(
        """select has_rut, is_rut_wellformed from staging.stg_files__marketplace_users
        where company_id = %s order by line_number""",
        [pair.bolt],
    )

    assert [row["is_rut_wellformed"] for row in rows] == list(expected.values())
    assert [row["has_rut"] for row in rows] == [
        v is not None for v in expected.values()
    ]
