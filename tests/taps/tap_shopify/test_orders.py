"""What becomes of an order and everything below it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.taps.tap_shopify.conftest import Run, RunTap
from tests.taps.tap_shopify.orders import (
    agreement,
    bag,
    journey,
    line,
    order,
    refund,
    sale,
)
from tests.taps.tap_shopify.shop import Shop

TREE = (
    "orders",
    "order_line_items",
    "order_refunds",
    "refund_line_items",
    "order_transactions",
    "order_sales",
    "order_visits",
)
PAGES: dict[str, Any] = {}
BULK: dict[str, Any] = {"bulk_from_orders": 0}


@pytest.fixture(params=[PAGES, BULK], ids=["pages", "bulk"])
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Both ways of reading must give the same rows."""
    assert isinstance(request.param, dict)
    return request.param


def good(run: Run) -> Run:
    assert run.status == 0, run.errors
    return run


def test_an_order_is_one_row_with_amounts_in_both_currencies(
    shop: Shop, run_tap: RunTap, way: dict[str, Any]
) -> None:
    shop.orders = [order(5551112223334)]
    (row,) = good(run_tap(**way)).rows("orders")
    assert row["id"] == "5551112223334"
    assert (row["total_price"], row["currency_code"]) == (100.0, "EUR")
    assert row["presentment_total_price"] == 108.45
    assert row["presentment_currency_code"] == "USD"
    assert row["line_item_count"] == 2
    assert row["shipping_country_code"] == "ES"


def test_amounts_keep_every_digit(
    shop: Shop, run_tap: RunTap, way: dict[str, Any]
) -> None:
    total = bag("12345678901234567.89", "0.10", "USD")
    shop.orders = [order(1, totalPriceSet=total)]
    run = good(run_tap(**way))
    assert b'"total_price":12345678901234567.89,' in run.output
    assert b'"presentment_total_price":0.10,' in run.output


def test_children_follow_their_parent_and_not_the_line_before(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1), order(2), order(3)]
    shop.shuffle = lambda lines: sorted(lines, key=lambda text: text[::-1])
    run = good(run_tap(**BULK))
    lines = {row["id"]: row["order_id"] for row in run.rows("order_line_items")}
    assert lines == {"10": "1", "11": "1", "20": "2", "21": "2", "30": "3", "31": "3"}
    sales = {row["id"]: row["order_id"] for row in run.rows("order_sales")}
    assert sales == {"10": "1", "20": "2", "30": "3"}


def test_pages_and_bulk_give_the_same_rows(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1), order(2, refunds=[refund(901, lines=3)])]
    by_pages, in_bulk = good(run_tap(**PAGES)), good(run_tap(**BULK))
    assert shop.asked("SubmitBulk")
    for stream in TREE:
        rows = by_pages.rows(stream)
        assert rows
        assert sorted(map(str, rows)) == sorted(map(str, in_bulk.rows(stream))), stream


def test_every_nested_page_is_read(
    shop: Shop, run_tap: RunTap, way: dict[str, Any]
) -> None:
    at = "2026-11-01T09:20:00Z"
    ledger = [
        agreement(n, at, [sale(n * 1000 + k) for k in range(120 if n == 4 else 12)])
        for n in range(1, 9)
    ]
    first = order(
        1,
        lineItems=[line(n) for n in range(123)],
        refunds=[refund(901, lines=61), refund(902, lines=62)],
        agreements=ledger,
    )
    shop.orders = [first]
    run = good(run_tap(**way))
    assert len(run.by_id("order_line_items")) == 123
    assert run.rows("orders")[0]["line_item_count"] == 123
    lines = run.rows("refund_line_items")
    assert sum(row["refund_id"] == "901" for row in lines) == 61
    assert sum(row["refund_id"] == "902" for row in lines) == 62
    sales = run.rows("order_sales")
    counts = {n: sum(r["agreement_id"] == str(n) for r in sales) for n in range(1, 9)}
    assert counts == {1: 12, 2: 12, 3: 12, 4: 120, 5: 12, 6: 12, 7: 12, 8: 12}
    assert len({row["id"] for row in sales}) == sum(counts.values())


