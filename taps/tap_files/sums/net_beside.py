"""An amount that is called net beside one that is called gross, with nothing between.

What was taken off, a tax or a fee, changes what it is worth: a fee is a cost.
"""

from __future__ import annotations

import re

from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["NetBeside"]

_NET = frozenset({"net", "neto", "neta", "netto", "liquido", "nette"})
_GROSS = frozenset({"gross", "bruto", "bruta", "brutto", "brut", "brute", "lordo"})
_NOT_MONEY = frozenset({"weight", "peso", "gewicht", "poids", "margin", "margen"})
_SOME = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")


class NetBeside:
    """Looks for amounts of which another column tells more."""

    def __init__(self, log: LogColumns, *, is_told: bool) -> None:
        self._log = log
        title = "" if log.amount is None else log.title(log.amount)
        is_net = not is_told and bool(words_in(title) & _NET)
        self._gross = [
            at
            for at in (log.holding(_GROSS) if is_net else [])
            if at not in log.read and not words_in(log.title(at)) & _NOT_MONEY
        ]
        self._first: Place | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._gross:
            text = as_text(row.cells[at])
            if _SOME.fullmatch(text) and text != self._log.amount_of(row):
                self._first = self._first or (row.line, at, text)

    def ask(self) -> None:
        """Raise FileError where what is between both is not known."""
        if self._first is None:
            return
        line, at, text = self._first
        net, gross = self._log.title(self._log.amount), self._log.title(at)
        problem = (
            f"the column {net!r} is read, and {gross!r} (here {text!r}) is another "
            "amount: whether taxes or fees are between them is not known"
        )
        remedy = (
            f"columns.amount={gross} reads what the buyer paid, with "
            f"columns.untaxed_amount={net} if taxes are between them, or "
            f"ignored_columns={net} if fees are; ignored_columns={gross} keeps {net!r}"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)
