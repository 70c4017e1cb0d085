"""The simulated export looks like Shopify's and adds up like Shopify's."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.sandbox.conftest import Rows, read_csv

Orders = dict[str, Rows]

MADRID = ZoneInfo("Europe/Madrid")
EVERY_ROW = {"Name", "Email", "Created at", "Vendor"}


def money(row: dict[str, str], column: str) -> Decimal:
    return Decimal(row[column])


def created_at(row: dict[str, str]) -> datetime:
    return datetime.strptime(row["Created at"], "%Y-%m-%d %H:%M:%S %z")


def test_the_columns_are_those_of_the_orders_export(order_lines: Rows) -> None:
    columns = list(order_lines[0])

    assert len(columns) == 79
    assert columns[:4] == ["Name", "Email", "Financial Status", "Paid at"]
    assert columns[15:19] == [
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
    ]
    assert columns[-1] == "Payment References"


def test_fields_of_the_order_stand_on_its_first_row_only(orders: Orders) -> None:
    further = [row for rows in orders.values() for row in rows[1:]]

    assert further
    for row in further:
        filled = {column for column, value in row.items() if value}
        assert all(name in EVERY_ROW or name.startswith("Line") for name in filled)
    assert all(rows[0]["Total"] and rows[0]["Id"] for rows in orders.values())


def test_orders_come_newest_first_with_their_rows_together(order_lines: Rows) -> None:
    numbers = [int(row["Name"].lstrip("#")) for row in order_lines]

    assert numbers == sorted(numbers, reverse=True)
    moments = [created_at(row) for row in order_lines]
    assert moments == sorted(moments, reverse=True)


def test_items_discount_shipping_and_total_add_up(orders: Orders) -> None:
    for head, *more in orders.values():
        items = sum(
            int(row["Lineitem quantity"]) * money(row, "Lineitem price")
            for row in [head, *more]
        )
        assert items - money(head, "Discount Amount") == money(head, "Subtotal")
        assert money(head, "Subtotal") + money(head, "Shipping") == money(head, "Total")
        assert 0 <= money(head, "Refunded Amount") <= money(head, "Total")
        assert all(money(row, "Lineitem price") > 0 for row in (head, *more)), head[
            "Name"
        ]


def test_no_order_has_two_equal_rows(orders: Orders) -> None:
    for rows in orders.values():
        assert len({row["Lineitem sku"] for row in rows}) == len(rows)


def test_every_case_a_real_export_holds_is_there(orders: Orders) -> None:
    heads = [rows[0] for rows in orders.values()]
    statuses = Counter(head["Financial Status"] for head in heads)

    assert set(statuses) == {
        "paid",
        "partially_refunded",
        "pending",
        "refunded",
        "voided",
    }
    assert any(head["Cancelled at"] for head in heads)
    assert any(not head["Email"] for head in heads)
    assert any(head["Discount Code"] for head in heads)
    assert any(len(rows) > 1 for rows in orders.values())
    assert any(head["Email"] != head["Email"].strip().lower() for head in heads)


def test_unpaid_orders_were_never_sent(orders: Orders) -> None:
    for head, *_ in orders.values():
        if head["Financial Status"] in {"pending", "voided"} or head["Cancelled at"]:
            assert head["Fulfillment Status"] == "unfulfilled"


def test_addresses_are_at_example_com(order_lines: Rows) -> None:
    emails = {row["Email"].strip().lower() for row in order_lines} - {""}

    assert all(email.endswith("@example.com") for email in emails)
    assert all(email.isascii() for email in emails)
    assert len(emails) == 3000


def test_times_are_local_to_madrid_through_both_clock_changes(
    order_lines: Rows,
) -> None:
    for row in order_lines:
        moment = created_at(row)
        assert moment.astimezone(MADRID).utcoffset() == moment.utcoffset()
        assert moment.astimezone(MADRID).replace(tzinfo=None) == moment.replace(
            tzinfo=None
        )
    twice = {
        row["Created at"]
        for row in order_lines
        if "2023-10-29 02:30" in row["Created at"]
    }
    assert twice == {"2023-10-29 02:30:15 +0200", "2023-10-29 02:30:15 +0100"}


def test_some_orders_fall_on_another_day_in_utc(order_lines: Rows) -> None:
    moved = [
        row
        for row in order_lines
        if created_at(row).utctimetuple().tm_mday != created_at(row).day
    ]

    assert len(moved) > 100


def test_the_period_is_two_years_with_a_leap_day(order_lines: Rows) -> None:
    days = {row["Created at"][:10] for row in order_lines}

    assert "2024-02-29" in days
    assert (min(days), max(days)) == ("2022-07-01", "2024-06-30")


def test_the_truth_adds_up_to_the_file(orders: Orders, truth: dict[str, Any]) -> None:
    totals = truth["tienda_norte"]["totals"]
    heads = [rows[0] for rows in orders.values()]
    purchases = [
        head
        for head in heads
        if head["Financial Status"] in {"paid", "partially_refunded"}
        and head["Email"]
        and not head["Cancelled at"]
    ]

    assert totals["order_count"] == len(heads)
    assert Decimal(totals["amount"]) == sum(money(head, "Total") for head in heads)
    assert totals["as_of"]["order_count"] == len(purchases)
    assert Decimal(totals["as_of"]["net_revenue"]) == sum(
        money(head, "Total") - money(head, "Refunded Amount") for head in purchases
    )
    customers = Counter(
        email
        for email, _ in {
            (head["Email"].strip().lower(), head["Created at"][:10])
            for head in purchases
        }
    )
    assert totals["as_of"]["customer_count"] == len(customers)
    assert totals["as_of"]["repeat_purchase_day_count"] == sum(
        customers.values()
    ) - len(customers)


def test_advertising_is_given_for_every_day_and_campaign(delivered: Path) -> None:
    rows = read_csv(delivered / "tienda_norte" / "ad_spend.csv")

    assert len({row["date"] for row in rows}) == 731
    assert len(rows) == 731 * 5
    assert {row["channel"] for row in rows} == {"google_ads", "meta_ads", "tiktok_ads"}
    for row in rows:
        assert Decimal(row["spend"]) > 0
        assert int(row["clicks"]) <= int(row["impressions"])