def test_lists_are_asked_for_whole(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1, refunds=[refund(900 + n) for n in range(60)])]
    run = good(run_tap())
    assert len(run.rows("order_refunds")) == 60


def test_test_cancelled_and_guest_orders_are_kept_with_their_flags(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [
        order(1, test=True),
        order(2, cancelledAt="2026-11-02T00:00:00Z", cancelReason="CUSTOMER"),
        order(3, customer=None, displayFinancialStatus="VOIDED"),
        order(4, displayFinancialStatus=None),
    ]
    rows = good(run_tap()).by_id("orders")
    assert rows["1"]["is_test"] is True
    assert rows["2"]["cancelled_at"] == "2026-11-02T00:00:00Z"
    assert rows["2"]["financial_status"] == "paid"
    assert rows["3"]["customer_id"] is None
    assert rows["3"]["financial_status"] == "voided"
    assert rows["4"]["financial_status"] is None


def test_a_refund_without_a_successful_transaction_moved_no_money(
    shop: Shop, run_tap: RunTap
) -> None:
    failed = refund(903)
    failed["transactions"][0]["status"] = "FAILURE"
    shop.orders = [
        order(1, refunds=[refund(901), refund(902, has_moved=False), failed])
    ]
    rows = good(run_tap()).by_id("order_refunds")
    assert rows["901"]["has_transactions"] is True
    assert rows["902"]["has_transactions"] is False
    assert rows["903"]["has_transactions"] is False


def test_refunds_keep_their_own_date_and_both_currencies(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1, refunds=[refund(901)])]
    (row,) = good(run_tap()).rows("order_refunds")
    assert row["created_at"] == "2026-11-03T17:20:40Z"
    assert (row["total_refunded"], row["currency_code"]) == (40.0, "EUR")
    assert row["presentment_total_refunded"] == 43.38
    assert row["presentment_currency_code"] == "USD"


def test_the_ledger_dates_each_agreement_by_itself(
    shop: Shop, run_tap: RunTap, way: dict[str, Any]
) -> None:
    back = {**sale(11, "-10.0", -1), "actionType": "RETURN"}
    later = {**agreement(2, "2026-11-03T17:20:40Z", [back]), "reason": "REFUND"}
    placed = agreement(1, "2026-11-01T09:14:03Z", [sale(10)])
    shop.orders = [order(1, agreements=[placed, later])]
    rows = good(run_tap(**way)).by_id("order_sales")
    assert rows["10"]["happened_at"] == "2026-11-01T09:14:03Z"
    assert rows["11"]["happened_at"] == "2026-11-03T17:20:40Z"
    assert (rows["11"]["reason"], rows["11"]["total"]) == ("refund", -10.0)
    assert rows["11"]["presentment_total"] == 10.84


def test_visits_are_the_first_and_the_last(shop: Shop, run_tap: RunTap) -> None:
    shop.orders = [order(1), order(2, customerJourneySummary=None)]
    rows = good(run_tap()).rows("order_visits")
    assert [(row["order_id"], row["visit_role"]) for row in rows] == [
        ("1", "first"),
        ("1", "last"),
    ]
    assert rows[0]["utm_campaign"] == "bf26"


def test_an_order_without_a_journey_is_not_one_whose_journey_is_late(
    shop: Shop, run_tap: RunTap
) -> None:
    late = journey(ready=False)
    shop.orders = [
        order(1),
        order(2, customerJourneySummary=None),
        order(3, customerJourneySummary=late),
    ]
    rows = good(run_tap()).by_id("orders")
    assert [rows[i]["journey_is_ready"] for i in "123"] == [True, None, False]


def test_a_late_journey_is_asked_for_again_though_the_order_did_not_change(
    shop: Shop, run_tap: RunTap
) -> None:
    at = "2026-11-20T09:00:00Z"
    shop.orders = [
        order(1, at, createdAt=at, customerJourneySummary=journey(ready=False))
    ]
    first = good(run_tap())
    assert first.rows("order_visits") == []
    shop.orders[0]["customerJourneySummary"] = journey()
    second = good(run_tap(state=first.state))
    assert second.rows("orders")[0]["journey_is_ready"] is True
    assert len(second.rows("order_visits")) == 2
    third = good(run_tap(state=second.state))
    assert third.rows("orders") == []


