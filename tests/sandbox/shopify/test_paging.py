from datetime import timedelta
from typing import Any

import pytest

from sandbox.shopify import paging
from sandbox.simulation.world import World
from tests.sandbox.shopify.shops import (
    FIRST_DAY,
    NOW,
    Client,
    a_checkout,
    a_customer,
    a_discount,
    an_order,
    put,
)

_PAGE = """query($first: Int = 2, $after: String, $q: String, $reverse: Boolean) {
  orders(first: $first, after: $after, query: $q, reverse: $reverse,
         sortKey: UPDATED_AT) {
    nodes { name } pageInfo { hasNextPage endCursor } } }"""


def _names(client: Client, **variables: Any) -> list[str]:
    """Names on all pages, as a client without suspicion follows them."""
    names: list[str] = []
    after = None
    while True:
        page = client.data(_PAGE, after=after, **variables)["orders"]
        names += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return names


def _warned(client: Client, search: str) -> list[str]:
    answer = client.ask(_PAGE, q=search)
    warnings = answer["extensions"].get("search", [])
    return [w["field"] for told in warnings for w in told["warnings"]]


@pytest.fixture
def five_orders(world: World) -> None:
    put(world, *(an_order(number) for number in range(1, 6)))


@pytest.mark.usefixtures("five_orders")
def test_pages_follow_each_other_without_gap_or_repeat(client: Client) -> None:
    assert _names(client) == ["#1001", "#1002", "#1003", "#1004", "#1005"]
    assert _names(client, reverse=True)[:2] == ["#1005", "#1004"]


@pytest.mark.usefixtures("five_orders")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        (
            "updated_at:>='2026-11-01T10:00Z' AND updated_at:<'2026-11-01T12:00Z'",
            ["#1002", "#1003"],
        ),
        ("updated_at:>='2026-11-01 12:00:00+00:00'", ["#1004", "#1005"]),
        ("created_at:>'2026-11-01T12:00:00Z' status:any", ["#1005"]),
        ("created_at:2026-11-02", []),
        ("id:>=4", ["#1004", "#1005"]),
        ("name:#1003", ["#1003"]),
        ("name:1003 OR id:1", ["#1001", "#1003"]),
        ("-name:#1003 NOT id:1", ["#1002", "#1004", "#1005"]),
        ("financial_status:refunded", []),
        ("test:false AND (id:1 OR id:2)", ["#1001", "#1002"]),
    ],
)
def test_a_search_finds_what_it_says(
    search: str, found: list[str], client: Client
) -> None:
    assert _names(client, q=search) == found
    assert _warned(client, search) == []


@pytest.mark.usefixtures("five_orders")
@pytest.mark.parametrize(
    ("search", "unknown"),
    [
        ("colour:red", ["colour"]),
        ("updated_since:>'2026-11-01T12:00:00Z'", ["updated_since"]),
        # Without quotes the value ends at its first colon.
        ("updated_at:>=2026-10-01T10:30:00Z", ["30"]),
    ],
)
def test_an_unknown_field_is_ignored_and_everything_returned(
    search: str, unknown: list[str], client: Client
) -> None:
    assert len(_names(client, q=search)) == 5
    assert _warned(client, search) == unknown


@pytest.mark.usefixtures("five_orders")
def test_dates_without_an_offset_are_the_shop_s(world: World, client: Client) -> None:
    # Half an hour before midnight UTC it is already the 2nd in Madrid.
    put(world, an_order(6, created_at=FIRST_DAY.replace(hour=23, minute=30)))

    assert _names(client, q="created_at:2026-11-02") == ["#1006"]


@pytest.mark.usefixtures("five_orders")
def test_counts_are_exact_only_below_their_limit(client: Client) -> None:
    counts = client.data(
        """query($q: String) { all: ordersCount(limit: null) { count precision }
             some: ordersCount(limit: 3) { count precision }
             found: ordersCount(query: $q) { count } }""",
        q="created_at:>='2026-11-01T12:00:00Z'",
    )

    assert counts == {
        "all": {"count": 5, "precision": "EXACT"},
        "some": {"count": 3, "precision": "AT_LEAST"},
        "found": {"count": 2},
    }


@pytest.mark.usefixtures("five_orders")
@pytest.mark.parametrize("first", [251, -1])
def test_a_page_holds_at_most_250_objects(first: int, client: Client) -> None:
    answer = client.ask(_PAGE, first=first)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_a_connection_wants_to_know_how_many(client: Client) -> None:
    answer = client.ask("{ orders { nodes { id } } }")

    message = answer["errors"][0]["message"]
    assert message == "you must provide one of first or last"


