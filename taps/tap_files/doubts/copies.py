"""Spend that every one of several sources tells: the platform, and its bills."""

from __future__ import annotations

from collections import Counter

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Copies"]

_SOURCES = frozenset(
    {"fuente", "source", "origen", "origin", "fonte", "quelle", "bron", "report"}
    | {"informe", "reporte", "sistema", "system", "version", "dato", "data", "dataset"}
    | {"documento", "document", "registro", "base"}
)
"""Words of headers of who tells it: two creatives may well cost the same."""
_MOST_SOURCES = 6
_FEWEST = 2
"""Different amounts that each are there once for every source: one is chance."""
_DIGITS = "0123456789.,"


class Copies:
    """Asks where a column's every word has all the rows, to the same amounts.

    A split of spend, as by age or device, gives each word another amount.
    """

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._header = name, binding.header
        ignored = {normalised(h) for h in settings.ignored_columns.split("|")}
        spend = binding.positions.get("spend")
        is_open = binding.contract.name == "ad_spend" and spend is not None
        self._spend = spend or 0
        self._read = sorted(binding.used)
        #: Position -> word -> how often each row is there, without the word.
        self._rows: dict[int, dict[str, Counter[tuple[str, ...]]]] = {
            at: {}
            for at, header in enumerate(binding.header)
            if is_open and at not in binding.used and words_in(header) & _SOURCES
            if normalised(header) not in ignored
        }
        self._first: dict[int, int] = {}
        self._amounts: set[str] = set()

    def add(self, row: Row) -> None:
        """Look at a row."""
        spend = as_text(row.cells[self._spend])
        if not self._rows or not any(c in "123456789" for c in spend):
            return
        self._amounts.add(spend)
        read = tuple(as_text(row.cells[at]) for at in self._read)
        for at, words in [*self._rows.items()]:
            word = as_text(row.cells[at])
            if words and word not in words:
                self._first.setdefault(at, row.line)
            words.setdefault(word, Counter())[read] += 1
            if not word.strip(_DIGITS) or len(words) > _MOST_SOURCES:
                del self._rows[at]

    def ask(self) -> None:
        """Raise FileError where there is such a column."""
        for at, words in self._rows.items():
            first, *others = words.values() or [Counter()]
            if not others or any(other != first for other in others):
                continue
            if len(self._amounts) < _FEWEST:
                continue
            header = self._header[at].strip()
            said = ", ".join(words)
            problem = (
                f"each row is there once for every word of the column {header!r} "
                f"({said}), with the same spend: it would be counted {len(words)} times"
            )
            remedy = (
                f"Export the rows of one of them; ignored_columns={header} says that "
                "each was paid for itself"
            )
            line = self._first[at]
            raise FileError(self._name, problem, remedy=remedy, line=line)
