"""Counts by day, and the listing of ids that shows what was deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import order
from tests.taps.tap_shopify.shop import Shop


def placed(number: int, at: str, **changes: Any) -> dict[str, Any]:
    return order(number, at, createdAt=at, **changes)


def test_days_are_the_shops_and_not_utcs(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [
        placed(1, "2026-10-31T22:59:59Z"),
        placed(2, "2026-10-31T23:00:00Z"),
        placed(3, "2026-11-01T22:59:59Z"),
    ]
    run = run_tap()
    assert run.status == 0, run.errors
    counts = {r["date"]: r["order_count"] for r in run.rows("order_days")}
    assert counts["2026-10-31"] == 1
    assert counts["2026-11-01"] == 2
    assert counts["2026-11-02"] == 0
    assert len(counts) == 22
    assert len(shop.asked("DayCounts")) == 1


def test_a_later_run_counts_the_days_it_touched(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [placed(1, "2026-11-01T12:00:00Z"), placed(2, "2026-11-05T12:00:00Z")]
    first = run_tap()
    shop.orders[1]["updatedAt"] = "2026-11-21T03:59:00Z"
    second = run_tap(state=first.state)
    days = {row["date"] for row in second.rows("order_days")}
    assert days == {"2026-11-05", "2026-11-20", "2026-11-21"}


def test_sales_by_day_come_from_reports_where_they_are_granted(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [placed(1, "2026-11-01T12:00:00Z")]
    shop.scopes.append("read_reports")
    days = {row["date"]: row for row in run_tap().rows("order_days")}
    assert days["2026-11-01"]["net_sales"] == 50.0
    assert days["2026-11-02"]["net_sales"] is None


def test_recent_ids_are_listed_by_day_and_each_day_closed(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [placed(1, "2026-11-18T12:00:00Z"), placed(2, "2026-11-19T23:30:00Z")]
    run = run_tap(deleted_orders_days=3)
    assert run.status == 0, run.errors
    listed = [(row["date"], row["id"]) for row in run.rows("order_ids")]
    assert listed == [("2026-11-18", "1"), ("2026-11-20", "2")]
    slices = {row["date"]: row for row in run.rows("slices")}
    assert {d: row["row_count"] for d, row in slices.items()} == {
        "2026-11-18": 1,
        "2026-11-19": 0,
        "2026-11-20": 1,
    }
    assert all(row["stream_name"] == "order_ids" for row in slices.values())
    (schema,) = (
        m["schema"]
        for m in run.messages
        if m["type"] == "SCHEMA" and m["stream"] == "slices"
    )
    assert schema["x-replaces-by"] == ["date"]


def test_a_day_that_the_sixty_days_cut_is_neither_listed_nor_counted(
    shop: Shop, run_tap: RunTap
) -> None:
    # Shopify shows what was created from 2026-09-22T04:00Z on, 6 o'clock in the shop.
    shop.orders = [
        placed(1, "2026-09-22T03:00:00Z"),
        placed(2, "2026-09-22T05:00:00Z"),
        placed(3, "2026-09-23T05:00:00Z"),
    ]
    shop.scopes.remove("read_all_orders")
    run = run_tap(deleted_orders_days=365)
    assert run.status == 0, run.errors
    assert min(row["date"] for row in run.rows("slices")) == "2026-09-23"
    assert [row["id"] for row in run.rows("order_ids")] == ["3"]
    assert min(row["date"] for row in run.rows("order_days")) == "2026-09-23"


def test_a_day_that_has_just_ended_is_not_listed_yet(
    shop: Shop, run_tap: RunTap
) -> None:
    # Five past midnight in the shop; its search index is behind by some minutes.
    shop.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    run = run_tap(deleted_orders_days=3)
    dates = [row["date"] for row in run.rows("slices")]
    assert dates == ["2026-11-17", "2026-11-18", "2026-11-19"]


def test_ids_that_had_to_be_read_twice_are_counted_once(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [placed(n, f"2026-11-19T0{n}:00:00Z") for n in range(1, 6)]
    hidden: list[str] = []

    def hide(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if hidden or operation != "Page" or variables["after"] is None:
            return None
        hidden.append(operation)
        page = {"hasNextPage": False, "endCursor": None}
        return 200, {"data": {"orders": {"nodes": [], "pageInfo": page}}}

    shop.intercept = hide
    run = run_tap(deleted_orders_days=3, page_size=2, select=["order_ids", "slices"])
    assert run.status == 0, run.errors
    assert {r["date"]: r["row_count"] for r in run.rows("slices")}["2026-11-19"] == 5


def test_many_days_of_ids_are_listed_some_days_at_a_time(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [placed(1, "2026-06-01T12:00:00Z"), placed(2, "2026-11-19T12:00:00Z")]
    run = run_tap(deleted_orders_days=200, select=["order_ids", "slices"])
    assert [row["id"] for row in run.rows("order_ids")] == ["1", "2"]
    dates = [row["date"] for row in run.rows("slices")]
    assert dates == sorted(dates)
    assert len(set(dates)) == len(dates) == 200


def test_ids_are_listed_once_a_week(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [placed(1, "2026-11-18T12:00:00Z")]
    first = run_tap(deleted_orders_days=3)
    assert run_tap(deleted_orders_days=3, state=first.state).rows("slices") == []
    shop.now = datetime(2026, 11, 28, 4, tzinfo=UTC)
    later = run_tap(deleted_orders_days=3, state=first.state)
    assert len(later.rows("slices")) == 3
