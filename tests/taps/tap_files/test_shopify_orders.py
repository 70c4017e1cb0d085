"""Shopify's orders export is read order by order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import Run, RunTap
from tests.taps.tap_files.shopify_export import EXAMPLES, export, line_row, order_row


def lines(run: Run) -> list[tuple[str, bool]]:
    rows = run.records("shopify_order_lines")
    return [(row["order_name"], row["is_order_row"]) for row in rows]


def test_the_example_export_is_read(read_text: RunTap) -> None:
    text = (EXAMPLES / "orders_export.csv").read_text()

    run = read_text(text, time_zone="Europe/Madrid")

    first, second, third = run.records("shopify_order_lines")
    assert first["created_at"] == "2024-03-31T00:30:00+00:00"
    assert (first["total"], first["discount_amount"]) == (Decimal("49.95"), 5)
    assert (second["order_id"], second["total"]) == ("5550000001", None)
    assert second["lineitem_name"] == "Plato hondo"
    assert (third["email"], third["phone"]) == (None, "+34600000000")
    assert run.file["control_total"] == Decimal("69.95")
    assert "billing_name" not in first


def test_only_the_first_row_of_an_order_carries_its_totals(read_text: RunTap) -> None:
    run = read_text(export(order_row("#1"), line_row("#1"), order_row("#2")))

    assert lines(run) == [("#1", True), ("#1", False), ("#2", True)]
    assert run.file["control_total"] == 60


def test_an_order_without_id_goes_by_its_name(read_text: RunTap) -> None:
    run = read_text(export(order_row("#1", Id="")))

    assert run.records("shopify_order_lines")[0]["order_id"] == "#1"


BAD_ORDERS = {
    "the refund is larger than the order": {"Refunded_Amount": "30.01"},
    "the total is negative": {"Total": "-30.00"},
    "discount_amount is negative": {"Discount_Amount": "-1.00"},
    "the currency is not an ISO 4217 code": {"Currency": "EURO"},
    "currency_code is missing": {"Currency": ""},
    "created_at: the date cannot be read": {"Created_at": "2024-02-30 10:00:00 +0100"},
    "total: the amount cannot be read": {"Total": "thirty"},
    "total is missing": {"Total": ""},
    "total: the amount is too large to be true": {"Total": "1" * 501},
    "the text is garbled (mojibake: wrong encoding)": {"Email": "josÃ©@x.cl"},
}


@pytest.mark.parametrize("reason", BAD_ORDERS)
def test_a_bad_first_row_rejects_the_whole_order(
    reason: str, read_text: RunTap
) -> None:
    bad = order_row("#2", **BAD_ORDERS[reason])

    run = read_text(export(order_row("#1"), bad, line_row("#2"), order_row("#3")))

    assert lines(run) == [("#1", True), ("#3", True)]
    assert run.rejects == {"log.csv line 3": reason, "log.csv line 4": reason}


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("lineitem_quantity", "1.5"),
        ("lineitem_price", "-3.00"),
        ("lineitem_name", "TazÃ³n"),
        ("tags", "x" * 501),
        ("paid_at", "yesterday"),
    ],
)
def test_a_flaw_in_what_the_order_does_not_need_costs_that_value(
    column: str, written: str, read_text: RunTap
) -> None:
    row = order_row("#1", **{column.capitalize(): written})

    run = read_text(export(row, line_row("#1")))

    assert lines(run) == [("#1", True), ("#1", False)]
    assert run.records("shopify_order_lines")[0][column] is None
    assert run.rejects == {}
    note = f"1 values of {column} have a flaw and are left out; their rows count"
    assert note in run.file["notes"]


def test_an_order_name_used_twice_with_other_ids_is_two_orders(
    read_text: RunTap,
) -> None:
    first, second = order_row("#1", Id="11"), order_row("#1", Id="22")

    run = read_text(export(first, line_row("#1"), second, line_row("#1")))

    ids = [row["order_id"] for row in run.records("shopify_order_lines")]
    assert ids == ["11", "11", "22", "22"]
    assert (run.file["order_count"], run.file["control_total"]) == (2, 60)


def test_ids_that_a_spreadsheet_rounded_are_refused(read_text: RunTap) -> None:
    rows = [order_row("#1", Id="6,80E+12"), order_row("#2", Id="6,80E+12")]

    run = read_text(export(*rows))

    assert (
        "log.csv line 2: the column 'Id' (order_id) holds 6,80E+12" in run.failures[0]
    )
    assert "give that column the type Text" in run.failures[0]
    assert run.records("files") == []


def test_an_id_that_stands_for_two_orders_is_refused(read_text: RunTap) -> None:
    rows = [order_row("#1", Id="6801234567890"), order_row("#2", Id="6801234567890")]

    run = read_text(export(*rows))

    assert (
        "1 ids in the column 'Id' stand for rows of different names" in run.failures[0]
    )
    assert "lines 2 and 3" in run.failures[0]


def test_a_full_refund_is_kept(read_text: RunTap) -> None:
    run = read_text(export(order_row("#1", Refunded_Amount="30.00")))

    assert lines(run) == [("#1", True)]


def test_a_tip_is_no_sale(read_text: RunTap) -> None:
    tip = line_row("#1", Lineitem_name="Tip", Lineitem_price="3.00")
    order = order_row("#1", Subtotal="30.00", Total="33.00", Refunded_Amount="33.00")

    run = read_text(export(order, tip))

    first = run.records("shopify_order_lines")[0]
    assert (first["total"], first["refunded_amount"]) == (30, 30)
    assert (run.rejects, run.file["control_total"]) == ({}, 30)


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("Gift Card", 30),
        ("Tarjeta regalo - 25,00 €", 30),
        ("Tarjeta de regalo - 25", 30),
        ("E-gift card - US$25.00", 30),
        # What is sold beside cards is sold.
        ("Gift card holder", 55),
        ("Gift card - leather box", 55),
        ("Gift card - 2 boxes", 55),
    ],
)
def test_a_gift_card_is_sold_when_it_is_spent(
    read_text: RunTap, name: str, total: int
) -> None:
    card = line_row("#1", Lineitem_name=name, Lineitem_price="25.00")
    order = order_row("#1", Subtotal="55.00", Total="55.00")

    run = read_text(export(order, card))

    first = run.records("shopify_order_lines")[0]
    assert (first["total"], first["subtotal"]) == (total, total)
    assert (run.rejects, run.file["control_total"]) == ({}, total)


@pytest.mark.parametrize(
    ("back", "of_goods", "price"),
    [("25.00", 0, "25.00"), ("10.00", 10, "25.00"), ("30.00", 30, "30.00")],
)
def test_what_came_back_of_a_gift_card_is_no_return_of_goods(
    read_text: RunTap, back: str, of_goods: int, price: str
) -> None:
    total = str(30 + Decimal(price))
    card = line_row("#1", Lineitem_name="Gift Card", Lineitem_price=price)
    told = {"Subtotal": total, "Total": total, "Refunded_Amount": back}
    order = order_row("#1", Financial_Status="partially_refunded", **told)

    run = read_text(export(order, card))

    first = run.records("shopify_order_lines")[0]
    assert (first["total"], first["refunded_amount"]) == (30, of_goods)
    # What cannot be told apart is taken off the goods, with a word.
    says = (
        "1 orders with gift cards were given back in part; it is taken off their goods"
    )
    assert (says in run.file["notes"]) is (of_goods > 0)


def test_a_repeated_row_of_an_order_is_a_duplicate(read_text: RunTap) -> None:
    run = read_text(export(order_row("#1"), line_row("#1"), line_row("#1")))

    assert len(lines(run)) == 2
    reason = "duplicate: equal to an earlier row of the order"
    assert run.rejects == {"log.csv line 4": reason}


def test_an_order_that_comes_again_further_down_is_a_duplicate(
    read_text: RunTap,
) -> None:
    rows = order_row("#1"), order_row("#2"), order_row("#1", Total="31.00")

    run = read_text(export(*rows, line_row("#1")))

    assert lines(run) == [("#1", True), ("#2", True)]
    reason = "duplicate: the order is already in the file, further up"
    assert run.rejects == {"log.csv line 4": reason, "log.csv line 5": reason}
    assert run.file["rejected_total"] == 31


def test_a_second_total_for_an_order_is_not_added(read_text: RunTap) -> None:
    run = read_text(export(order_row("#1"), order_row("#1", Total="29.00")))

    assert run.rejects == {"log.csv line 3": "duplicate: a second total for the order"}


def test_lines_without_their_order_are_rejected(read_text: RunTap) -> None:
    run = read_text(export(line_row("#1"), order_row("#2")))

    assert run.rejects == {"log.csv line 2": "no row of the order carries its total"}


def test_a_broken_row_does_not_end_its_order(read_text: RunTap) -> None:
    text = export(order_row("#1"), line_row("#1")).splitlines(keepends=True)

    run = read_text("".join([*text[:2], "#1,broken\n", text[2]]))

    assert lines(run) == [("#1", True), ("#1", False)]
    assert run.rejects == {"log.csv line 3": "wrong number of fields: 2 instead of 79"}


def test_a_name_without_end_costs_its_row_and_no_other(read_text: RunTap) -> None:
    run = read_text(
        export(order_row("#1"), order_row("#" + "9" * 501), order_row("#3"))
    )

    assert lines(run) == [("#1", True), ("#3", True)]
    reason = "order_name is longer than 500 characters"
    assert run.rejects == {"log.csv line 3": reason}


def test_a_guest_order_is_kept(read_text: RunTap) -> None:
    run = read_text(export(order_row("#1", Email="")))

    assert run.records("shopify_order_lines")[0]["email"] is None
