"""Rows of what happened that are dated after today.

Nothing was sold, paid or visited tomorrow: such a date is a slip of the hand, or day
and month changed places. A few are set aside and counted; of many nobody knows whether
the other dates of the file are right, and the file asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.values.cells import Loaded, Outcome, Rejected

__all__ = ["ToCome"]

_TOLERANCE = timedelta(days=1)
"""Somewhere it is tomorrow already, as in the rules for what landed."""
_ORDERS = frozenset({"purchases", "shopify_orders"})
"""Contracts whose mart itself sets such rows aside, and shows them."""
_FEW_ROWS = 10
_FEW = 0.05
"""Share of the rows up to which they are slips, and not how dates are read."""


class ToCome:
    """Tells the rows of one file that are dated after today.

    Parameters
    ----------
    now : aware; when the file is read.
    is_told : whether a setting says how its dates are written.
    """

    def __init__(
        self, name: str, binding: Binding, *, now: datetime, is_told: bool
    ) -> None:
        contract = binding.contract
        self._name, self._binding, self._is_told = name, binding, is_told
        self._column = contract.date_column or ""
        past = {column.name for column in contract.columns if column.is_past}
        self._is_set_aside = self._column in past
        self._is_looked_for = self._is_set_aside or contract.name in _ORDERS
        self._latest = (now + _TOLERANCE).isoformat()
        self._last = Row(0, ())
        self._count = self._row_count = 0
        self._first: Row | None = None

    def seen(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows, the last of which is kept in mind."""
        for row in rows:
            self._last = row
            yield row

    def set_aside(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        """The outcomes of the rows ``seen``; those dated after today rejected."""
        for outcome in outcomes:
            self._row_count += isinstance(outcome, Loaded)
            if not isinstance(outcome, Loaded) or not self._is_after_today(outcome):
                yield outcome
                continue
            self._count += 1
            line = outcome.record["line_number"]
            self._first = self._first or Row(line, self._cells_of(line))
            if self._is_set_aside:
                reason = f"{self._column} is after today"
                yield Rejected(line, reason, outcome.amount, self._cells_of(line))
            else:
                yield outcome

    def ask(self) -> None:
        """Raise FileError where they are many and no setting says how to read them."""
        is_few = self._count <= max(_FEW_ROWS, _FEW * self._row_count)
        if is_few or self._is_told or self._first is None:
            return
        rows = f"{self._count} of {self._row_count} rows"
        raise _question(self._name, self._binding, rows, self._first)

    def _is_after_today(self, loaded: Loaded) -> bool:
        moment = loaded.moment if self._is_looked_for else None
        return moment is not None and moment.instant > self._latest

    def _cells_of(self, line: int) -> Sequence[Cell]:
        """The cells of the row; none of an order of several rows."""
        return self._last.cells if self._last.line == line else ()


def _question(name: str, binding: Binding, rows: str, first: Row) -> FileError:
    """What is asked of so many rows, with the first of their dates as written."""
    column = binding.contract.date_column or ""
    position = binding.positions.get(column)
    here = ""
    if position is not None and first.cells:
        here = f" (here {as_text(first.cells[position])!r})"
    problem = f"{rows} are dated after today{here}, and they tell what happened"
    remedy = (
        f"If {column} is another column, as the day of a delivery has one, say which "
        f"with columns.{column}=<column of the file>; if the dates are read wrongly, "
        "or are to be set aside, say how they are written with date_format=DD/MM/YYYY "
        "or MM/DD/YYYY"
    )
    return FileError(name, problem, remedy=remedy, line=first.line)
