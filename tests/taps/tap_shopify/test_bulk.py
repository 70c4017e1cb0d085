"""Bulk operations that fail, linger, or leave a file that is not whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import order
from tests.taps.tap_shopify.shop import Shop

BULK = {"bulk_from_orders": 0}
BUSY = {
    "data": {
        "bulkOperationRunQuery": {
            "bulkOperation": None,
            "userErrors": [
                {"code": "LIMIT_REACHED", "field": None, "message": "Limit reached."}
            ],
        }
    }
}

BROKEN: dict[str, dict[str, Any]] = {
    "failed": {"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR", "url": None},
    "partial": {
        "status": "FAILED",
        "partialDataUrl": "http://x.test/part",
        "url": None,
    },
    "cancelled": {"status": "CANCELED", "url": None},
    "expired": {"status": "EXPIRED", "url": None},
    "cut off in a line": {"cut": 700},
    "fewer lines than counted": {"objectCount": "99"},
    "fewer orders than counted": {"rootObjectCount": "99"},
    "no file though it counts objects": {"url": None},
}


@pytest.mark.parametrize("outcome", BROKEN.values(), ids=BROKEN)
def test_an_operation_that_is_not_whole_is_tried_by_halves(
    shop: Shop, run_tap: RunTap, outcome: dict[str, Any]
) -> None:
    shop.orders = [order(1), order(2, "2026-11-20T00:00:00Z")]
    shop.bulk_outcomes = [dict(outcome)]
    run = run_tap(**BULK)
    assert run.status == 0, run.errors
    assert len(run.rows("orders")) == 2
    assert len(shop.operations) == 3
    assert run.bookmark("orders") == "2026-11-21T04:00:00Z"


@pytest.mark.parametrize("outcome", BROKEN.values(), ids=BROKEN)
def test_the_bookmark_does_not_move_past_what_could_not_be_read(
    shop: Shop, run_tap: RunTap, outcome: dict[str, Any]
) -> None:
    shop.orders = [order(1), order(2, "2026-11-20T00:00:00Z")]
    shop.bulk_outcomes = [dict(outcome) for _ in range(9)]
    run = run_tap(**BULK, select=["orders"])
    assert run.status == 1
    assert run.errors.splitlines()[-1].startswith("ERROR: orders, 2026-")
    assert run.bookmark("orders") is None


def test_nothing_of_a_broken_file_is_written(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1), order(2, "2026-11-20T00:00:00Z")]
    shop.bulk_outcomes = [{"cut": -40}, {"cut": -40}, {"cut": -40}]
    assert run_tap(**BULK).rows("orders") == []


def test_a_child_of_an_order_that_is_not_in_the_file_breaks_it(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1), order(2, "2026-11-20T00:00:00Z")]
    shop.shuffle = lambda lines: [text.replace("Order/1", "Order/9") for text in lines]

    def keep_roots(lines: list[str]) -> list[str]:
        return [
            t if "__parentId" not in t else t.replace("Order/1", "Order/9")
            for t in lines
        ]

    shop.shuffle = keep_roots
    run = run_tap(**BULK)
    assert run.status == 1
    assert "parents are not in the file" in run.errors


def test_an_operation_without_objects_is_not_an_error(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]

    def count_one_more(operation: str, variables: dict[str, Any]) -> Any:
        if operation == "Count" and len(shop.asked("Count")) == 1:
            shop.orders.clear()
            count = {"count": 1, "precision": "EXACT"}
            return 200, {"data": {"ordersCount": count}}
        return None

    shop.intercept = count_one_more
    run = run_tap(**BULK, select=["orders"])
    assert run.status == 0, run.errors
    assert run.bookmark("orders") == "2026-11-21T04:00:00Z"


def test_polling_starts_fast_and_slows_down(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1)]
    shop.bulk_outcomes = [{"status": "RUNNING"}]

    def finish(operation: str, variables: dict[str, Any]) -> None:
        if len(shop.asked("PollBulk")) > 24:
            for running in shop.operations.values():
                running["status"] = "COMPLETED"

    shop.intercept = finish
    run = run_tap(**BULK)
    assert run.status == 0, run.errors
    assert run.waits[0] == pytest.approx(0.2)
    assert run.waits[-1] == pytest.approx(10.0)
    assert run.waits == sorted(run.waits)


def test_an_operation_that_takes_too_long_is_cancelled_and_halved(
    shop: Shop, run_tap: RunTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.orders = [order(1), order(2, "2026-11-20T00:00:00Z")]
    shop.bulk_outcomes = [{"status": "RUNNING"}]
    ticks = iter(range(0, 10**9, 600))
    monkeypatch.setattr("taps.tap_shopify.bulk.monotonic", lambda: next(ticks))
    run = run_tap(**BULK, bulk_timeout_minutes=60)
    assert run.status == 0, run.errors
    assert len(shop.asked("CancelBulk")) == 1
    assert len(run.rows("orders")) == 2


def test_with_every_place_taken_it_waits_for_one(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1)]

    def busy(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        is_full = operation == "SubmitBulk" and len(shop.asked("SubmitBulk")) < 3
        return (200, BUSY) if is_full else None

    shop.intercept = busy
    run = run_tap(**BULK)
    assert run.status == 0, run.errors
    assert len(shop.asked("SubmitBulk")) == 3


def test_only_an_operation_with_our_mark_and_our_query_is_adopted(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    begun: list[str] = []

    def busy(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if operation != "SubmitBulk":
            return None
        if not begun:
            begun.append(variables["query"])
            shop._bulkOperationRunQuery(variables["query"].split("\n", 1)[1], False)
            ours = shop._bulkOperationRunQuery(variables["query"], False)
            for running in shop.operations.values():
                running["status"] = "RUNNING"
            begun.append(ours["bulkOperation"]["id"])
        return 200, BUSY

    def finish(operation: str, variables: dict[str, Any]) -> Any:
        if operation == "PollBulk":
            assert variables["id"] == begun[1]
            shop.operations[begun[1]]["status"] = "COMPLETED"
        return busy(operation, variables)

    shop.intercept = finish
    run = run_tap(**BULK)
    assert run.status == 0, run.errors
    assert begun[0].startswith("# timonel orders, ")
    assert len(run.rows("orders")) == 1


def test_the_grouping_of_lines_is_always_said(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1)]
    run_tap(**BULK)
    (text,) = (text for name, _, text in shop.requests if name == "SubmitBulk")
    assert "groupObjects: false" in text


def test_a_refused_query_says_what_shopify_says(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1)]
    payload = {
        "bulkOperation": None,
        "userErrors": [
            {"code": "INVALID", "field": ["query"], "message": "Bad query."}
        ],
    }

    def refuse(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if operation != "SubmitBulk":
            return None
        return 200, {"data": {"bulkOperationRunQuery": payload}}

    shop.intercept = refuse
    run = run_tap(**BULK)
    assert run.status == 1
    assert "refuses the bulk operation: Bad query." in run.errors
