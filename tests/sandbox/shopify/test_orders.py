from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.shopify.documents import refunded_version
from sandbox.simulation.companies import ANDES
from sandbox.simulation.records import Refund
from sandbox.simulation.world import World
from tests.sandbox.shopify.shops import (
    FIRST_DAY,
    NOW,
    Client,
    a_customer,
    a_refund,
    a_visit,
    an_order,
    put,
)

_MONEY = (
    "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
)


def _order(client: Client, fields: str, number: int = 1) -> dict[str, object]:
    query = f'{{ order(id: "gid://shopify/Order/{number}") {{ {fields} }} }}'
    order: dict[str, object] = client.data(query)["order"]
    return order


def test_amounts_are_decimal_strings_in_both_currencies(
    world: World, client: Client
) -> None:
    put(
        world,
        an_order(presentment_currency="USD", presentment_rate=Decimal("1.0845")),
    )

    order = _order(client, f"totalPriceSet {_MONEY} subtotalPriceSet {_MONEY}")

    assert order["totalPriceSet"] == {
        "shopMoney": {"amount": "41.0", "currencyCode": "EUR"},
        "presentmentMoney": {"amount": "44.46", "currencyCode": "USD"},
    }
    assert order["subtotalPriceSet"] == {
        "shopMoney": {"amount": "36.0", "currencyCode": "EUR"},
        "presentmentMoney": {"amount": "39.04", "currencyCode": "USD"},
    }


def test_pesos_have_no_cents_but_a_decimal(world: World, other_client: Client) -> None:
    put(
        world,
        an_order(
            currency="CLP",
            exponent=0,
            presentment_currency="USD",
            presentment_rate=Decimal("0.00105"),
        ),
        company=ANDES,
    )

    order = _order(other_client, f"totalPriceSet {_MONEY}")

    assert order["totalPriceSet"] == {
        "shopMoney": {"amount": "4100.0", "currencyCode": "CLP"},
        "presentmentMoney": {"amount": "4.3", "currencyCode": "USD"},
    }


def test_two_shops_with_the_same_ids_do_not_see_each_other(
    world: World, client: Client, other_client: Client
) -> None:
    put(world, an_order(email="ana@example.com"))
    put(world, an_order(email="eva@example.com"), company=ANDES)

    assert _order(client, "email") == {"email": "ana@example.com"}
    assert _order(other_client, "email") == {"email": "eva@example.com"}


@pytest.mark.parametrize(
    ("refund", "status", "refunded"),
    [
        (a_refund(), "PARTIALLY_REFUNDED", "10.0"),
        (a_refund(amount_minor=4_100), "REFUNDED", "41.0"),
        (a_refund(money_moved=False), "PAID", "0.0"),
    ],
)
def test_only_money_that_moved_is_refunded(
    refund: Refund, status: str, refunded: str, world: World, client: Client
) -> None:
    put(world, an_order(refunds=(refund,)))
    transaction = "SUCCESS" if refund.money_moved else "FAILURE"

    order = _order(
        client,
        "displayFinancialStatus totalRefundedSet { shopMoney { amount } }"
        " refunds { id } transactions { kind status }",
    )

    assert order == {
        "displayFinancialStatus": status,
        "totalRefundedSet": {"shopMoney": {"amount": refunded}},
        "refunds": [{"id": "gid://shopify/Refund/1"}],
        "transactions": [
            {"kind": "SALE", "status": "SUCCESS"},
            {"kind": "REFUND", "status": transaction},
        ],
    }


