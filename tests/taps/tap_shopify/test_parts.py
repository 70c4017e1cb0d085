"""A part that fails is told, and keeps nothing else from being read."""

from __future__ import annotations

from typing import Any

import pytest

from taps.tap_shopify.answers import PROTECTED_DATA
from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import checkout, customer, discount, order
from tests.taps.tap_shopify.shop import Shop

Reply = tuple[int, Any]


def not_approved(what: str, path: list[Any] | None) -> dict[str, Any]:
    place = {} if path is None else {"path": path}
    return {
        "message": f"This app is not approved to {what}. See https://shopify.dev/docs/"
        "apps/launch/protected-customer-data for more details.",
        "extensions": {"code": "ACCESS_DENIED"},
        **place,
    }


def stocked(shop: Shop) -> None:
    shop.orders = [order(1), order(2)]
    shop.customers = [customer(7)]
    shop.discounts = [discount(3)]
    shop.checkouts = [checkout(4)]


def test_a_count_of_checkouts_that_is_off_by_one_keeps_nothing_else(
    shop: Shop, run_tap: RunTap
) -> None:
    stocked(shop)
    shop.miscounts = {"checkouts": 1}
    run = run_tap()
    assert run.status == 1
    told = run.errors.splitlines()[-1]
    assert told.startswith("ERROR: tables: 1 of ")
    assert "abandoned_checkouts: " in told
    assert "1 were read and Shopify counts 2, twice" in told
    assert {row["id"] for row in run.rows("orders")} == {"1", "2"}
    assert run.bookmark("orders") == "2026-11-21T04:00:00Z"
    assert len(run.rows("customers")) == len(run.rows("discount_codes")) == 1
    assert run.bookmark("abandoned_checkouts") is None


@pytest.mark.parametrize("operation", ["Discounts", "DayCounts"])
def test_whatever_else_fails_orders_are_read_before(
    shop: Shop, run_tap: RunTap, operation: str
) -> None:
    stocked(shop)

    def fail(asked: str, variables: dict[str, Any]) -> Reply | None:
        error = {"message": "It failed.", "extensions": {"code": "BAD_REQUEST"}}
        return (200, {"errors": [error]}) if asked == operation else None

    shop.intercept = fail
    run = run_tap()
    assert run.status == 1
    assert set(run.by_id("orders")) == {"1", "2"}
    assert run.bookmark("orders") == "2026-11-21T04:00:00Z"


def test_orders_that_fail_do_not_keep_customers(shop: Shop, run_tap: RunTap) -> None:
    stocked(shop)
    shop.miscounts = {"orders": 1}
    run = run_tap()
    assert run.status == 1
    assert "orders: " in run.errors.splitlines()[-1]
    assert run.bookmark("orders") is None
    assert run.bookmark("customers") == "2026-11-21T04:00:00Z"


@pytest.mark.parametrize("path", [["customers"], None], ids=["by path", "by name"])
def test_customers_that_were_not_approved_are_told_with_the_right_remedy(
    shop: Shop, run_tap: RunTap, path: list[Any] | None
) -> None:
    stocked(shop)

    def refuse(asked: str, variables: dict[str, Any]) -> Reply | None:
        text = shop.requests[-1][2]
        if " customers(" not in text:
            return None
        error = not_approved("access the Customer object", path)
        return 200, {"data": {"customers": None}, "errors": [error]}

    shop.intercept = refuse
    run = run_tap()
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 2
    assert run.rows("customers") == []
    assert run.bookmark("customers") is None
    told = next(w for w in run.rows("shop")[0]["warnings"] if "customers stays" in w)
    assert PROTECTED_DATA in told
    assert "access scope it asks for" not in told


def test_fields_of_customers_that_were_not_approved_are_null(
    shop: Shop, run_tap: RunTap
) -> None:
    stocked(shop)
    shop.denied = {"firstName", "lastName", "defaultEmailAddress"}
    run = run_tap(bulk_from_orders=0)
    assert run.status == 0, run.errors
    (row,) = run.rows("customers")
    assert (row["first_name"], row["email"]) == (None, None)
    assert (row["number_of_orders"], row["country_code"]) == (3, "ES")
    # A bulk operation would only have said that it was denied something.
    queries = [v["query"] for v in shop.asked("SubmitBulk")]
    assert not any("defaultEmailAddress" in query for query in queries)


