"""Tips beside the amounts of a log, where no number tells whether they hold them."""

from __future__ import annotations

import re

from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import TIPS
from taps.tap_files.sums.keyed_amounts import size_written
from taps.tap_files.tables import Row, as_text

__all__ = ["Tips"]

_SOME = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_SEPARATORS = ".,"
_CENT = 0.015


class Tips:
    """Asks about tips, unless amount and tip are another column in every row."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._tips = [at for at in log.holding(TIPS) if at not in log.read]
        self._first: dict[int, Place] = {}
        self._sums: dict[int, set[int]] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        for at in self._tips:
            text = as_text(row.cells[at])
            sums = self._sums.get(at, {*range(len(row.cells))} - {at, self._log.amount})
            if sums and _SOME.fullmatch(text):
                self._first.setdefault(at, (row.line, at, text))
                self._sums[at] = self._sums_of(row, at, sums)

    def ask(self) -> None:
        """Raise FileError where the amounts may hold a tip."""
        for at, (line, _, text) in self._first.items():
            if self._sums[at]:
                continue
            header = self._log.title(at)
            problem = (
                f"the column {header!r} holds tips (here {text!r}), which are no "
                "sales, and whether they are in the amount is not known"
            )
            remedy = (
                f"Say it: columns.discount_amount={header} takes them off the amount, "
                f"ignored_columns={header} if it is without them"
            )
            raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def _sums_of(self, row: Row, tip: int, among: set[int]) -> set[int]:
        """Those of the columns that are the amount and the tip."""
        found = set()
        for separator in _SEPARATORS:
            amount = size_written(self._log.amount_of(row), separator)
            off = size_written(as_text(row.cells[tip]), separator)
            for other in among if amount else ():
                value = size_written(as_text(row.cells[other]), separator)
                if value and abs(amount + off - value) < _CENT:
                    found.add(other)
        return found
