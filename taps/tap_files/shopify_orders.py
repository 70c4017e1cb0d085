"""Rows of Shopify's orders export, taken order by order.

The first row of an order carries its total, currency and dates; the others only its
name, e-mail and one more line. So what is wrong with an order's first row is wrong
with the order: all its rows are rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from taps.tap_files.problems import RowRejected
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.values.cells import CellReader, Loaded, Outcome, Rejected, required
from taps.tap_files.values.moments import Moment

__all__ = ["read_shopify_orders"]

_ORDER_LEVEL = ("total", "financial_status", "order_id")
_ORDER_AMOUNTS = ("subtotal", "shipping", "taxes", "discount_amount", "refunded_amount")
_LINE_AMOUNTS = ("lineitem_price", "lineitem_discount")
_MOMENTS = ("paid_at", "fulfilled_at", "created_at", "cancelled_at")
_TIP = re.compile("(?i)(tip|propina|gorjeta|gratuity)")
"""Names of the line that a tip is; Shopify writes it in the language of the shop."""
_GIFT_CARD = re.compile(
    r"(?i)(e-?)?(gift (card|voucher)|(tarjeta|cheque|vale) (de )?regalo)"
    r"( - ([a-z]{0,3}\W*)\d[\d.,\s]*(\W*[^\W\d_]{0,3}))?"
)
"""Names of a gift card and of its variants, amounts: no ``Gift card holder``."""
_ANY = re.compile(".*")
_MIXED = "orders with gift cards were given back in part; it is taken off their goods"
_TEXTS = (
    "order_name",
    "email",
    "phone",
    "financial_status",
    "fulfillment_status",
    "discount_code",
    "lineitem_name",
    "lineitem_sku",
    "payment_method",
    "shipping_country",
    "source",
    "tags",
    "vendor",
)


def read_shopify_orders(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row, in orders."""
    for (name, order_id), order_rows in _orders(rows, cells):
        if name is None:
            yield from _reject(order_rows, cells, "order_name is missing")
        elif repeats.is_again((name, order_id or "")):
            reason = "duplicate: the order is already in the file, further up"
            yield from _reject(order_rows, cells, reason)
        else:
            yield from _read_order(order_rows, cells)


_Key = tuple[str | None, str | None]


def _orders(rows: Iterator[Row], cells: CellReader) -> Iterator[tuple[_Key, list[Row]]]:
    """(name and id of an order, its rows in a row); a broken row does not end it.

    A second shop may use a name again: another id is another order.
    """
    key: _Key = (None, None)
    order_rows: list[Row] = []
    for read in rows:
        row, this = read, key
        if not row.problem:
            try:
                name = cells.text(row.cells, "order_name")
                order_id = cells.text(row.cells, "order_id")
            except RowRejected as rejected:
                row = row._replace(problem=rejected.reason)
            else:
                is_same = name == key[0] and order_id in {None, key[1]}
                this = key if is_same else (name, order_id)
        if this != key and order_rows:
            yield key, order_rows
            order_rows = []
        key = this
        order_rows.append(row)
    if order_rows:
        yield key, order_rows


def _read_order(rows: list[Row], cells: CellReader) -> Iterator[Outcome]:
    yield from _reject([row for row in rows if row.problem], cells, "")
    rows, copies = _without_copies([row for row in rows if not row.problem])
    yield from _reject(copies, cells, "duplicate: equal to an earlier row of the order")
    heads = [row for row in rows if _is_order_row(row.cells, cells)]
    yield from _reject(heads[1:], cells, "duplicate: a second total for the order")
    rows = [row for row in rows if row not in heads[1:]]
    try:
        if not heads:
            raise RowRejected("no row of the order carries its total")
        head = _read_head(heads[0], cells, rows)
    except RowRejected as rejected:
        yield from _reject(rows, cells, rejected.reason)
        return
    for row in rows:
        yield head if row is heads[0] else _read_line(row, cells, head)


