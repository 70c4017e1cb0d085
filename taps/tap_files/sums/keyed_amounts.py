"""Whether rows of one id hold one amount, in files whose ids name a row each.

Of an invoice that a file says twice the mart reads the last row: right where the row is
said again, as it was once paid, and wrong where each row is a line of the invoice with
an amount of its own.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache

import numpy as np

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text

__all__ = ["KeyedAmounts", "size_written", "written_number"]

_ONE_EACH = frozenset(
    {
        "invoices", "payments", "sponsorships", "marketplace_orders",
        "marketplace_payments",
    }
)  # fmt: skip
"""Contracts whose marts read one row of each id."""
_SEPARATORS = ".,"
_MINUS = re.compile(r"[-\u2212(]")
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
        self._columns = {name: array("q") for name in ("key", "line", *_SEPARATORS)}

    def add(self, row: Row) -> None:
        """Take in a row."""
        if not self._is_looked_for:
            return
        key = tuple(as_text(row.cells[position]) for position in self._key)
        cell = row.cells[self._amount or 0]
        if not all(key) or not (amount := as_text(cell)):
            return
        self._columns["key"].append(hash(key))
        self._columns["line"].append(row.line)
        for separator in _SEPARATORS:
            point = separator if isinstance(cell, str) else "."
            self._columns[separator].append(hash(written_number(amount, point)))

    def ask(self, separator: str) -> None:
        """Raise FileError where rows of one id hold other amounts.

        Parameters
        ----------
        separator : the decimal separator of the file, known at the end of the pass.
        """
        columns = {
            k: np.frombuffer(v, dtype=np.int64) for k, v in self._columns.items()
        }
        order = np.lexsort((columns["line"], columns["key"]))
        key, amount, line = (columns[k][order] for k in ("key", separator, "line"))
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


@lru_cache(maxsize=50_000)
def written_number(text: str, separator: str) -> str:
    """A written amount without what does not change it: 10.50 and 10.5 are one."""
    whole, _, cents = (
        text.rpartition(separator) if separator in text else (text, "", "")
    )
    sign = "-" if _MINUS.search(text) else ""
    digits = "".join(filter(str.isdigit, whole)).lstrip("0")
    return f"{sign}{digits}.{''.join(filter(str.isdigit, cents)).rstrip('0')}"


def size_written(text: str, separator: str) -> float:
    """A written amount without its sign; 0 where there is no number."""
    try:
        return abs(float(written_number(text, separator)))
    except ValueError:
        return 0.0