def test_a_refund_changes_the_order_from_its_moment_on(
    world: World, client: Client
) -> None:
    put(world, an_order(refunds=(a_refund(),)))

    world.clock.freeze(FIRST_DAY + timedelta(hours=12))
    before = _order(client, "updatedAt displayFinancialStatus")
    world.clock.freeze(NOW)
    after = _order(client, "updatedAt displayFinancialStatus")

    assert before["updatedAt"] == "2026-11-01T09:00:00Z"
    assert before["displayFinancialStatus"] == "PAID"
    assert after["updatedAt"] == "2026-11-02T09:00:00Z"
    assert after["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_an_order_can_be_refunded_later_on(world: World, client: Client) -> None:
    put(world, an_order())
    document = world.store.get("tienda_norte", "shopify/orders", "1")
    assert document is not None
    version = refunded_version(document.body, a_refund(at=NOW))
    world.store.add("tienda_norte", "shopify/orders", [version])

    order = _order(client, "updatedAt currentTotalPriceSet { shopMoney { amount } }")

    assert order == {
        "updatedAt": "2026-11-21T12:00:00Z",
        "currentTotalPriceSet": {"shopMoney": {"amount": "31.0"}},
    }


def test_a_journey_becomes_ready_without_touching_the_order(
    world: World, client: Client
) -> None:
    ready_at = FIRST_DAY + timedelta(days=2)
    put(
        world,
        an_order(
            journey_ready_at=ready_at,
            visits=(a_visit(1), a_visit(2, utm=None, source="direct")),
            moments_count=3,
        ),
    )
    fields = """updatedAt customerJourneySummary { ready momentsCount { count }
        firstVisit { id utmParameters { source campaign } }
        lastVisit { source utmParameters { source } } }"""

    world.clock.freeze(ready_at - timedelta(hours=1))
    before = _order(client, fields)
    world.clock.freeze(NOW)
    after = _order(client, fields)

    assert before["updatedAt"] == after["updatedAt"]
    assert before["customerJourneySummary"] == {
        "ready": False,
        "momentsCount": None,
        "firstVisit": None,
        "lastVisit": None,
    }
    assert after["customerJourneySummary"] == {
        "ready": True,
        "momentsCount": {"count": 3},
        "firstVisit": {
            "id": "gid://shopify/CustomerVisit/1",
            "utmParameters": {"source": "facebook", "campaign": None},
        },
        "lastVisit": {"source": "direct", "utmParameters": None},
    }


def test_an_order_without_a_journey_has_none(world: World, client: Client) -> None:
    put(world, an_order())

    order = _order(client, "customerJourneySummary { ready }")

    assert order == {"customerJourneySummary": None}


def test_a_cancelled_order_keeps_the_status_of_its_money(
    world: World, client: Client
) -> None:
    cancelled_at = FIRST_DAY + timedelta(hours=5)
    put(world, an_order(cancelled_at=cancelled_at, cancel_reason="CUSTOMER"))

    order = _order(
        client,
        "cancelledAt cancelReason displayFinancialStatus updatedAt"
        " currentTotalPriceSet { shopMoney { amount } }",
    )

    assert order == {
        "cancelledAt": "2026-11-01T14:00:00Z",
        "cancelReason": "CUSTOMER",
        "displayFinancialStatus": "PAID",
        "updatedAt": "2026-11-01T14:00:00Z",
        "currentTotalPriceSet": {"shopMoney": {"amount": "0.0"}},
    }


def test_a_deleted_order_is_gone(world: World, client: Client) -> None:
    put(world, an_order(deleted_at=FIRST_DAY + timedelta(days=3)))

    answer = client.data(
        '{ order(id: "gid://shopify/Order/1") { id } ordersCount { count } }'
    )

    assert answer == {"order": None, "ordersCount": {"count": 0}}


def test_a_guest_order_has_no_customer(world: World, client: Client) -> None:
    put(world, an_order(customer=None, email="eva@example.com"))

    order = _order(client, "email customer { id }")

    assert order == {"email": "eva@example.com", "customer": None}


def test_the_customer_of_an_order_is_the_customer_of_now(
    world: World, client: Client
) -> None:
    put(world, an_order(), a_customer())

    order = _order(client, "customer { id numberOfOrders amountSpent { amount } }")

    assert order["customer"] == {
        "id": "gid://shopify/Customer/1",
        "numberOfOrders": "1",
        "amountSpent": {"amount": "41.0"},
    }
