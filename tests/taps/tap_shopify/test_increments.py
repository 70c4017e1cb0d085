"""Which orders a run reads, and how far it says it got."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import checkout, customer, order
from tests.taps.tap_shopify.shop import Shop

BULK = {"bulk_from_orders": 0}


def test_a_second_run_reads_only_what_changed(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1), order(2)]
    first = run_tap()
    assert first.bookmark("orders") == "2026-11-21T04:00:00Z"
    shop.now = datetime(2026, 11, 21, 5, tzinfo=UTC)
    shop.orders[1] = order(2, "2026-11-21T04:30:00Z", test=True)
    second = run_tap(state=first.state)
    assert [row["id"] for row in second.rows("orders")] == ["2"]
    assert second.bookmark("orders") == "2026-11-21T05:00:00Z"


def test_the_minutes_before_the_bookmark_are_read_again(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    first = run_tap()
    # Indexed after the first run had looked, though it had changed before.
    shop.orders.append(order(2, "2026-11-21T03:55:00Z"))
    assert len(run_tap(state=first.state).rows("orders")) == 1


def test_an_order_on_the_edge_of_two_windows_is_read_once_and_not_lost(
    shop: Shop, run_tap: RunTap
) -> None:
    times = [f"2026-11-{day:02}T00:00:00Z" for day in range(1, 21)]
    shop.orders = [order(n, at, createdAt=at) for n, at in enumerate(times)]
    run = run_tap(**BULK, bulk_window_orders=1000)
    ids = [row["id"] for row in run.rows("orders")]
    assert sorted(ids) == sorted(str(n) for n in range(20))


def test_a_long_history_is_read_in_windows_each_bookmarked(
    shop: Shop, run_tap: RunTap
) -> None:
    times = [
        f"2026-{m:02}-{d:02}T00:00:00Z" for m in range(1, 11) for d in range(1, 29)
    ]
    shop.orders = [
        order(n, at, createdAt=at, lineItems=[], agreements=[], transactions=[])
        for n, at in enumerate(times * 4)
    ]
    run = run_tap(**BULK, bulk_window_orders=1000)
    assert run.status == 0, run.errors
    assert len(run.by_id("orders")) == 1120
    marks = [
        m["value"]["bookmarks"]["orders"]["replication_key_value"]
        for m in run.messages
        if m["type"] == "STATE" and "orders" in m["value"]["bookmarks"]
    ]
    assert len(shop.operations) >= 2
    assert marks == sorted(marks)
    assert len(set(marks)) >= 2


def test_a_killed_run_resumes_after_its_last_window(
    shop: Shop, run_tap: RunTap
) -> None:
    times = [
        f"2026-{m:02}-{d:02}T00:00:00Z" for m in range(1, 11) for d in range(1, 29)
    ]
    shop.orders = [
        order(n, at, createdAt=at, lineItems=[], agreements=[], transactions=[])
        for n, at in enumerate(times * 4)
    ]
    failed = {"status": "FAILED", "errorCode": "TIMEOUT", "url": None}
    shop.bulk_outcomes = [{}, dict(failed), dict(failed)]
    first = run_tap(**BULK, bulk_window_orders=1000)
    assert first.status == 1
    read = set(first.by_id("orders"))
    second = run_tap(**BULK, bulk_window_orders=1000, state=first.state)
    assert second.status == 0, second.errors
    assert read | set(second.by_id("orders")) == {str(n) for n in range(1120)}
    assert len(second.rows("orders")) < 1120


def test_start_date_begins_at_the_shops_midnight(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [
        order(1, "2026-10-31T22:59:59Z", createdAt="2026-10-31T22:59:59Z"),
        order(2, "2026-10-31T23:00:00Z", createdAt="2026-10-31T23:00:00Z"),
    ]
    run = run_tap(start_date="2026-11-01")
    assert [row["id"] for row in run.rows("orders")] == ["2"]


def test_a_range_is_read_again_by_the_day_orders_were_created(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [
        order(1, "2026-11-15T00:00:00Z", createdAt="2026-10-31T22:59:59Z"),
        order(2, "2026-11-15T00:00:00Z", createdAt="2026-11-02T22:59:59Z"),
        order(3, "2026-11-15T00:00:00Z", createdAt="2026-11-02T23:00:00Z"),
    ]
    first = run_tap()
    again = run_tap(state=first.state, start_date="2026-11-01", end_date="2026-11-02")
    assert [row["id"] for row in again.rows("orders")] == ["2"]
    assert again.bookmark("orders") == first.bookmark("orders")


def test_history_that_is_opened_later_is_read_then(shop: Shop, run_tap: RunTap) -> None:
    old, new = "2026-03-01T12:00:00Z", "2026-11-01T12:00:00Z"
    shop.orders = [order(1, old, createdAt=old), order(2, new, createdAt=new)]
    shop.scopes.remove("read_all_orders")
    first = run_tap()
    assert set(first.by_id("orders")) == {"2"}
    assert run_tap(state=first.state).rows("orders") == []
    shop.scopes.append("read_all_orders")
    second = run_tap(state=first.state)
    assert set(second.by_id("orders")) == {"1", "2"}
    assert run_tap(state=second.state).rows("orders") == []


def test_history_that_is_closed_later_is_not_read_again(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    first = run_tap()
    shop.scopes.remove("read_all_orders")
    second = run_tap(state=first.state)
    assert second.rows("orders") == []
    shop.scopes.append("read_all_orders")
    assert run_tap(state=second.state).rows("orders") == []


def test_a_source_that_lives_in_the_future_is_read_up_to_its_present(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.our_now = shop.now
    shop.now = datetime(2031, 5, 1, tzinfo=UTC)
    shop.orders = [order(1), order(2, "2031-04-30T23:00:00Z")]
    run = run_tap(select=["orders"])
    assert set(run.by_id("orders")) == {"1", "2"}


@pytest.mark.parametrize("stream", ["orders", "customers"])
def test_a_clock_that_was_ahead_does_not_hide_what_changed_meanwhile(
    shop: Shop, run_tap: RunTap, stream: str
) -> None:
    shop.orders, shop.customers = [order(1)], [customer(1)]
    shop.our_now = datetime(2026, 11, 21, 4, tzinfo=UTC)
    shop.now = datetime(2026, 11, 21, 6, tzinfo=UTC)
    first = run_tap()
    assert first.bookmark(stream) == "2026-11-21T04:00:00Z"
    shop.orders.append(order(2, "2026-11-21T04:30:00Z"))
    shop.customers.append(customer(2, "2026-11-21T04:30:00Z"))
    shop.now = shop.our_now = datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert "2" in run_tap(state=first.state).by_id(stream)


def test_a_clock_that_is_behind_only_delays(shop: Shop, run_tap: RunTap) -> None:
    shop.our_now = datetime(2026, 11, 21, 6, tzinfo=UTC)
    shop.orders = [order(1)]
    assert run_tap().bookmark("orders") == "2026-11-21T04:00:00Z"


def test_customers_of_a_range_are_found_by_their_last_change(
    shop: Shop, run_tap: RunTap
) -> None:
    # Shopify has no filter created_at for customers, and says so only in a warning.
    shop.customers = [customer(1, "2026-10-01T00:00:00Z"), customer(2)]
    run = run_tap(start_date="2026-11-01", end_date="2026-11-02")
    assert set(run.by_id("customers")) == {"2"}
    searches = [v["search"] for v in shop.asked("Page") if v["search"]]
    assert searches == [
        "updated_at:>='2026-10-31T23:00:00Z' AND updated_at:<'2026-11-21T04:00:00Z'"
    ]


def test_an_empty_shop_is_read_without_an_error(shop: Shop, run_tap: RunTap) -> None:
    run = run_tap()
    assert run.status == 0, run.errors
    assert run.rows("orders") == []


def test_an_order_that_leaves_while_it_is_read_is_no_error(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1), order(2)]

    def leave(operation: str, variables: dict[str, Any]) -> None:
        if operation == "Page" and "updated_at" in variables["search"]:
            shop.orders[1]["updatedAt"] = "2026-11-21T04:00:01Z"

    shop.intercept = leave
    run = run_tap()
    assert run.status == 0, run.errors
    assert set(run.by_id("orders")) >= {"1"}


def test_a_page_that_is_missing_is_noticed_by_the_count(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(n) for n in range(1, 6)]

    def hide(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if operation != "Page" or variables["after"] is None:
            return None
        page = {"hasNextPage": False, "endCursor": None}
        return 200, {"data": {"orders": {"nodes": [], "pageInfo": page}}}

    shop.intercept = hide
    run = run_tap(page_size=2)
    assert run.status == 1
    assert "Shopify counts 5" in run.errors
    assert run.bookmark("orders") is None


def test_a_page_that_is_repeated_for_ever_is_refused(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(n) for n in range(1, 6)]

    def repeat(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if operation != "Page" or variables["after"] is None:
            return None
        page = {"hasNextPage": True, "endCursor": "2"}
        return 200, {"data": {"orders": {"nodes": [], "pageInfo": page}}}

    shop.intercept = repeat
    run = run_tap(page_size=2)
    assert run.status == 1
    assert "the same page again" in run.errors
    assert run.bookmark("orders") is None


def test_customers_and_checkouts_follow_their_own_bookmarks(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.customers = [customer(n) for n in range(1, 4)]
    shop.checkouts = [checkout(1, lines=23), checkout(2)]
    first = run_tap()
    assert first.status == 0, first.errors
    assert first.rows("customers")[0]["amount_spent"] == 300.10
    assert first.rows("customers")[0]["number_of_orders"] == 3
    assert first.by_id("abandoned_checkouts")["1"]["line_item_count"] == 23
    second = run_tap(state=first.state)
    assert second.rows("customers") == []


def test_customers_and_checkouts_are_the_same_in_bulk(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.customers = [customer(n) for n in range(1, 4)]
    shop.checkouts = [checkout(1, lines=23), checkout(2)]
    by_pages, in_bulk = run_tap(), run_tap(**BULK)
    assert len(shop.operations) == 2
    for stream in ("customers", "abandoned_checkouts"):
        assert by_pages.rows(stream) == in_bulk.rows(stream)
