"""tagsAdd and tagsRemove: with the scope, to customers there are, at its price."""

from __future__ import annotations

import pytest

from sandbox.shopify.documents import customer_versions
from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.world import World
from tests.sandbox.shopify.shops import Client, a_customer

TAG = """mutation T($tags: [String!]!) {
  a: tagsAdd(id: "gid://shopify/Customer/1", tags: $tags) {
    node { id ... on Customer { tags } } userErrors { field message } }
  b: tagsAdd(id: "gid://shopify/Customer/9", tags: $tags) {
    userErrors { field message } } }"""


@pytest.fixture(autouse=True)
def customers(world: World) -> None:
    customer = a_customer(1, tags=("vip",))
    world.store.add("tienda_norte", "shopify/customers", customer_versions(customer))


def test_without_the_scope_no_customer_is_tagged(client: Client) -> None:
    told = client.ask(TAG, tags=["new"])

    assert told["data"]["a"] is None
    assert told["errors"][0]["extensions"]["requiredAccess"] == (
        "`write_customers` access scope."
    )


def test_tags_are_added_once_and_whoever_is_unknown_is_told(
    client: Client, world: World
) -> None:
    scopes = (*TIENDA_NORTE.scopes, "write_customers")
    world.grant("tienda_norte", "shopify", scopes)

    client.ask(TAG, tags=["new, VIP"])
    told = client.ask(TAG, tags=["new"])

    assert told["data"]["a"]["node"]["tags"] == ["new", "vip"]
    assert told["data"]["b"]["userErrors"] == [
        {"field": ["id"], "message": "Customer does not exist"}
    ]
    assert told["extensions"]["cost"]["requestedQueryCost"] == 20


def test_a_tag_that_is_too_long_is_refused(client: Client, world: World) -> None:
    scopes = (*TIENDA_NORTE.scopes, "write_customers")
    world.grant("tienda_norte", "shopify", scopes)

    told = client.ask(TAG, tags=["x" * 41])

    assert "too long" in told["data"]["a"]["userErrors"][0]["message"]


def test_tags_are_taken_away_and_the_others_stay(client: Client, world: World) -> None:
    untag = TAG.replace("tagsAdd", "tagsRemove")
    without = client.ask(untag, tags=["vip"])
    scopes = (*TIENDA_NORTE.scopes, "write_customers")
    world.grant("tienda_norte", "shopify", scopes)
    client.ask(TAG, tags=["new"])

    told = client.ask(untag, tags=["VIP, absent"])

    assert without["data"]["a"] is None
    assert told["data"]["a"]["node"]["tags"] == ["new"]
    assert told["data"]["b"]["userErrors"][0]["message"] == "Customer does not exist"
