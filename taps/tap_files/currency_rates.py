"""Rows of a file of currency rates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taps.tap_files.problems import RowRejected
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Row
from taps.tap_files.values.cells import CellReader, Loaded, Outcome, Rejected, required

__all__ = ["read_currency_rates"]


def read_currency_rates(
    rows: Iterator[Row],
    cells: CellReader,
    repeats: Repeats,  # noqa: ARG001  (an equal row says the same rate again)
) -> Iterator[Outcome]:
    """One outcome per row.

    A rate has no amount of money: the control totals add up rates, which means
    nothing but shows a row that got lost.
    """
    for row in rows:
        if row.problem:
            yield Rejected(row.line, row.problem, None, row.cells)
            continue
        rate = None
        try:
            rate = cells.rate(row.cells, "rate")
            moment = required(cells.moment(row.cells, "rate_date"), "rate_date")
            if required(rate, "rate") <= 0:
                raise RowRejected("the rate is not positive")
            record: dict[str, Any] = {
                "line_number": row.line,
                "rate_date": moment.local_date,
                "from_currency": _currency(row, cells, "from_currency"),
                "to_currency": _currency(row, cells, "to_currency"),
                "rate": rate,
            }
            if record["from_currency"] == record["to_currency"]:
                raise RowRejected("a currency has no rate to itself")
        except RowRejected as rejected:
            yield Rejected(row.line, rejected.reason, rate, row.cells)
        else:
            yield Loaded(record, rate, moment)


def _currency(row: Row, cells: CellReader, column: str) -> str:
    code = str(required(cells.text(row.cells, column), column)).upper()
    cells.check_currency(code)
    return code
