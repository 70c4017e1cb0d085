"""Access, versions, costs and errors of single requests."""

from dataclasses import replace
from typing import Any

import pytest
import requests
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type

from sandbox.shopify.cost import Bucket
from sandbox.shopify.fields import FIELDS
from sandbox.shopify.oauth import signature
from sandbox.shopify.schema import schema_of
from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.world import World
from tests.sandbox.shopify.shops import (
    FIRST_DAY,
    NOW,
    Client,
    an_order,
    put,
)

_SHOP = "{ shop { name } }"


def _credentials(client: Client) -> dict[str, str]:
    found = client.world.credentials(client.company.slug, "shopify")
    return {
        "client_id": str(found.settings["client_id"]),
        "client_secret": found.secrets["client_secret"],
    }


def _grant(client: Client, **form: str) -> requests.Response:
    return requests.post(f"{client.url}/admin/oauth/access_token", data=form)


def _without(world: World, *scopes: str) -> None:
    left = tuple(scope for scope in TIENDA_NORTE.scopes if scope not in scopes)
    world.companies["tienda_norte"] = replace(TIENDA_NORTE, scopes=left)


def test_client_credentials_buy_a_token_for_a_day(client: Client) -> None:
    answer = _grant(client, grant_type="client_credentials", **_credentials(client))

    token = answer.json()
    assert token["expires_in"] == 86_399
    assert "read_all_orders" in token["scope"].split(",")
    client.session.headers["X-Shopify-Access-Token"] = token["access_token"]
    assert client.data(_SHOP) == {"shop": {"name": "Tienda Norte"}}


def test_a_wrong_secret_buys_nothing(client: Client) -> None:
    wrong = {**_credentials(client), "client_secret": "shpss_wrong"}

    answer = _grant(client, grant_type="client_credentials", **wrong)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client"


def test_a_refresh_token_works_once(client: Client) -> None:
    credentials = _credentials(client)
    redirect = requests.get(
        f"{client.url}/admin/oauth/authorize",
        params={
            "client_id": credentials["client_id"],
            "redirect_uri": "http://127.0.0.1:1/callback",
            "state": "s1",
        },
        allow_redirects=False,
    )
    sent = dict(
        part.split("=")
        for part in redirect.headers["Location"].split("?")[1].split("&")
    )
    signed = {name: value for name, value in sent.items() if name != "hmac"}
    first = _grant(client, code=sent["code"], expiring="1", **credentials).json()
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = _grant(client, **renewal, **credentials)
    third = _grant(client, **renewal, **credentials)

    assert sent["state"] == "s1"
    assert sent["hmac"] == signature(signed, credentials["client_secret"])
    assert first["expires_in"] == 3_600
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert third.status_code == 400


@pytest.mark.parametrize("token", ["", "shpat_unknown"])
def test_a_request_needs_a_token(token: str, client: Client) -> None:
    client.session.headers["X-Shopify-Access-Token"] = token

    answer = client.post(_SHOP)

    assert answer.status_code == 401
    assert "Invalid API key or access token" in answer.json()["errors"]


def test_a_token_opens_one_shop(client: Client, other_client: Client) -> None:
    client.session.headers["X-Shopify-Access-Token"] = other_client.session.headers[
        "X-Shopify-Access-Token"
    ]

    assert client.post(_SHOP).status_code == 401


def test_a_token_can_die_in_the_middle_of_a_run(world: World, client: Client) -> None:
    world.faults.switch_on({"kind": "token_expired", "after": 1})

    assert [client.post(_SHOP).status_code for _ in range(3)] == [200, 401, 401]


def test_a_wrong_shop_is_not_found(client: Client) -> None:
    client.url = client.url.replace("tienda-norte", "tienda-sur")

    assert client.post(_SHOP).status_code == 404


@pytest.mark.parametrize(
    ("asked", "served"),
    [("2026-10", "2026-10"), ("2026-01", "2026-01"), ("2025-07", "2026-01")],
)
def test_an_old_version_falls_forward_without_a_word(
    asked: str, served: str, client: Client
) -> None:
    answer = client.post(_SHOP, version=asked)

    assert answer.status_code == 200
    assert answer.headers["X-Shopify-API-Version"] == served


