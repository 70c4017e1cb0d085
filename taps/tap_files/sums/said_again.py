"""Rows of one order that differ in nothing but their state, and when it was so.

A sale that was paid and then sent, or given back, is one sale.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import DAYS, LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.statuses import COUNTED
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["SaidAgain"]


class SaidAgain:
    """Looks for orders that are said again, where each row is counted.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self, log: LogColumns, binding: Binding, statuses: Mapping[str, str]
    ) -> None:
        self._log, self._meanings = log, statuses
        first = binding.positions.get("status")
        further = binding.others.get("status", ())
        self._states = () if first is None else (first, *further)
        self._differing = {*self._states, *log.holding(DAYS), log.day}
        self._seen = {column: array("q") for column in ("row", "state", "line")}

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.amount_of(row)
        is_sold = not is_negative(amount) and any(c in "123456789" for c in amount)
        if not (self._states and is_sold and self._log.id_of(row)):
            return
        state = tuple(normalised(as_text(row.cells[p])) for p in self._states)
        if any(self._meanings.get(word, "paid") not in COUNTED for word in state):
            return
        rest = (c for i, c in enumerate(row.cells) if i not in self._differing)
        self._seen["row"].append(hash(tuple(rest)))
        self._seen["state"].append(hash(state))
        self._seen["line"].append(row.line)

    def ask(self) -> None:
        """Raise FileError where an order is said again."""
        seen = {k: np.frombuffer(v, dtype=np.int64) for k, v in self._seen.items()}
        order = np.lexsort((seen["line"], seen["row"]))
        rows, states, lines = (seen[k][order] for k in ("row", "state", "line"))
        again = np.flatnonzero((rows[1:] == rows[:-1]) & (states[1:] != states[:-1]))
        if not len(again):
            return
        header = self._log.title(self._states[0])
        problem = (
            f"{len(again)} rows say their order again with another {header!r} (lines "
            f"{lines[again[0]]} and {lines[again[0] + 1]}), and would be added up"
        )
        remedy = (
            "Export one row for each order, with its last state; if they are equal "
            "lines of one order, amount_per=line says so"
        )
        raise FileError(self._log.name, problem, remedy=remedy)
