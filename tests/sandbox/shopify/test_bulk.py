from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from sandbox.shopify import bulk_files
from sandbox.shopify.endpoints import routes
from sandbox.simulation.world import World
from tests.sandbox.serving import serving
from tests.sandbox.shopify.shops import (
    NOW,
    RUN_GROUPED,
    Client,
    a_discount,
    a_refund,
    an_order,
    put,
)

_ORDERS = """{ orders { edges { node { id name totalPriceSet { shopMoney { amount } }
  customer { id } refunds { id }
  lineItems { edges { node { id sku } } }
  agreements { edges { node { id reason
    sales { edges { node { id __typename } } } } } } } } } }"""
_IDS = "{ orders { edges { node { id } } } }"


@pytest.fixture
def orders(world: World) -> None:
    put(world, *(an_order(number) for number in range(1, 151)))


def _kind(line: dict[str, Any]) -> str:
    return str(line["id"].split("/")[3])


def _orphans_of_the_line_above(lines: list[dict[str, Any]]) -> int:
    """Children that do not belong to the root that was written last before them."""
    wrong, root = 0, ""
    owner: dict[str, str] = {}
    for line in lines:
        parent = line.get("__parentId")
        if parent is None:
            root = owner[line["id"]] = line["id"]
            continue
        owner[line["id"]] = owner[parent]
        wrong += owner[parent] != root
    return wrong


@pytest.mark.usefixtures("orders")
def test_children_are_on_lines_of_their_own_and_lists_are_not(client: Client) -> None:
    lines = client.bulk(_ORDERS)

    assert Counter(_kind(line) for line in lines) == {
        "Order": 150,
        "LineItem": 300,
        "SalesAgreement": 150,
        "Sale": 450,
    }
    order = next(line for line in lines if line["id"] == "gid://shopify/Order/7")
    assert order == {
        "id": "gid://shopify/Order/7",
        "name": "#1007",
        "totalPriceSet": {"shopMoney": {"amount": "41.0"}},
        "customer": {"id": "gid://shopify/Customer/1"},
        "refunds": [],
    }
    children = [line for line in lines if line.get("__parentId") == order["id"]]
    assert [_kind(child) for child in children] == [
        "LineItem",
        "LineItem",
        "SalesAgreement",
    ]
    assert children[0]["id"] == "gid://shopify/LineItem/70"


@pytest.mark.usefixtures("orders")
def test_children_are_apart_from_their_parents_unless_grouped(client: Client) -> None:
    apart = client.bulk(_ORDERS)
    together = client.bulk(_ORDERS, RUN_GROUPED)

    assert sorted(map(str, apart)) == sorted(map(str, together))
    assert _orphans_of_the_line_above(apart) > len(apart) // 2
    assert _orphans_of_the_line_above(together) == 0


@pytest.mark.usefixtures("orders")
def test_an_operation_counts_in_strings(client: Client) -> None:
    payload = client.run(_ORDERS)
    operation = client.finished(payload["bulkOperation"]["id"])

    assert payload["bulkOperation"]["status"] == "CREATED"
    assert operation["status"] == "COMPLETED"
    assert operation["objectCount"] == "1050"
    assert operation["rootObjectCount"] == "150"
    answer = requests.get(operation["url"])
    assert answer.headers["Content-Length"] == operation["fileSize"]
    assert answer.headers["Content-Type"].startswith("application/jsonl")


def test_an_operation_is_answered_as_it_was_created(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever works on it is done before the answer leaves.
    def at_once(_: object, work: Callable[..., None], *told: object) -> None:
        work(*told)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", at_once)

    assert client.run(_ORDERS)["bulkOperation"]["status"] == "CREATED"


def test_an_empty_result_has_no_file(client: Client) -> None:
    operation = client.finished(client.run(_ORDERS)["bulkOperation"]["id"])

    assert operation["status"] == "COMPLETED"
    assert operation["objectCount"] == "0"
    assert operation["url"] is None


@pytest.mark.usefixtures("orders")
def test_an_operation_searches_as_a_page_does(client: Client) -> None:
    search = (
        "updated_at:>='2026-11-01T10:00:00Z' AND updated_at:<'2026-11-01T12:00:00Z'"
    )
    query = f'{{ orders(query: "{search}") {{ edges {{ node {{ name }} }} }} }}'

    assert client.bulk(query) == [{"name": "#1002"}, {"name": "#1003"}]


def test_connections_below_a_union_are_lines_too(world: World, client: Client) -> None:
    put(world, a_discount())

    lines = client.bulk(
        """{ codeDiscountNodes { edges { node { id codeDiscount {
          ... on DiscountCodeBasic {
            title codes { edges { node { code } } } } } } } } }"""
    )

    assert lines == [
        {"id": "gid://shopify/DiscountCodeNode/1", "codeDiscount": {"title": "Norte"}},
        {"code": "NORTE10", "__parentId": "gid://shopify/DiscountCodeNode/1"},
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ orders { nodes { id } } }", "Selecting via 'nodes' is not supported"),
        ("{ shop { name } }", "must contain at least one connection"),
        ('{ node(id: "gid://shopify/Order/1") { id } }', "top level `node` field"),
        (
            "{ orders { edges { node { id refunds {"
            " refundLineItems { edges { node { id } } } } } } } }",
            "a connection field within a list field",
        ),
        (
            "{ orders { edges { node {"
            " name lineItems { edges { node { id } } } } } } }",
            "Connection fields without 'id': orders.",
        ),
        (
            "{ orders { edges { node { id a: lineItems { edges { node { id } } }"
            " b: lineItems { edges { node { id } } }"
            " c: lineItems { edges { node { id } } }"
            " d: lineItems { edges { node { id } } }"
            " e: lineItems { edges { node { id } } } } } } }",
            "more than 5 connections",
        ),
        (
            'mutation { bulkOperationCancel(id: "1") { userErrors { message } } }',
            "query",
        ),
        ("{ orders {", "syntax error"),
        ("{ orders { edges { node { colour } } } }", "colour"),
    ],
)
def test_a_query_that_cannot_be_bulked_is_refused(
    query: str, message: str, client: Client
) -> None:
    payload = client.run(query)

    assert payload["bulkOperation"] is None
    assert payload["userErrors"][0]["code"] == "INVALID"
    assert message in payload["userErrors"][0]["message"]