@pytest.mark.usefixtures("five_orders")
def test_nobody_pages_beyond_the_wall(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_OBJECTS", 4)

    first = client.data(_PAGE)["orders"]
    second = client.data(_PAGE, after=first["pageInfo"]["endCursor"])["orders"]
    third = client.ask(_PAGE, after=second["pageInfo"]["endCursor"])

    assert second["pageInfo"]["hasNextPage"]
    assert third["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_a_change_is_found_only_after_it_was_indexed(
    world: World, client: Client
) -> None:
    put(world, an_order(3))
    placed_at = FIRST_DAY + timedelta(hours=2)

    world.clock.freeze(placed_at + timedelta(seconds=10))
    assert _names(client) == []
    world.clock.freeze(placed_at + timedelta(seconds=120))
    assert _names(client) == ["#1003"]


def test_nested_lists_are_pages_too(world: World, client: Client) -> None:
    put(world, an_order())
    query = """query($after: String) { order(id: "gid://shopify/Order/1") {
      lineItems(first: 1, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }"""

    first = client.data(query)["order"]["lineItems"]
    after = first["pageInfo"]["endCursor"]
    second = client.data(query, after=after)["order"]["lineItems"]

    assert first["edges"][0]["node"]["id"] == "gid://shopify/LineItem/10"
    assert first["edges"][0]["cursor"] == after
    assert second["edges"][0]["node"]["id"] == "gid://shopify/LineItem/11"
    assert not second["pageInfo"]["hasNextPage"]


def test_the_other_collections_have_pages_as_well(world: World, client: Client) -> None:
    put(world, a_customer(), a_checkout(), a_discount(ends_at=NOW))

    answer = client.data(
        """{ customers(first: 5, sortKey: UPDATED_AT) { nodes { email state
               defaultEmailAddress { marketingState }
               defaultAddress { countryCodeV2 } } }
             abandonedCheckouts(first: 5, query: "updated_at:>='2026-11-01'") { nodes {
               totalPriceSet { shopMoney { amount } } completedAt customer { email } } }
             codeDiscountNodes(first: 5) { nodes { codeDiscount {
               __typename ... on DiscountCodeBasic { status asyncUsageCount
                 codes(first: 1) { nodes { code } }
                 customerGets { value {
                   ... on DiscountPercentage { percentage } } } } } } }
        }"""
    )

    assert answer["customers"]["nodes"] == [
        {
            "email": "ana.1@example.com",
            "state": "ENABLED",
            "defaultEmailAddress": {"marketingState": "SUBSCRIBED"},
            "defaultAddress": {"countryCodeV2": "ES"},
        }
    ]
    assert answer["abandonedCheckouts"]["nodes"] == [
        {
            "totalPriceSet": {"shopMoney": {"amount": "41.0"}},
            "completedAt": None,
            "customer": {"email": "ana.1@example.com"},
        }
    ]
    assert answer["codeDiscountNodes"]["nodes"] == [
        {
            "codeDiscount": {
                "__typename": "DiscountCodeBasic",
                "status": "EXPIRED",
                "asyncUsageCount": 3,
                "codes": {"nodes": [{"code": "NORTE10"}]},
                "customerGets": {"value": {"percentage": 0.1}},
            }
        }
    ]


def test_customers_are_not_searched_by_created_at(world: World, client: Client) -> None:
    put(world, a_customer())
    search = "created_at:>='2030-01-01'"

    answer = client.ask(
        f"""{{ customers(first: 5, query: "{search}") {{ nodes {{ id }} }} }}"""
    )

    assert len(answer["data"]["customers"]["nodes"]) == 1
    (searched,) = answer["extensions"]["search"]
    assert searched["warnings"][0]["field"] == "created_at"


@pytest.mark.usefixtures("five_orders")
def test_a_list_of_ids_has_250_at_most(client: Client) -> None:
    ids = [f"gid://shopify/Order/{number}" for number in range(251)]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    answer = client.ask(query, ids=ids)

    assert "greater than the maximum allowed of 250" in answer["errors"][0]["message"]


@pytest.mark.usefixtures("five_orders")
@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "page_repeated",
            ["#1001", "#1002", "#1001", "#1002", "#1003", "#1004", "#1005"],
        ),
        ("page_missing", ["#1003", "#1004", "#1005"]),
        ("duplicate_ids", ["#1001", "#1001", "#1002", "#1003", "#1004", "#1005"]),
    ],
)
def test_a_fault_spoils_one_page(
    kind: str, names: list[str], world: World, client: Client
) -> None:
    world.faults.switch_on({"kind": kind})

    assert _names(client) == names


@pytest.mark.usefixtures("five_orders")
def test_a_skewed_clock_stamps_orders_in_the_future(
    world: World, client: Client
) -> None:
    world.faults.switch_on({"kind": "clock_skew", "seconds": 3600, "times": None})

    page = client.data("{ orders(first: 1) { nodes { updatedAt createdAt } } }")

    assert page["orders"]["nodes"] == [
        {"updatedAt": "2026-11-01T10:00:00Z", "createdAt": "2026-11-01T09:00:00Z"}
    ]
