"""A refund that stands in a column of its sale, and in a row of its own as well."""

from __future__ import annotations

from collections.abc import Mapping

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.statuses import word_of
from taps.tap_files.tables import Row, as_text

__all__ = ["RefundsTwice"]

_MOST = 10_000


class RefundsTwice:
    """Compares what rows give back with what a column says of the sales they are of.

    Parameters
    ----------
    answered : the settings of columns; who names the column of refunds counts both.
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self,
        log: LogColumns,
        binding: Binding,
        answered: Mapping[str, str],
        statuses: Mapping[str, str],
    ) -> None:
        self._log, self._statuses = log, statuses
        is_open = "refunded_amount" not in answered
        self._column = binding.positions.get("refunded_amount") if is_open else None
        self._buyer = binding.positions.get("customer_id")
        self._said: dict[tuple[str, str], int] = {}
        self._given: dict[tuple[str, str], int] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._column is None:
            return
        amount = self._log.amount_of(row)
        states = (word_of(as_text(row.cells[at])) for at in self._log.states)
        is_return = any(self._statuses.get(word) == "returned" for word in states)
        if is_return or is_negative(amount):
            found, digits = self._given, amount
        else:
            found, digits = self._said, as_text(row.cells[self._column])
        digits = "".join(c for c in digits if c.isdigit()).strip("0")
        buyer = "" if self._buyer is None else as_text(row.cells[self._buyer])
        if digits and len(found) < _MOST:
            found.setdefault((buyer, digits), row.line)

    def ask(self) -> None:
        """Raise FileError where both say the same."""
        for key, line in self._given.items():
            if key in self._said:
                header = self._log.title(self._column)
                problem = (
                    f"the row gives back what the column {header!r} says of line "
                    f"{self._said[key]}, and would be taken off twice"
                )
                remedy = (
                    f"columns.refunded_amount= (empty) with ignored_columns={header} "
                    f"reads the rows alone, columns.refunded_amount={header} takes off "
                    "both"
                )
                raise FileError(self._log.name, problem, remedy=remedy, line=line)
