"""Buyers who stand in a row of their own above their sales, as reports group them."""

from __future__ import annotations

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text

__all__ = ["GroupHeadings"]


class GroupHeadings:
    """Asks where only rows without an amount and a day name a buyer."""

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log, self._at = log, binding.positions.get("customer_id")
        self._heading: tuple[int, str] | None = None
        self._sales = 0

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._at is None:
            return
        buyer, amount = as_text(row.cells[self._at]), self._log.amount_of(row)
        if buyer and amount:
            self._at = None
        elif amount:
            self._sales += 1
        elif buyer and not (
            self._log.day is not None and as_text(row.cells[self._log.day])
        ):
            self._heading = self._heading or (row.line, buyer)

    def ask(self) -> None:
        """Raise FileError where no sale has a buyer, and rows above them do."""
        if self._at is None or not self._sales or self._heading is None:
            return
        line, buyer = self._heading
        header = self._log.title(self._at)
        problem = (
            f"the column {header!r} names a buyer ({buyer!r}) in rows without an "
            "amount and none in those with one: the sales below would have no buyer"
        )
        remedy = (
            "Export a list that names the buyer in each row, not one grouped by them; "
            "columns.customer_id= with constants.customer_id= (both empty) adds it up "
            "without buyers"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)