def test_a_denied_bulk_operation_of_customers_is_a_warning(
    shop: Shop, run_tap: RunTap
) -> None:
    stocked(shop)
    denied = {"status": "FAILED", "errorCode": "ACCESS_DENIED", "url": None}
    shop.bulk_outcomes = [{}, denied]
    run = run_tap(bulk_from_orders=0)
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 2
    assert run.rows("customers") == []
    assert any("customers stays as it is" in w for w in run.rows("shop")[0]["warnings"])


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("BAD_REQUEST", 1, "It is something else"),
        ("MAX_COST_EXCEEDED", 1, "It is something else"),
        ("INTERNAL_SERVER_ERROR", 1, "Shopify failed (INTERNAL_SERVER_ERROR)"),
    ],
)
def test_a_denial_hides_no_other_error_of_the_answer(
    shop: Shop, run_tap: RunTap, code: str, status: int, said: str
) -> None:
    stocked(shop)

    def fail(asked: str, variables: dict[str, Any]) -> Reply | None:
        if asked != "Discounts":
            return None
        denied = {
            "message": "Access denied for email field.",
            "path": ["codeDiscountNodes", "nodes", 0, "email"],
            "extensions": {"code": "ACCESS_DENIED"},
        }
        other = {"message": "It is something else", "extensions": {"code": code}}
        page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return 200, {"data": {"codeDiscountNodes": page}, "errors": [denied, other]}

    shop.intercept = fail
    run = run_tap(select=["discount_codes"])
    assert run.status == status
    assert said in run.errors


def test_a_count_that_is_not_exact_is_split_and_never_a_failure(
    shop: Shop, run_tap: RunTap
) -> None:
    moments = [f"2026-11-0{n}T0{hour}:00:00Z" for n in (1, 2, 3) for hour in range(5)]
    shop.orders = [order(n, at, createdAt=at) for n, at in enumerate(moments, 1)]
    shop.exact_to = 2
    run = run_tap(deleted_orders_days=30)
    assert run.status == 0, run.errors
    assert len(run.by_id("orders")) == 15
    counts = {row["date"]: row["order_count"] for row in run.rows("order_days")}
    assert [counts[f"2026-11-0{n}"] for n in (1, 2, 3)] == [5, 5, 5]
    assert len(run.rows("order_ids")) == 15


def test_more_orders_in_a_second_than_shopify_counts_are_read(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(n) for n in range(1, 6)]
    shop.exact_to = 2
    run = run_tap(bulk_from_orders=0)
    assert run.status == 0, run.errors
    assert len(run.by_id("orders")) == 5


@pytest.mark.parametrize(
    "answer",
    [
        {"tableData": None, "parseErrors": []},
        {"tableData": None, "parseErrors": ["Unknown column net_sales."]},
        None,
    ],
)
def test_shopifyql_without_a_table_is_a_warning(
    shop: Shop, run_tap: RunTap, answer: dict[str, Any] | None
) -> None:
    shop.orders = [order(1)]
    shop.scopes.append("read_reports")

    def without(asked: str, variables: dict[str, Any]) -> Reply | None:
        reply = {"data": {"shopifyqlQuery": answer}}
        return (200, reply) if asked == "Sales" else None

    shop.intercept = without
    run = run_tap()
    assert run.status == 0, run.errors
    assert {row["net_sales"] for row in run.rows("order_days")} == {None}
    assert sum(row["order_count"] for row in run.rows("order_days")) == 1
    assert any("gives no table" in w for w in run.rows("shop")[0]["warnings"])


def test_our_running_operation_is_found_behind_many_others(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    ours: list[str] = []
    busy = {
        "code": "OPERATION_IN_PROGRESS",
        "field": None,
        "message": "A bulk operation is already in progress.",
    }
    full = {"bulkOperation": None, "userErrors": [busy]}

    def answer(asked: str, variables: dict[str, Any]) -> Reply | None:
        if asked == "SubmitBulk":
            if not ours:
                payload = shop._bulkOperationRunQuery(variables["query"], False)
                operation = payload["bulkOperation"]
                operation["status"] = "RUNNING"
                ours.append(operation["id"])
                for _ in range(120):
                    shop._bulkOperationRunQuery(
                        variables["query"].split("\n", 1)[1], False
                    )
            return 200, {"data": {"bulkOperationRunQuery": full}}
        if asked == "PollBulk":
            assert variables["id"] == ours[0]
            shop.operations[ours[0]]["status"] = "COMPLETED"
        return None

    shop.intercept = answer
    run = run_tap(bulk_from_orders=0)
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 1
    assert len(shop.asked("SubmitBulk")) == 1
