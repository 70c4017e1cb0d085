"""Every GraphQL document that we send is one of Shopify's published Admin schema.

The schema comes with an npm package (``package.json`` beside this file); without it
there is nothing to validate against, and the test is skipped:

    npm install --prefix tests/taps/tap_shopify --ignore-scripts --no-package-lock
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema, parse, validate

from activation import coupons
from activation import shopify as activation_shopify
from sandbox.shopify.schema import schema_of
from taps.tap_shopify.settings import SETTINGS
from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import (
    agreement,
    checkout,
    customer,
    discount,
    journey,
    line,
    order,
    refund,
    sale,
)
from tests.taps.tap_shopify.shop import Shop

VERSION = SETTINGS["properties"]["api_version"]["default"]
PLACES = [Path(__file__).parent, Path.cwd()]
DATA = f"node_modules/@shopify/dev-mcp/dist/data/admin_{VERSION}.json.gz"

#: Fields of older versions, which public taps still ask the sandbox for.
GONE = {"App.name", "FulfillmentService.permitsSkuSharing"}
#: Names of the operations that reading everything, and failing at it, sends.
OPERATIONS = {
    "BulkUnderWay",
    "ByIds",
    "CancelBulk",
    "Count",
    "DayCounts",
    "Discounts",
    "Oldest",
    "Page",
    "PollBulk",
    "Probe",
    "More",
    "Sales",
    "Shop",
    "SubmitBulk",
}


@cache
def admin_schema() -> GraphQLSchema:
    file = next((place / DATA for place in PLACES if (place / DATA).exists()), None)
    if file is None:
        pytest.skip("Shopify's schema is not installed (npm install)")
    told = json.loads(gzip.decompress(file.read_bytes()))
    return build_client_schema(told.get("data", told))


def problems(text: str) -> list[str]:
    return [error.message for error in validate(admin_schema(), parse(text))]


def test_all_that_the_tap_asks_for_is_in_the_schema(
    shop: Shop, run_tap: RunTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin_schema()
    for text in sorted(asked_for(shop, run_tap, monkeypatch)):
        assert problems(text) == [], text


def test_what_is_written_to_shopify_is_in_the_schema() -> None:
    tags = activation_shopify._mutation("tagsAdd", 2)
    texts = [
        value
        for module in (coupons, activation_shopify)
        for value in vars(module).values()
        if isinstance(value, str) and value.startswith(("query ", "mutation "))
    ]
    assert len(texts) >= 5
    for text in [*texts, tags]:
        assert problems(text) == [], text


def test_the_sandbox_knows_no_field_that_shopify_does_not() -> None:
    """Of the types that both have; arguments and fields may be fewer, never others."""
    admin, ours = admin_schema(), schema_of(VERSION)
    unknown = [
        f"{name}.{field}"
        for name, kind in ours.type_map.items()
        if not name.startswith("__") and name in admin.type_map
        for field in getattr(kind, "fields", {})
        if field not in getattr(admin.type_map[name], "fields", {field: None})
    ]
    assert set(unknown) <= GONE


def asked_for(shop: Shop, run_tap: RunTap, patch: pytest.MonkeyPatch) -> set[str]:
    """Documents of reading by pages and in bulk, of waiting and of giving up."""
    at = "2026-11-20T09:00:00Z"
    sales = [sale(n) for n in range(100, 125)]
    agreements = [agreement(n, at, sales) for n in range(1, 9)]
    shop.orders = [
        order(
            1,
            at,
            lineItems=[line(n) for n in range(25)],
            agreements=agreements,
            refunds=[refund(901, lines=30)],
        ),
        order(2, at, createdAt=at, customerJourneySummary=journey(ready=False)),
    ]
    shop.customers, shop.checkouts = [customer(1)], [checkout(1, lines=25)]
    shop.discounts = [discount(n, codes=35) for n in range(1, 15)]
    shop.scopes.append("read_reports")
    paged = run_tap(deleted_orders_days=30)
    run_tap(state=paged.state)
    shop.bulk_outcomes = [{"status": "RUNNING"}]
    ticks = iter(range(0, 10**9, 600))
    patch.setattr("taps.tap_shopify.bulk.monotonic", lambda: next(ticks))
    full = {"code": "OPERATION_IN_PROGRESS", "field": None, "message": "In progress."}

    def busy(name: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if name != "SubmitBulk" or len(shop.asked("SubmitBulk")) > 1:
            return None
        payload = {"bulkOperation": None, "userErrors": [full]}
        return 200, {"data": {"bulkOperationRunQuery": payload}}

    shop.intercept = busy
    run_tap(bulk_from_orders=0, bulk_timeout_minutes=60)
    assert {name for name, _, _ in shop.requests} >= OPERATIONS
    bulk = {variables["query"] for variables in shop.asked("SubmitBulk")}
    return {text for _, _, text in shop.requests} | bulk