def test_many_late_journeys_are_asked_for_as_many_at_a_time_as_shopify_allows(
    shop: Shop, run_tap: RunTap
) -> None:
    at = "2026-11-20T09:00:00Z"
    late = journey(ready=False)
    shop.orders = [
        order(n, at, createdAt=at, customerJourneySummary=late, transactions=[])
        for n in range(1, 256)
    ]
    first = good(run_tap(select=["orders"]))
    second = good(run_tap(state=first.state, select=["orders"]))
    assert len(second.rows("orders")) == 255


@pytest.mark.parametrize(
    "field", ["customer", "email", "shippingAddress", "customerJourneySummary"]
)
@pytest.mark.parametrize("way", [{}, {"bulk_from_orders": 0}], ids=["pages", "bulk"])
def test_a_field_that_is_left_out_without_a_word_is_not_taken_for_empty(
    shop: Shop, run_tap: RunTap, field: str, way: dict[str, Any]
) -> None:
    shop.orders = [order(1)]
    shop.left_out.add(field)
    run = run_tap(**way)
    assert run.status == 1
    assert field in run.errors
    assert "not as documented" in run.errors
    assert run.bookmark("orders") is None


@pytest.mark.parametrize("field", ["lineItems", "agreements"])
def test_a_connection_that_is_left_out_is_not_taken_for_empty(
    shop: Shop, run_tap: RunTap, field: str
) -> None:
    shop.orders = [order(1)]
    shop.left_out.add(field)
    run = run_tap()
    assert run.status == 1
    assert run.errors.splitlines()[-1].startswith("ERROR: ")
    assert field in run.errors


def test_what_hangs_on_an_order_bears_the_stamp_of_the_orders_own_read(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1, refunds=[refund(5)])]
    run = good(run_tap())
    stamp = run.rows("orders")[0]["updated_at"]
    for stream in ("order_line_items", "order_refunds", "refund_line_items"):
        assert {row["order_updated_at"] for row in run.rows(stream)} == {stamp}
    for stream in ("order_transactions", "order_sales", "order_visits"):
        assert {row["order_updated_at"] for row in run.rows(stream)} == {stamp}


def test_a_journey_that_never_gets_ready_is_given_up_after_its_days(
    shop: Shop, run_tap: RunTap
) -> None:
    at = "2026-11-16T09:00:00Z"
    shop.orders = [
        order(1, at, createdAt=at, customerJourneySummary=journey(ready=False))
    ]
    first = good(run_tap())
    assert good(run_tap(state=first.state)).rows("orders") == []


def test_only_what_is_selected_is_written_and_bookmarked(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders = [order(1)]
    run = good(run_tap(select=["order_sales"]))
    assert {m["stream"] for m in run.messages if m["type"] == "RECORD"} == {
        "order_sales"
    }
    everything = good(run_tap(state=run.state))
    assert len(everything.rows("orders")) == 1


def test_a_code_of_the_order_is_shared_over_its_lines(
    shop: Shop, run_tap: RunTap
) -> None:
    shares = {"1": ["1.50", "2.25"], "2": ["0.75"], "3": []}
    lines = [
        line(int(number), "20.0")
        | {
            "quantity": 2,
            "discountAllocations": [{"allocatedAmountSet": bag(s)} for s in off],
        }
        for number, off in shares.items()
    ]
    shop.orders = [order(1, lineItems=lines)]
    for settings in ({}, {"bulk_from_orders": 0}):
        found = run_tap(**settings).by_id("order_line_items")
        assert [found[n]["total_discount"] for n in shares] == [3.75, 0.75, 0]
        assert [found[n]["discounted_total"] for n in shares] == [36.25, 39.25, 40]


def test_refunded_lines_without_an_id_are_kept_apart(
    shop: Shop, run_tap: RunTap
) -> None:
    money_back = refund(901, lines=2)
    for each in money_back["refundLineItems"]:
        each |= {"id": None, "lineItem": {"id": "gid://shopify/LineItem/10"}}
    shop.orders = [order(1, refunds=[money_back])]
    rows = run_tap().rows("refund_line_items")
    assert [row["id"] for row in rows] == ["901-10", "901-10-2"]
    assert [row["subtotal"] for row in rows] == [40, 40]