def test_a_version_nobody_heard_of_is_not_found(client: Client) -> None:
    assert client.post(_SHOP, version="2026-11").status_code == 404


@pytest.mark.parametrize(
    ("version", "is_grouped"), [("2025-10", "true"), ("2026-01", "false")]
)
def test_children_are_no_longer_grouped_by_default(
    version: str, is_grouped: str
) -> None:
    mutation = schema_of(version).mutation_type
    assert mutation is not None

    argument = mutation.fields["bulkOperationRunQuery"].args["groupObjects"]

    assert str(argument.default_value).lower() == is_grouped


def test_without_read_all_orders_old_orders_are_absent(
    world: World, client: Client
) -> None:
    old = NOW.replace(month=8)
    put(world, an_order(1, created_at=old, processed_at=old), an_order(2))
    query = """{ orders(first: 5) { nodes { name } } ordersCount { count }
        order(id: "gid://shopify/Order/1") { name } }"""
    everything = client.data(query)

    _without(world, "read_all_orders")
    recent = client.data(query)

    assert everything["ordersCount"]["count"] == 2
    assert recent == {
        "orders": {"nodes": [{"name": "#1002"}]},
        "ordersCount": {"count": 1},
        "order": None,
    }
    names = client.bulk("{ orders { edges { node { name } } } }")
    assert names == [{"name": "#1002"}]


def test_a_field_without_permission_is_null_beside_the_rest(
    world: World, client: Client
) -> None:
    put(world, an_order())
    _without(world, "read_customers")

    answer = client.ask("{ orders(first: 1) { nodes { name customer { email } } } }")

    assert answer["data"]["orders"]["nodes"] == [{"name": "#1001", "customer": None}]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["path"] == ["orders", "nodes", 0, "customer"]


def test_a_root_without_permission_leaves_no_data(world: World, client: Client) -> None:
    _without(world, "read_customers")

    answer = client.ask("{ customers(first: 1) { nodes { email } } }")
    payload = client.run("{ customers { edges { node { id } } } }")
    operation = client.finished(payload["bulkOperation"]["id"])

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert (operation["status"], operation["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_an_unknown_field_is_an_error_with_status_200(client: Client) -> None:
    answer = client.post("{ shop { colour } }")

    assert answer.status_code == 200
    (error,) = answer.json()["errors"]
    assert error["message"] == "Field 'colour' doesn't exist on type 'Shop'"
    assert error["extensions"]["code"] == "undefinedField"


def test_a_field_can_vanish_from_the_schema(world: World, client: Client) -> None:
    world.faults.switch_on({"kind": "schema_change", "field": "Shop.name"})

    spoilt, healed = client.ask(_SHOP), client.ask(_SHOP)

    assert spoilt["errors"][0]["extensions"]["code"] == "undefinedField"
    assert healed == {**healed, "data": {"shop": {"name": "Tienda Norte"}}}


def test_what_was_not_found_is_not_charged(world: World, client: Client) -> None:
    put(world, an_order())

    cost = client.ask("{ orders(first: 100) { nodes { id } } }")["extensions"]["cost"]

    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (11, 3)
    status = cost["throttleStatus"]
    assert status["maximumAvailable"] == 2_000.0
    assert status["restoreRate"] == 100.0
    assert status["currentlyAvailable"] >= 1_997


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        # What public connectors say their queries cost.
        ("{ customers(first: 100) { pageInfo { endCursor } nodes { id } } }", 11),
        ("{ customers(first: 1) { nodes { id } } }", 3),
        ("{ shop { name currencyCode } ordersCount { count } }", 1),
        ("{ orders(first: 250) { nodes { taxLines { rate } } } }", 24),
        (
            "{ orders(first: 250) { nodes { totalTaxSet { shopMoney { amount } } } } }",
            13,
        ),
    ],
)
def test_a_query_costs_what_it_costs_at_shopify(
    query: str, cost: int, client: Client
) -> None:
    assert client.ask(query)["extensions"]["cost"]["requestedQueryCost"] == cost