def _without_copies(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    firsts: dict[tuple[Cell, ...], Row] = {}
    copies = [
        row for row in rows if firsts.setdefault(tuple(row.cells), row) is not row
    ]
    return list(firsts.values()), copies


def _is_order_row(row: Sequence[Cell], cells: CellReader) -> bool:
    try:
        return any(cells.text(row, column) for column in _ORDER_LEVEL)
    except RowRejected:
        return True  # a value that cannot be kept is one, too


def _named(names: re.Pattern[str], rows: Sequence[Row], cells: CellReader) -> Decimal:
    """What the lines of an order come to whose name is one of these."""
    found, name = Decimal(0), cells.binding.positions.get("lineitem_name")
    for row in rows:
        if name is not None and names.fullmatch(as_text(row.cells[name]).strip()):
            price = cells.amount(row.cells, "lineitem_price", None) or Decimal(0)
            found += price * (cells.count(row.cells, "lineitem_quantity") or 1)
            found -= cells.amount(row.cells, "lineitem_discount", None) or Decimal(0)
    return found


def _read_head(row: Row, cells: CellReader, rows: Sequence[Row]) -> Loaded:
    """An order without its tips and the gift cards it sells, which are no sales."""
    currency = required(cells.currency(row.cells), "currency_code")
    cells.check_currency(currency)
    charged = required(cells.amount(row.cells, "total", currency), "total")
    gift_cards = _named(_GIFT_CARD, rows, cells)
    no_sales = _named(_TIP, rows, cells) + gift_cards
    total = charged - no_sales if charged >= no_sales else charged
    created = required(cells.moment(row.cells, "created_at"), "created_at")
    record = _record(row, cells, currency)
    record |= {"is_order_row": True, "total": total, "created_at": created.instant}
    if gift_cards and (record["subtotal"] or 0) >= gift_cards:
        record["subtotal"] -= gift_cards
    record["order_id"] = cells.text(row.cells, "order_id") or record["order_name"]
    if total < 0:
        raise RowRejected("the total is negative")
    if (record["refunded_amount"] or 0) > charged:
        raise RowRejected("the refund is larger than the order")
    if record["refunded_amount"]:
        back = record["refunded_amount"]
        if 0 < gift_cards < total + gift_cards and back < charged:
            back = _without_cards(back, gift_cards, rows, cells)
        record["refunded_amount"] = min(back, total)
    return Loaded(record, total, created)


def _without_cards(
    back: Decimal, cards: Decimal, rows: Sequence[Row], cells: CellReader
) -> Decimal:
    """What was given back of the goods of an order that sold gift cards as well.

    The export does not tell of which lines it was: it was of the cards where it is what
    they cost, and no other line is.
    """
    lines = [_named(_ANY, [row], cells) for row in rows]
    if back == cards and lines.count(cards) == 1:
        return Decimal(0)
    cells.noted[_MIXED] += 1
    return back


def _read_line(row: Row, cells: CellReader, head: Loaded) -> Outcome:
    try:
        record = _record(row, cells, head.record["currency_code"])
    except RowRejected as rejected:
        return Rejected(row.line, rejected.reason, None, row.cells)
    record |= {"is_order_row": False, "order_id": head.record["order_id"]}
    return Loaded(record | {"total": None, "currency_code": None}, None, None)


def _record(row: Row, cells: CellReader, currency: str) -> dict[str, Any]:
    cells.check_text(row.cells)
    amounts = {
        column: _not_negative(cells.amount(row.cells, column, currency), column)
        for column in _ORDER_AMOUNTS
    }
    for column in _LINE_AMOUNTS:
        amounts[column] = cells.unless(
            cells.amount(row.cells, column, currency), column, lambda value: value < 0
        )
    return {
        "line_number": row.line,
        **{column: cells.text(row.cells, column) for column in _TEXTS},
        **{column: _instant(cells.moment(row.cells, column)) for column in _MOMENTS},
        **amounts,
        "currency_code": currency,
        "lineitem_quantity": cells.count(row.cells, "lineitem_quantity"),
    }


def _instant(moment: Moment | None) -> str | None:
    return moment.instant if moment else None


def _not_negative(amount: Decimal | None, column: str) -> Decimal | None:
    if amount is not None and amount < 0:
        raise RowRejected(f"{column} is negative")
    return amount


def _reject(rows: Sequence[Row], cells: CellReader, reason: str) -> Iterator[Rejected]:
    for row in rows:
        yield Rejected(row.line, row.problem or reason, _total(row, cells), row.cells)


def _total(row: Row, cells: CellReader) -> Decimal | None:
    """The order's total when the row has one that can be read."""
    if row.problem:
        return None
    try:
        return cells.amount(row.cells, "total", cells.currency(row.cells))
    except RowRejected:
        return None
