"""Customers as the shop tells them."""

from __future__ import annotations

from sandbox.shopify.documents import customer_versions
from sandbox.simulation.world import World
from tests.sandbox.shopify.shops import Client, a_customer

CUSTOMERS = """{ customers(first: 5, sortKey: ID) { nodes {
  id verifiedEmail defaultEmailAddress { emailAddress } } } }"""


def test_two_customers_may_have_one_address_confirmed_or_not(
    client: Client, world: World
) -> None:
    for number, is_verified in ((1, True), (2, True), (3, False)):
        person = a_customer(
            number, email="ana@example.com", is_email_verified=is_verified
        )
        world.store.add("tienda_norte", "shopify/customers", customer_versions(person))

    found = client.ask(CUSTOMERS)["data"]["customers"]["nodes"]

    assert [each["verifiedEmail"] for each in found] == [True, True, False]
    addresses = {each["defaultEmailAddress"]["emailAddress"] for each in found}
    assert addresses == {"ana@example.com"}