def test_a_query_that_costs_too_much_is_never_run(client: Client) -> None:
    lines = "lineItems(first: 250) { nodes { product { id } variant { id } } }"
    many = " ".join(f"a{number}: {lines}" for number in range(4))

    answer = client.ask(f"{{ orders(first: 250) {{ nodes {{ id {many} }} }} }}")

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_throttled_is_an_answer_with_status_200(world: World, client: Client) -> None:
    world.faults.switch_on({"kind": "shopify_throttle"})

    answer = client.post("{ orders(first: 100) { nodes { id } } }")

    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    assert "data" not in body
    assert body["errors"][0]["message"] == "Throttled"
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    cost = body["extensions"]["cost"]
    assert cost["actualQueryCost"] is None
    assert cost["throttleStatus"]["currentlyAvailable"] < cost["requestedQueryCost"]


def test_a_bucket_fills_with_time() -> None:
    seconds = 0.0
    bucket = Bucket("Basic", lambda: seconds)

    assert bucket.take(1_500)
    assert not bucket.take(600)
    seconds = 1.0
    assert bucket.take(600)
    bucket.give_back(50)
    assert bucket.status().available == 50
    seconds = 100.0
    assert bucket.status().available == 2_000


def test_the_shop_and_the_scopes_are_told(world: World, client: Client) -> None:
    answer = client.data(
        """{ shop { id currencyCode ianaTimezone timezoneOffset myshopifyDomain }
             currentAppInstallation { accessScopes { handle } }
             publicApiVersions { handle } }"""
    )

    assert answer["shop"] == {
        "id": "gid://shopify/Shop/61000000002",
        "currencyCode": "EUR",
        "ianaTimezone": "Europe/Madrid",
        "timezoneOffset": "+0100",
        "myshopifyDomain": "tienda-norte.myshopify.com",
    }
    scopes = [s["handle"] for s in answer["currentAppInstallation"]["accessScopes"]]
    assert scopes == list(TIENDA_NORTE.scopes)
    handles = [version["handle"] for version in answer["publicApiVersions"]]
    assert handles == ["2026-01", "2026-04", "2026-07", "2026-10"]


def test_the_shop_has_a_rest_resource(client: Client) -> None:
    shop = client.session.get(f"{client.url}/admin/api/2025-07/shop.json")

    assert shop.headers["X-Shopify-API-Version"] == "2026-01"
    assert shop.json()["shop"]["myshopify_domain"] == "tienda-norte.myshopify.com"


def test_fragments_aliases_and_directives_work(world: World, client: Client) -> None:
    put(world, an_order(processed_at=FIRST_DAY))

    order = client.data(
        """query($with: Boolean!) { order(id: "gid://shopify/Order/1") {
             ...Short number: name email @include(if: $with) tags @skip(if: true) } }
           fragment Short on Order { id ... on Node { id } }""",
        **{"with": False},
    )["order"]

    assert order == {"id": "gid://shopify/Order/1", "number": "#1001"}


def test_the_schema_can_be_asked_for(client: Client) -> None:
    schema = client.data("{ __schema { queryType { name } } }")

    assert schema == {"__schema": {"queryType": {"name": "QueryRoot"}}}


def test_no_field_is_resolved_that_the_schema_does_not_have() -> None:
    types = schema_of("2026-10").type_map
    for name, fields in FIELDS.items():
        kind = types[name]
        assert isinstance(kind, GraphQLObjectType)
        assert fields.keys() <= kind.fields.keys(), name


def test_an_order_answers_every_field_it_may_not_leave_null() -> None:
    types = schema_of("2026-10").type_map
    contextual = {"customer"}
    harmless = {"Boolean", "Int", "String", "UnsignedInt64"}
    for name in ("Order", "LineItem", "Refund", "OrderTransaction", "Customer"):
        kind = types[name]
        assert isinstance(kind, GraphQLObjectType)
        for field, definition in kind.fields.items():
            inner = definition.type
            if not isinstance(inner, GraphQLNonNull) or str(inner).startswith("["):
                continue
            named = get_named_type(inner)
            if is_leaf_type(named) and named.name in harmless:
                continue
            assert field in FIELDS[name].keys() | contextual, f"{name}.{field}"
