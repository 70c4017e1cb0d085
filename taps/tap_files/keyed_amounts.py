"""Whether rows of one id hold one amount, in files whose ids name a row each.

Of an invoice that a file says twice the mart reads the last row: right where the row is
said again, as it was once paid, and wrong where each row is a line of the invoice with
an amount of its own.
"""

from __future__ import annotations

import re
from array import array

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text

__all__ = ["KeyedAmounts"]

_ONE_EACH = frozenset(
    {
        "invoices", "payments", "sponsorships", "marketplace_orders",
        "marketplace_payments",
    }
)  # fmt: skip
"""Contracts whose marts read one row of each id."""
_ZEROS = re.compile(r"[.,]0+$")
_EXAMPLES = 3


class KeyedAmounts:
    """Collects in the first pass the amount that each row says of its id."""

    def __init__(self, name: str, binding: Binding) -> None:
        self._name, self._binding = name, binding
        contract, at = binding.contract, binding.positions
        self._key = [at[column] for column in contract.key if column in at]
        self._amount = at.get(contract.amount_column or "")
        self._is_looked_for = (
            contract.name in _ONE_EACH
            and len(self._key) == len(contract.key)
            and self._amount is not None
        )
        self._columns = {name: array("q") for name in ("key", "amount", "line")}

    def add(self, row: Row) -> None:
        """Take in a row."""
        if not self._is_looked_for:
            return
        key = tuple(as_text(row.cells[position]) for position in self._key)
        amount = _ZEROS.sub("", as_text(row.cells[self._amount or 0]))
        if all(key) and amount:
            for name, value in (
                ("key", hash(key)),
                ("amount", hash(amount)),
                ("line", row.line),
            ):
                self._columns[name].append(value)

    def ask(self) -> None:
        """Raise FileError where rows of one id hold other amounts."""
        columns = {
            k: np.frombuffer(v, dtype=np.int64) for k, v in self._columns.items()
        }
        order = np.lexsort((columns["line"], columns["key"]))
        key, amount, line = (columns[k][order] for k in ("key", "amount", "line"))
        wrong = (key[1:] == key[:-1]) & (amount[1:] != amount[:-1])
        if not wrong.any():
            return
        pairs = ", ".join(
            f"lines {line[i]} and {line[i + 1]}"
            for i in np.flatnonzero(wrong)[:_EXAMPLES]
        )
        header = self._binding.header[self._key[0]].strip()
        count = len(np.unique(key[1:][wrong]))
        problem = (
            f"{count} ids in the column {header!r} stand for rows of different amounts "
            f"({pairs}), and one row is read of each id"
        )
        remedy = (
            "Export a row for each id, with the amount of the whole, instead of one "
            "for each of its lines or versions"
        )
        raise FileError(self._name, problem, remedy=remedy)
