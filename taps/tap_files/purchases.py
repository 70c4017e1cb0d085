"""Rows of a purchase log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from taps.tap_files.parts import fee_of, is_whole_with_fees, parts_of
from taps.tap_files.problems import RowRejected
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Cell, Row
from taps.tap_files.values.amounts import bounded
from taps.tap_files.values.cells import (
    CellReader,
    LeftOut,
    Loaded,
    Outcome,
    Rejected,
    required,
)
from taps.tap_files.values.moments import Moment
from taps.tap_files.wording import normalised

__all__ = ["read_purchases", "read_purchases_per_order"]


def read_purchases(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row.

    A row is a duplicate when it has a purchase id and is equal in every column to an
    earlier row; without an id, equal rows may well be two purchases, and are kept.
    """
    for row in rows:
        if row.problem:
            yield Rejected(row.line, row.problem, None, row.cells)
        elif why := _no_sale(row, cells):
            yield LeftOut(why)
        else:
            yield _outcome(row, cells, repeats)


def read_purchases_per_order(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row of a file whose rows repeat the total of their order.

    The first row of an order tells it; the others only name its products.
    """
    seen: set[int] = set()
    for row in rows:
        order_id = "" if row.problem else cells.text(row.cells, "purchase_id")
        is_return = not row.problem and _is_return(row, cells)
        if order_id == "" or is_return:
            yield from read_purchases(iter([row]), cells, repeats)
        elif order_id is None or hash(order_id) in seen:
            yield LeftOut("say their order again, or name its products")
        else:
            seen.add(hash(order_id))
            yield from read_purchases(iter([row]), cells, Repeats())


def _outcome(row: Row, cells: CellReader, repeats: Repeats) -> Outcome:
    amount: Decimal | None = None
    try:
        currency = cells.currency(row.cells)
        amount = _amount(row.cells, cells, currency)
        cells.check_currency(currency)
        moment = required(cells.moment(row.cells, "purchased_at"), "purchased_at")
        record = _record(row, cells, moment, amount, currency)
        if record["purchase_id"] is not None and repeats.is_again(tuple(row.cells)):
            raise RowRejected("duplicate: equal to an earlier row of the purchase")
    except RowRejected as rejected:
        return Rejected(row.line, rejected.reason, amount, row.cells)
    return Loaded(record, amount, moment)


def _no_sale(row: Row, cells: CellReader) -> str:
    """Why a row is no sale at all, such as a payout or a test; "" when it is one."""
    if (why := cells.left_out_by(row.cells)) is not None:
        return f"are no sales ({why or 'no amount'})"
    if cells.status(row.cells) == "left_out":
        return f"are no sales ({_states(row, cells)})"
    if _is_ones_own(row, cells):
        return "were paid to others, or came back from them"
    return ""


def _is_ones_own(row: Row, cells: CellReader) -> bool:
    """Whether a row is of what the shop bought, by its sign (see ``gives_back``)."""
    preset = cells.binding.preset
    if preset is None or not preset.gives_back:
        return False
    try:
        amount = _amount(row.cells, cells, cells.currency(row.cells))
    except RowRejected:
        return False
    is_back = normalised(_states(row, cells)) in map(normalised, preset.gives_back)
    return bool(amount) and (required(amount, "amount") < 0) != is_back


def _states(row: Row, cells: CellReader) -> str:
    return cells.text(row.cells, "status") or ""


def _is_return(row: Row, cells: CellReader) -> bool:
    try:
        amount = _amount(row.cells, cells, cells.currency(row.cells))
    except RowRejected:
        return False
    return amount is not None and amount < 0


def _amount(
    row: Sequence[Cell], cells: CellReader, currency: str | None
) -> Decimal | None:
    amount = cells.amount(row, "amount", currency)
    if amount is None:
        quantity = cells.amount(row, "quantity", None)
        price = cells.amount(row, "unit_price", currency)
        if quantity is None or price is None:
            return None
        amount = bounded(quantity * price)
    if cells.status(row) == "returned":
        return -abs(amount)
    off = abs(cells.amount(row, "discount_amount", currency) or Decimal(0))
    if off > abs(amount):
        raise RowRejected("the discount is larger than the amount")
    return amount - off if amount > 0 else amount + off


def _record(
    row: Row,
    cells: CellReader,
    moment: Moment,
    amount: Decimal | None,
    currency: str | None,
) -> dict[str, Any]:
    is_return = required(amount, "amount") < 0
    customer_id = _plain_id(cells.text(row.cells, "customer_id"))
    purchase_id = cells.text(row.cells, "purchase_id")
    if is_return:
        binding = cells.binding
        customer_id = _first(row, cells, binding.refund_customer) or customer_id
        purchase_id = _first(row, cells, binding.refers_to) or purchase_id
        # A program that may not tell buyers, as a till, has a number for what it
        # gives back.
        known = binding.preset.constants if binding.preset else {}
        told = {**known, **binding.constants}
        is_told = told.get("customer_id") != "" or purchase_id is None
        if customer_id is None and is_told:
            raise RowRejected("the amount is negative, and no customer got it back")
    cells.check_text(row.cells)
    status = cells.status(row.cells)
    status = "paid" if status == "returned" else status
    tax, shipping = parts_of(row.cells, cells, currency, amount)
    preset = cells.binding.preset
    return {
        "line_number": row.line,
        "customer_id": customer_id,
        "purchased_at": moment.instant,
        "amount": amount,
        "purchase_id": purchase_id,
        "currency_code": currency,
        "status": status,
        "refunded_amount": _refunded(row, cells, currency, amount, status),
        "tax_amount": tax,
        "shipping_amount": shipping,
        "payment_fee": fee_of(row.cells, cells, currency, amount),
        "is_untaxed": preset is not None and preset.is_untaxed,
        "is_date_only": moment.is_date_only,
    }


def _refunded(
    row: Row,
    cells: CellReader,
    currency: str | None,
    amount: Decimal | None,
    status: str | None,
) -> Decimal | None:
    """What was given back of the amount, never less than nothing."""
    given = cells.amount(row.cells, "refunded_amount", currency)
    refunded = None if given is None else abs(given)
    if amount is None or amount <= 0:
        return None
    left = cells.told_at(row.cells, cells.binding.kept, currency)
    if given is None and (kept := next(left, None)) is not None:
        refunded = amount - kept
    if refunded is not None and refunded < 0:
        raise RowRejected("more is left of the purchase than was paid")
    if status == "refunded" and refunded != amount:
        # Beside what was given back before: of a dispute, a part may be gone.
        disputed = cells.amount(row.cells, "disputed_amount", None)
        gone = (refunded or Decimal(0)) + abs(disputed or Decimal(0))
        if disputed:
            return min(gone, amount)
        if not refunded:
            return amount
    if refunded and is_whole_with_fees(row.cells, cells, currency, amount, refunded):
        return amount
    if refunded is not None and refunded > amount:
        raise RowRejected("the refund is larger than the purchase")
    return refunded


def _first(row: Row, cells: CellReader, positions: Sequence[int]) -> str | None:
    texts = (cells.text_at(row.cells, each, "the refund") for each in positions)
    return next((text for text in texts if text is not None), None)


def _plain_id(written: str | None) -> str | None:
    """Undo the decimals that a spreadsheet of ids with gaps gives to them all."""
    if written is not None and written.endswith(".0") and written[:-2].isdigit():
        return written[:-2]
    return written
