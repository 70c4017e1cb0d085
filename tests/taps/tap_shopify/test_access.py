"""What the connection is told about itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from taps.tap_shopify.versions import ending_soon
from tests.taps.tap_shopify.conftest import RunTap
from tests.taps.tap_shopify.orders import customer, discount, order
from tests.taps.tap_shopify.shop import Shop


def check(run_tap: RunTap, **settings: Any) -> dict[str, Any]:
    run = run_tap("--check", **settings)
    assert run.status == 0, run.errors
    (told,) = run.messages
    return told


def test_the_check_says_whose_shop_it_is(shop: Shop, run_tap: RunTap) -> None:
    assert check(run_tap) == {
        "account": "Tienda Norte",
        "currency_code": "EUR",
        "time_zone": "Europe/Madrid",
        "scopes": shop.scopes,
        "history_from": None,
        "api_version": "2026-10",
        "warnings": [],
    }


def test_without_read_all_orders_history_begins_60_days_ago(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.scopes.remove("read_all_orders")
    told = check(run_tap)
    assert told["history_from"] == "2026-09-22"
    (warning,) = told["warnings"]
    assert "read_all_orders" in warning
    run = run_tap()
    (row,) = run.rows("shop")
    assert row["history_from"] == "2026-09-22"
    assert row["warnings"] == [warning]


def test_the_wall_is_no_warning_for_who_does_not_look_behind_it(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.scopes.remove("read_all_orders")
    assert check(run_tap, start_date="2026-11-01")["warnings"] == []


def test_without_read_orders_nothing_is_read(shop: Shop, run_tap: RunTap) -> None:
    shop.scopes.remove("read_orders")
    run = run_tap()
    assert run.status == 1
    assert "read_orders" in run.errors.splitlines()[-1]


def test_a_missing_scope_is_a_warning_and_no_bookmark(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.orders, shop.customers = [order(1)], [customer(1)]
    shop.scopes.remove("read_customers")
    run = run_tap()
    assert run.status == 0, run.errors
    assert run.rows("customers") == []
    assert run.bookmark("customers") is None
    assert any("read_customers" in w for w in run.rows("shop")[0]["warnings"])


def test_denied_customers_are_a_warning_and_no_bookmark(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.customers = [customer(1)]
    shop.denied = {"customers"}
    run = run_tap()
    assert run.status == 0, run.errors
    assert run.bookmark("customers") is None
    assert any("customers stays" in w for w in run.rows("shop")[0]["warnings"])


@pytest.mark.parametrize(
    ("today", "warns"), [(date(2027, 4, 3), False), (date(2027, 4, 4), True)]
)
def test_a_version_is_warned_of_180_days_before_its_end(
    today: date, warns: bool
) -> None:
    assert (ending_soon("2026-10", today) is not None) is warns


def test_discount_codes_are_all_read_once_a_day(shop: Shop, run_tap: RunTap) -> None:
    shop.discounts = [discount(1, codes=35), discount(2)]
    first = run_tap()
    assert first.status == 0, first.errors
    assert len(first.by_id("discount_codes")) == 36
    row = first.rows("discount_codes")[0]
    assert (row["percentage"], row["usage_count"]) == (0.1, 5)
    second = run_tap(state=first.state)
    assert second.rows("discount_codes") == []
    assert second.bookmark("discount_codes") == first.bookmark("discount_codes")


def test_a_page_of_discounts_that_is_missing_is_noticed(
    shop: Shop, run_tap: RunTap
) -> None:
    shop.discounts = [discount(n) for n in range(1, 16)]

    def hide(operation: str, variables: dict[str, Any]) -> tuple[int, Any] | None:
        if operation != "Discounts" or variables["after"] is None:
            return None
        page = {"hasNextPage": False, "endCursor": None}
        return 200, {"data": {"codeDiscountNodes": {"nodes": [], "pageInfo": page}}}

    shop.intercept = hide
    run = run_tap(select=["discount_codes"])
    assert run.status == 1
    assert "10 discounts with 10 codes were read, Shopify counts 15" in run.errors
    assert run.bookmark("discount_codes") is None
