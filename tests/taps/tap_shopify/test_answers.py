"""Failures, most of which Shopify sends as HTTP 200."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import order, refund
from tests.taps.tap_shopify.shop import Shop


def failing(operation: str, reply: tuple[int, Any], times: int = 99) -> Any:
    left = [times]

    def intercept(asked: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if asked != operation or left[0] == 0:
            return None
        left[0] -= 1
        return reply

    return intercept


def error(code: str, message: str = "It failed.", **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}, **more}]}


def throttled(cost: float, available: float) -> dict[str, Any]:
    bucket = {
        "maximumAvailable": 2000.0,
        "currentlyAvailable": available,
        "restoreRate": 100.0,
    }
    told = {
        "requestedQueryCost": cost,
        "actualQueryCost": None,
        "throttleStatus": bucket,
    }
    return {**error("THROTTLED", "Throttled"), "extensions": {"cost": told}}


def test_a_throttled_query_waits_until_the_bucket_holds_its_cost(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.intercept = failing("Page", (200, throttled(700, 200)), times=2)
    run = run_tap()
    assert run.status == 0, run.errors
    assert run.waits == [5.0, 5.0]
    assert len(run.rows("orders")) == 1


def test_a_server_error_inside_a_good_answer_is_tried_again(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.intercept = failing("Page", (200, error("INTERNAL_SERVER_ERROR")), times=3)
    run = run_tap()
    assert run.status == 0, run.errors
    assert len(run.waits) == 3


def test_a_query_that_costs_too_much_is_asked_in_smaller_pages(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(n) for n in range(1, 31)]

    def limit(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        is_dear = operation == "Page" and variables["first"] > 7
        return (200, error("MAX_COST_EXCEEDED")) if is_dear else None

    shop.intercept = limit
    run = run_tap(select=["orders"])
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 30
    assert [v["first"] for v in shop.asked("Page")][:4] == [50, 25, 12, 6]


def test_refunds_that_cost_too_much_together_are_asked_for_apart(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(n, refunds=[refund(900 + n)]) for n in range(1, 10)]

    def limit(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        is_dear = operation == "ByIds" and len(variables["ids"]) > 2
        return (200, error("MAX_COST_EXCEEDED")) if is_dear else None

    shop.intercept = limit
    run = run_tap()
    assert run.status == 0, run.errors
    assert len(run.rows("refund_line_items")) == 9


@pytest.mark.parametrize("code", ["undefinedField", "BAD_REQUEST", "SHOP_INACTIVE", ""])
def test_what_asking_again_would_not_cure_is_not_asked_again(
    shop: Shop, run_tap: RunTap, code: str
) -> None:
    shop.orders = [order(1)]
    shop.intercept = failing("Page", (200, error(code)))
    run = run_tap()
    assert run.status == 1
    assert run.waits == []
    assert run.bookmark("orders") is None


def test_a_filter_that_shopify_ignored_stops_the_run(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    warnings = [{"field": "updated_at", "message": "Invalid search field."}]
    page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    answer = {
        "data": {"orders": page},
        "extensions": {"search": [{"path": ["orders"], "warnings": warnings}]},
    }
    shop.intercept = failing("Page", (200, answer))
    run = run_tap()
    assert run.status == 1
    assert "Shopify ignored a filter (updated_at: Invalid search field)" in run.errors


def test_a_field_that_may_be_missing_becomes_null_with_a_warning(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.denied = {"landingPage", "referrerUrl"}
    run = run_tap()
    assert run.status == 0, run.errors
    assert run.rows("order_visits")[0]["landing_page"] is None
    assert run.rows("order_visits")[0]["utm_campaign"] == "bf26"
    (row,) = run.rows("shop")
    assert any("landingPage" in warning for warning in row["warnings"])


def test_a_denied_field_is_left_out_of_bulk_operations(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.denied = {"customerJourneySummary"}
    run = run_tap(bulk_from_orders=0)
    assert run.status == 0, run.errors
    (query,) = (v["query"] for v in shop.asked("SubmitBulk"))
    assert "customerJourneySummary" not in query
    assert run.rows("orders")[0]["journey_is_ready"] is None


def test_without_the_ledger_a_warning_says_what_stands_in_for_it(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.denied = {"agreements"}
    run = run_tap()
    assert run.status == 0, run.errors
    assert run.rows("order_sales") == []
    (warning,) = run.rows("shop")[0]["warnings"]
    assert "use orders and order_refunds instead" in warning


def test_a_denied_field_that_orders_cannot_do_without_fails_them(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.denied = {"transactions"}
    run = run_tap()
    assert run.status == 1
    assert "no access to orders.transactions" in run.errors
    assert "read_transactions" in run.errors
    assert run.bookmark("orders") is None


def test_another_version_than_was_asked_for_stops_the_run(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.served_version = "2026-01"
    run = run_tap(api_version="2025-07")
    assert run.status == 1
    assert "serves API version 2026-01 instead of 2025-07" in run.errors
    assert "Set api_version to 2026-01" in run.errors


def test_another_version_may_be_allowed(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1)]
    shop.served_version = "2026-01"
    run = run_tap(api_version="2025-10", allow_other_version=True)
    assert run.status == 0, run.errors
    assert any("2026-01" in w for w in run.rows("shop")[0]["warnings"])


@pytest.mark.parametrize(
    ("status", "said"),
    [(402, "frozen"), (423, "locked"), (404, "no such shop"), (403, "refuses the app")],
)
def test_a_shop_that_does_not_answer_says_why(
    shop: Shop, run_tap: RunTap, status: int, said: str
) -> None:
    shop.intercept = lambda *_: (status, {"errors": "Not available"})
    run = run_tap()
    assert run.status == 1
    assert said in run.errors.splitlines()[-1]


def test_a_token_that_cannot_be_renewed_ends_with_77(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    run = run_tap(access_token="shpat_revoked")
    assert run.status == 77
    assert "shpat_revoked" not in run.errors


def test_an_app_renews_its_token_in_the_middle_of_a_run(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(n) for n in range(1, 6)]

    def expire(operation: str, variables: dict[str, Any]) -> None:
        if operation == "Page" and variables["after"] is None:
            shop.token = f"shpat_{shop.tokens_issued}"

    shop.intercept = expire
    run = run_tap(access_token=None, client_id="id", client_secret="right", page_size=2)
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 5
    assert shop.tokens_issued >= 2


def test_a_wrong_secret_is_refused_at_once(shop: Shop, run_tap: RunTap) -> None:
    run = run_tap(access_token=None, client_id="id", client_secret="wr0ng")
    assert run.status == 1
    assert "Check client_id and client_secret" in run.errors
    assert "wr0ng" not in run.errors


def test_without_credentials_it_says_which_settings_to_set(
    shop: Shop, run_tap: RunTap
) -> None:
    run = run_tap(access_token=None)
    assert run.status == 1
    assert "Set client_id and client_secret, or access_token." in run.errors


def test_an_answer_that_is_cut_off_is_asked_for_again(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    shop.intercept = failing("Page", (200, b'{"data":{"orders":{"nod'), times=2)
    run = run_tap()
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 1


def test_a_field_that_disappeared_is_named_and_its_value_is_not(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]

    def change(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if operation != "Page" or "updated_at" not in variables["search"]:
            return None
        text = next(t for name, _, t in reversed(shop.requests) if name == "Page")
        answer = shop.execute(text, variables)
        for node in answer["data"].get("orders", {"nodes": []})["nodes"]:
            del node["processedAt"]
        return 200, answer

    shop.intercept = change
    run = run_tap()
    assert run.status == 1
    assert "missing required field `processedAt`" in run.errors
    assert "buyer@example.com" not in run.errors


def test_secrets_are_in_no_message(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1)]
    shop.intercept = failing("Page", (200, error("", "token shpat_good is odd")))
    run = run_tap()
    assert run.status == 1
    assert "shpat_good" not in run.errors
    assert "shpat_good" not in json.dumps(run.messages)
