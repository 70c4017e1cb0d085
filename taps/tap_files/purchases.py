"""Rows of a purchase log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from taps.tap_files.amounts import bounded
from taps.tap_files.cells import CellReader, Loaded, Outcome, Rejected, required
from taps.tap_files.moments import Moment
from taps.tap_files.problems import RowRejected
from taps.tap_files.repeats import Repeats
from taps.tap_files.tables import Cell, Row

__all__ = ["read_purchases"]


def read_purchases(
    rows: Iterator[Row], cells: CellReader, repeats: Repeats
) -> Iterator[Outcome]:
    """One outcome per row.

    A row is a duplicate when it has a purchase id and is equal in every column to an
    earlier row; without an id, equal rows may well be two purchases, and are kept.
    """
    for row in rows:
        amount: Decimal | None = None
        if row.problem:
            yield Rejected(row.line, row.problem, None, row.cells)
            continue
        try:
            currency = cells.currency(row.cells)
            amount = _amount(row.cells, cells, currency)
            cells.check_currency(currency)
            moment = required(cells.moment(row.cells, "purchased_at"), "purchased_at")
            record = _record(row, cells, moment, amount, currency)
            if record["purchase_id"] is not None and repeats.is_again(tuple(row.cells)):
                raise RowRejected("duplicate: equal to an earlier row of the purchase")
        except RowRejected as rejected:
            yield Rejected(row.line, rejected.reason, amount, row.cells)
        else:
            yield Loaded(record, amount, moment)


def _amount(
    row: Sequence[Cell], cells: CellReader, currency: str | None
) -> Decimal | None:
    amount = cells.amount(row, "amount", currency)
    if amount is not None:
        return amount
    quantity = cells.amount(row, "quantity", None)
    price = cells.amount(row, "unit_price", currency)
    if quantity is None or price is None:
        return None
    return bounded(quantity * price)


def _record(
    row: Row,
    cells: CellReader,
    moment: Moment,
    amount: Decimal | None,
    currency: str | None,
) -> dict[str, Any]:
    customer_id = _customer(cells.text(row.cells, "customer_id"))
    if required(amount, "amount") < 0 and customer_id is None:
        raise RowRejected("the amount is negative, and no customer got it back")
    cells.check_text(row.cells)
    return {
        "line_number": row.line,
        "customer_id": customer_id,
        "purchased_at": moment.instant,
        "amount": amount,
        "purchase_id": cells.text(row.cells, "purchase_id"),
        "currency_code": currency,
        "is_date_only": moment.is_date_only,
    }


def _customer(written: str | None) -> str | None:
    """Undo the decimals that a spreadsheet of ids with gaps gives to them all."""
    if written is not None and written.endswith(".0") and written[:-2].isdigit():
        return written[:-2]
    return written
