from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.simulation.records import Refund
from sandbox.simulation.world import World
from tests.sandbox.shopify.shops import (
    FIRST_DAY,
    Client,
    a_refund,
    an_order,
    put,
)

_LEDGER = """{ order(id: "gid://shopify/Order/1") { agreements(first: 10) { nodes {
  __typename reason happenedAt sales(first: 20) { nodes {
    __typename id lineType actionType quantity totalAmount { shopMoney { amount } }
    totalTaxAmount { shopMoney { amount } }
    ... on ProductSale { lineItem { id } } } } } } } }"""


def _ledger(client: Client) -> list[dict[str, Any]]:
    agreements: list[dict[str, Any]] = client.data(_LEDGER)["order"]["agreements"][
        "nodes"
    ]
    return agreements


def _total(agreements: list[dict[str, Any]], field: str = "totalAmount") -> Decimal:
    return sum(
        (
            Decimal(sale[field]["shopMoney"]["amount"])
            for agreement in agreements
            for sale in agreement["sales"]["nodes"]
        ),
        Decimal(0),
    )


def test_the_placement_is_itemised(world: World, client: Client) -> None:
    put(world, an_order())

    (placement,) = _ledger(client)

    assert placement["__typename"] == "OrderAgreement"
    assert placement["reason"] == "ORDER"
    assert [
        (sale["lineType"], sale["totalAmount"]["shopMoney"]["amount"])
        for sale in placement["sales"]["nodes"]
    ] == [("PRODUCT", "30.0"), ("PRODUCT", "6.0"), ("SHIPPING", "5.0")]
    assert _total([placement], "totalTaxAmount") == Decimal("7.12")
    products = placement["sales"]["nodes"][:2]
    assert [sale["lineItem"]["id"] for sale in products] == [
        "gid://shopify/LineItem/10",
        "gid://shopify/LineItem/11",
    ]


@pytest.mark.parametrize(
    ("refund", "kept"),
    [
        (a_refund(), "31.0"),
        (a_refund(line_id=None, quantity=0), "31.0"),
        (a_refund(amount_minor=4_100), "0.0"),
        (a_refund(money_moved=False), "41.0"),
        (a_refund(money_moved=False, line_id=None, quantity=0), "41.0"),
    ],
)
def test_sales_add_up_to_what_the_shop_keeps(
    refund: Refund, kept: str, world: World, client: Client
) -> None:
    put(world, an_order(refunds=(refund,)))

    agreements = _ledger(client)

    assert [agreement["reason"] for agreement in agreements] == ["ORDER", "REFUND"]
    assert agreements[1]["happenedAt"] == "2026-11-02T09:00:00Z"
    assert _total(agreements) == Decimal(kept)


def test_a_cancellation_takes_back_what_refunds_left(
    world: World, client: Client
) -> None:
    put(
        world,
        an_order(refunds=(a_refund(),), cancelled_at=FIRST_DAY + timedelta(days=2)),
    )

    agreements = _ledger(client)

    assert [agreement["reason"] for agreement in agreements] == [
        "ORDER",
        "REFUND",
        "ORDER_EDIT",
    ]
    assert _total(agreements) == 0


def test_no_two_sales_of_an_order_share_an_id(world: World, client: Client) -> None:
    refunds = (a_refund(1), a_refund(2, line_id=11), a_refund(3, line_id=None))
    put(world, an_order(refunds=refunds))

    ids = [
        sale["id"]
        for agreement in _ledger(client)
        for sale in agreement["sales"]["nodes"]
    ]

    assert len(ids) == len(set(ids)) > len(refunds)


def test_sales_by_day_are_the_ledger_by_day_of_the_shop(
    world: World, client: Client
) -> None:
    # Half past midnight on the 3rd in Madrid is still the 2nd in UTC.
    late = FIRST_DAY.replace(day=2, hour=23, minute=30)
    put(
        world,
        an_order(refunds=(a_refund(at=late),)),
        an_order(2, is_test=True),
    )

    report = client.data(
        """query($q: String!) { shopifyqlQuery(query: $q) {
          parseErrors tableData { columns { name dataType } rows } } }""",
        q="FROM sales SHOW orders, total_sales, net_sales TIMESERIES day "
        "SINCE 2026-11-01 UNTIL 2026-11-03",
    )["shopifyqlQuery"]

    assert report["parseErrors"] == []
    assert [column["name"] for column in report["tableData"]["columns"]] == [
        "day",
        "orders",
        "total_sales",
        "net_sales",
    ]
    assert [
        (row["day"], row["orders"], row["total_sales"])
        for row in report["tableData"]["rows"]
    ] == [
        ("2026-11-01", "1", "41.0"),
        ("2026-11-02", "0", "0.0"),
        ("2026-11-03", "0", "-10.0"),
    ]


def test_a_report_that_cannot_be_read_says_why(client: Client) -> None:
    query = '{ shopifyqlQuery(query: "SHOW sales") { parseErrors tableData { rows } } }'

    report = client.data(query)["shopifyqlQuery"]

    assert report == {
        "parseErrors": ["Syntax error in `SHOW sales`."],
        "tableData": None,
    }
