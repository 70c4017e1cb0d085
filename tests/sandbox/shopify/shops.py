"""A few orders of two shops whose ids collide, and a client that asks for them."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import requests

from sandbox.clock import Clock
from sandbox.shopify.documents import (
    checkout_versions,
    customer_versions,
    discount_versions,
    order_versions,
)
from sandbox.simulation.companies import ANDES, TIENDA_NORTE, Company
from sandbox.simulation.records import (
    Checkout,
    Customer,
    CustomerState,
    DiscountCode,
    Line,
    Order,
    Refund,
    Visit,
)
from sandbox.simulation.world import World
from sandbox.store import Store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST_DAY = datetime(2026, 11, 1, 9, tzinfo=UTC)
VERSION = "2026-10"
RUN = """mutation($q: String!) { bulkOperationRunQuery(query: $q) {
  bulkOperation { id status } userErrors { code field message } } }"""
RUN_GROUPED = RUN.replace("query: $q", "query: $q, groupObjects: true")
POLL = """query($id: ID!) { node(id: $id) { ... on BulkOperation {
  status errorCode objectCount rootObjectCount fileSize url partialDataUrl } } }"""


def a_line(number: int, **changes: Any) -> Line:
    """A line item: two pieces at 20.00, 4.00 off."""
    line = Line(
        id=number,
        product_id=700 + number,
        variant_id=800 + number,
        sku=f"SKU-{number}",
        name="Té",
        vendor="Ría",
        quantity=2,
        unit_minor=2_000,
        discount_minor=400,
    )
    return line._replace(**changes)


def a_customer(number: int = 1, **changes: Any) -> Customer:
    """A customer with one order of 41.00."""
    customer = Customer(
        id=number,
        created_at=FIRST_DAY,
        email=f"ana.{number}@example.com",
        first_name="Ana",
        last_name="Río",
        phone=None,
        state="ENABLED",
        email_marketing="SUBSCRIBED",
        phone_marketing="NOT_SUBSCRIBED",
        country_code="ES",
        tags=(),
        currency="EUR",
        exponent=2,
        states=(CustomerState(FIRST_DAY, 1, 4_100),),
    )
    return replace(customer, **changes)


def an_order(number: int = 1, **changes: Any) -> Order:
    """An order of 41.00 EUR, paid: two lines less discounts, 5.00 shipping.

    Order `n` is placed n - 1 hours after the first; its lines are 10 n and 10 n + 1.
    """
    at = FIRST_DAY + timedelta(hours=number - 1)
    order = Order(
        id=number,
        number=1000 + number,
        kind="purchase",
        customer=a_customer(),
        email="ana.1@example.com",
        created_at=at,
        processed_at=at,
        cancelled_at=None,
        cancel_reason=None,
        is_test=False,
        financial_status="PAID",
        fulfillment_status="FULFILLED",
        source_name="web",
        currency="EUR",
        exponent=2,
        presentment_currency="EUR",
        presentment_exponent=2,
        presentment_rate=Decimal(1),
        lines=(
            a_line(number * 10, unit_minor=1_500, discount_minor=0),
            a_line(number * 10 + 1, quantity=1, unit_minor=1_000, discount_minor=400),
        ),
        shipping_minor=500,
        tax_minor=712,
        discount_code="NORTE10",
        refunds=(),
        visits=(None, None),
        journey_ready_at=None,
        customer_order_index=None,
        days_to_conversion=None,
        moments_count=0,
        country_code="ES",
        province_code="O",
    )
    return replace(order, **changes)


def a_refund(number: int = 1, **changes: Any) -> Refund:
    """A refund of 10.00 a day after the first order: one piece of its first line."""
    refund = Refund(
        number, FIRST_DAY + timedelta(days=1), 1_000, 10, 1, money_moved=True
    )
    return refund._replace(**changes)


def a_visit(number: int, **changes: Any) -> Visit:
    """A visit from a paid campaign."""
    visit = Visit(
        number,
        FIRST_DAY - timedelta(days=4),
        "facebook",
        None,
        "https://tienda.example/?utm_source=facebook",
        None,
        {"source": "facebook", "medium": "paid"},
    )
    return visit._replace(**changes)


def a_checkout(number: int = 1, **changes: Any) -> Checkout:
    """A checkout that was left on the first day."""
    checkout = Checkout(
        id=number,
        created_at=FIRST_DAY,
        updated_at=FIRST_DAY,
        completed_at=None,
        customer_id=1,
        email="ana.1@example.com",
        currency="EUR",
        exponent=2,
        lines=(a_line(number),),
        shipping_minor=500,
        discount_code=None,
    )
    return replace(checkout, **changes)


def a_discount(number: int = 1, **changes: Any) -> DiscountCode:
    """Ten percent off, since the first day."""
    discount = DiscountCode(
        id=900 + number,
        discount_id=number,
        code=f"NORTE{number}0",
        title="Norte",
        kind="DiscountCodeBasic",
        starts_at=FIRST_DAY,
        ends_at=None,
        created_at=FIRST_DAY,
        updated_at=FIRST_DAY,
        usage_count=3,
        usage_limit=None,
        percentage=Decimal("0.1"),
        amount_minor=None,
        currency="EUR",
        exponent=2,
    )
    return replace(discount, **changes)


_VERSIONS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Order: ("orders", order_versions),
    Customer: ("customers", customer_versions),
    Checkout: ("checkouts", checkout_versions),
    DiscountCode: ("discounts", discount_versions),
}


def make_world(directory: Path) -> World:
    """Two shops without data, at noon of the 21st of November 2026."""
    clock = Clock()
    clock.freeze(NOW)
    store = Store(directory / "world.sqlite", clock)
    companies = {company.slug: company for company in (TIENDA_NORTE, ANDES)}
    return World(store, anchor=NOW.date(), seed=7, companies=companies)


def put(world: World, *records: Any, company: Company = TIENDA_NORTE) -> None:
    """Store records of a shop."""
    for record in records:
        collection, versions = _VERSIONS[type(record)]
        world.store.add(company.slug, f"shopify/{collection}", list(versions(record)))


class Client:
    """An app of one shop, with a token."""

    def __init__(self, world: World, company: Company = TIENDA_NORTE) -> None:
        self.world = world
        self.company = company
        self.url = f"{world.base_url}/shopify/{company.shop}"
        self.session = requests.Session()
        token = world.tokens.issue(company.slug, "shopify", prefix="shpat_")
        self.session.headers["X-Shopify-Access-Token"] = token

    def post(
        self, query: str, version: str = VERSION, **variables: Any
    ) -> requests.Response:
        """Send a query."""
        url = f"{self.url}/admin/api/{version}/graphql.json"
        return self.session.post(url, json={"query": query, "variables": variables})

    def ask(self, query: str, **variables: Any) -> Any:
        """The whole answer to a query."""
        return self.post(query, **variables).json()

    def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def run(self, query: str, mutation: str = RUN) -> Any:
        """Start a bulk operation; its payload."""
        return self.data(mutation, q=query)["bulkOperationRunQuery"]

    def finished(self, identifier: str) -> Any:
        """A bulk operation, once it is over."""
        for _ in range(500):
            operation = self.data(POLL, id=identifier)["node"]
            if operation["status"] not in {"CREATED", "RUNNING", "CANCELING"}:
                return operation
            time.sleep(0.01)
        raise AssertionError(f"{identifier} did not finish")

    def bulk(self, query: str, mutation: str = RUN) -> list[Any]:
        """The lines of a bulk operation."""
        payload = self.run(query, mutation)
        assert payload["userErrors"] == []
        operation = self.finished(payload["bulkOperation"]["id"])
        if operation["url"] is None:
            return []
        lines = requests.get(operation["url"]).content.splitlines()
        return [msgspec.json.decode(line) for line in lines]
