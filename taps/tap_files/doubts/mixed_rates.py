"""Amounts in several currencies that only their rates of exchange tell apart."""

from __future__ import annotations

import re

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["MixedRates"]

_ONE = re.compile(r"1(?:[.,]0+)?")
_RATE = re.compile(r"\d+(?:[.,]\d+)?")
_OWN_WORD = frozenset({"wechselkurs", "umrechnungskurs", "wisselkurs", "fx", "tc"})
_RATES = frozenset({"rate", "tipo", "tasa", "taxa", "taux", "tasso"})
_EXCHANGES = frozenset({"exchange", "cambio", "change", "conversion", "fx"})


class MixedRates:
    """Asks where rows have a rate of 1 and others another, and none tells a currency.

    In books that are kept in one currency a rate of 1 is of its own, and any other of
    an amount that is written in another. Rates that are all alike, or none of which is
    1, are of the report.
    """

    def __init__(self, log: LogColumns, binding: Binding) -> None:
        self._log = log
        is_told = binding.has("currency_code") or binding.currency_code is not None
        self._columns = [
            at
            for at, title in enumerate(() if is_told else log.header)
            if log.keys[at] and at not in log.read and _is_rate(words_in(title))
        ]
        self._ones: set[int] = set()
        self._others: dict[int, tuple[int, str]] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        if not any(c in "123456789" for c in self._log.worth_of(row)):
            return
        for at in self._columns:
            text = as_text(row.cells[at])
            if _ONE.fullmatch(text):
                self._ones.add(at)
            elif _RATE.fullmatch(text) and text.strip("0.,"):
                self._others.setdefault(at, (row.line, text))

    def ask(self) -> None:
        """Raise FileError where there are both."""
        for at in sorted(self._ones & self._others.keys()):
            line, text = self._others[at]
            header = self._log.title(at)
            problem = (
                f"the column {header!r} says {text} in this row and 1 in others, and "
                "no column in which currency the amounts are"
            )
            remedy = (
                "Export the currency of each row as well, and name it with "
                f"columns.currency_code=<column of the file>; ignored_columns={header} "
                "if all amounts are in one"
            )
            raise FileError(self._log.name, problem, remedy=remedy, line=line)


def _is_rate(words: frozenset[str]) -> bool:
    return bool(words & _OWN_WORD) or bool(words & _RATES and words & _EXCHANGES)
