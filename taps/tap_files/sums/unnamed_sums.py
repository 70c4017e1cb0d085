"""Rows of nobody and of no order that add up those above them, and do not say so."""

from __future__ import annotations

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.tables import Row, as_text

__all__ = ["UnnamedSums"]

_SEPARATORS = ".,"
_HALF_A_CENT = 0.005
_FEWEST = 2
_ONCE_IS_ENOUGH = 3
"""Rows with a name above a sum: one of two may be what a guest happened to pay."""


class UnnamedSums:
    """Looks for subtotals without a word, as a till prints them below each day."""

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        names = ("customer_id", "purchase_id")
        self._log = log
        self._of_whom = [
            p for n in names if (p := binding.positions.get(n)) is not None
        ]
        self._is_looked_for = bool(self._of_whom) and log.amount is not None
        self._above = dict.fromkeys(_SEPARATORS, 0.0)
        self._named = 0
        self._found: list[tuple[int, int, str]] = []

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not self._is_looked_for:
            return
        cell = row.cells[self._log.amount or 0]
        amounts = {one: _number(cell, one) for one in _SEPARATORS}
        is_of_nobody = not any(as_text(row.cells[p]) for p in self._of_whom)
        if is_of_nobody and self._named >= _FEWEST and self._is_sum(amounts):
            self._found.append((row.line, self._named, as_text(cell)))
            self._above, self._named = dict.fromkeys(_SEPARATORS, 0.0), 0
            return
        self._named += not is_of_nobody
        for one, amount in amounts.items():
            self._above[one] += amount

    def ask(self) -> None:
        """Raise FileError where such rows would be added up."""
        if not self._found:
            return
        line, named, amount = self._found[0]
        if len(self._found) == 1 and named < _ONCE_IS_ENOUGH:
            return
        problem = (
            f"the row names nobody and no order, and its {amount} is what the rows "
            f"above it add up to ({len(self._found)} such rows in the file)"
        )
        remedy = (
            "Export the list without subtotals, or take those rows out; if each is a "
            "sale of its own, amount_per=line says so"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def _is_sum(self, amounts: dict[str, float]) -> bool:
        return any(
            amount and abs(amount - self._above[one]) < _HALF_A_CENT
            for one, amount in amounts.items()
        )


def _number(cell: object, separator: str) -> float:
    """0 where there is no number."""
    try:
        if isinstance(cell, str):
            return float(written_number(cell, separator))
        return float(str(cell))
    except ValueError:
        return 0.0