@pytest.mark.usefixtures("orders")
def test_five_operations_run_at_once_and_no_sixth(world: World) -> None:
    with serving(world, lambda world: routes(world, bulk_seconds=60)):
        client = Client(world)
        five = [client.run(_IDS) for _ in range(5)]
        sixth = client.run(_IDS)
        newest = client.data(
            "{ currentBulkOperation { id status }"
            " bulkOperations(first: 10) { nodes { id status } } }"
        )

    assert all(payload["userErrors"] == [] for payload in five)
    assert sixth["bulkOperation"] is None
    assert sixth["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    assert newest["currentBulkOperation"]["id"] == five[-1]["bulkOperation"]["id"]
    assert len(newest["bulkOperations"]["nodes"]) == 5


@pytest.mark.usefixtures("orders")
def test_an_operation_can_be_cancelled(world: World) -> None:
    cancel = """mutation($id: ID!) { bulkOperationCancel(id: $id) {
      bulkOperation { status } userErrors { message } } }"""
    with serving(world, lambda world: routes(world, bulk_seconds=60)):
        client = Client(world)
        identifier = client.run(_IDS)["bulkOperation"]["id"]
        payload = client.data(cancel, id=identifier)["bulkOperationCancel"]

    assert payload == {"bulkOperation": {"status": "CANCELING"}, "userErrors": []}


@pytest.mark.usefixtures("orders")
def test_a_file_is_gone_after_a_week(world: World, client: Client) -> None:
    identifier = client.run(_IDS)["bulkOperation"]["id"]
    url = client.finished(identifier)["url"]

    world.clock.freeze(NOW + timedelta(days=8))

    assert client.finished(identifier)["status"] == "EXPIRED"
    assert client.finished(identifier)["url"] is None
    assert requests.get(url).status_code == 403


@pytest.mark.usefixtures("orders")
def test_a_failed_operation_leaves_what_it_had(world: World, client: Client) -> None:
    world.faults.switch_on({"kind": "bulk_failed", "share": 0.4})

    operation = client.finished(client.run(_IDS)["bulkOperation"]["id"])

    assert operation["status"] == "FAILED"
    assert operation["errorCode"] == "INTERNAL_SERVER_ERROR"
    assert operation["url"] is None
    lines = requests.get(operation["partialDataUrl"]).content.splitlines()
    assert len(lines) == 60


@pytest.mark.usefixtures("orders")
def test_lines_can_be_missing_that_were_counted(world: World, client: Client) -> None:
    world.faults.switch_on({"kind": "page_missing", "share": 0.9})

    operation = client.finished(client.run(_IDS)["bulkOperation"]["id"])

    assert operation["status"] == "COMPLETED"
    assert operation["objectCount"] == "150"
    assert len(requests.get(operation["url"]).content.splitlines()) == 135


@pytest.mark.usefixtures("orders")
def test_up_to_now_is_the_same_question_a_minute_later(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_files, "_WORTH_KEEPING", 0)
    folder = world.store.path.parent / "bulk"

    for minute in range(2):
        now = NOW + timedelta(minutes=minute)
        world.clock.freeze(now)
        client.bulk(
            f"{{ orders(query: \"updated_at:<'{now.isoformat()}'\")"
            " { edges { node { id } } } }"
        )
        assert len(list(folder.glob("*.jsonl"))) == 1


@pytest.mark.usefixtures("orders")
def test_the_same_question_gets_the_same_file_until_something_changes(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_files, "_WORTH_KEEPING", 0)
    folder = world.store.path.parent / "bulk"

    client.bulk(_ORDERS)
    client.bulk(_ORDERS)
    assert len(list(folder.glob("*.jsonl"))) == 1

    put(world, an_order(1, refunds=(a_refund(),)))
    changed = client.bulk(_ORDERS)
    assert len(list(folder.glob("*.jsonl"))) == 2
    assert changed[0]["refunds"] == [{"id": "gid://shopify/Refund/1"}]

    put(world, an_order(151, created_at=NOW + timedelta(hours=1)))
    client.bulk(_ORDERS)
    world.clock.freeze(NOW + timedelta(hours=2))
    assert len(client.bulk(_IDS)) == 151
    assert len(client.bulk(_ORDERS)) == 1060
