"""Goods under warranty that may have been sent for nothing, to who bought them before.

*Garantía: Sí* and *Taladro (garantía)* say of a sale that its goods have a warranty, or
that it is none: they replace what the same buyer paid as much for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.question_words import PRODUCTS, WARRANTIES
from taps.tap_files.statuses import TICKS, YES
from taps.tap_files.sums.said_elsewhere import Said
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Warranties"]

_BRACKETS = re.compile(
    r"\s*[(\[]\s*(?:garant[ií]a|warranty|garantie|garanzia)\s*[)\]]", re.IGNORECASE
)
_Mark = tuple[int, str]
_MOST = 200_000
"""Sales that are kept in mind."""


class Warranties(Said):
    """Asks where a row says warranty, and its buyer paid as much in one that does not.

    Where nobody is named, the same goods stand for the same buyer.

    Parameters
    ----------
    buyer : position of the buyer.
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self, log: LogColumns, buyer: int | None, statuses: Mapping[str, str]
    ) -> None:
        super().__init__(log, statuses)
        self._log, self._buyer = log, buyer
        open_ = {
            at: words_in(title)
            for at, title in enumerate(log.header if self.is_open else ())
            if log.keys[at] and at != log.amount
        }
        self._flags = [at for at, w in open_.items() if w and w <= WARRANTIES]
        self._flags = [at for at in self._flags if at not in log.read]
        self._goods = [at for at, words in open_.items() if words & PRODUCTS]
        self._sold: set[int] = set()
        self._marked: dict[int, tuple[int, int, str]] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self.first or not (self._flags or self._goods):
            return
        worth = self._log.worth_of(row)
        if is_negative(worth) or not any(c in "123456789" for c in worth):
            return
        who = "" if self._buyer is None else as_text(row.cells[self._buyer]).strip()
        goods = {at: as_text(row.cells[at]) for at in self._goods}
        named = who or normalised(_BRACKETS.sub("", " ".join(goods.values())))
        key, mark = hash((named, worth)), _mark_of(row, goods, self._flags)
        if mark is None:
            if len(self._sold) >= _MOST:
                self._sold.clear()
            self._sold.add(key)
        elif len(self._marked) < _MOST:
            self._marked.setdefault(key, (row.line, *mark))

    def ask(self) -> None:
        """Raise FileError where one is."""
        for key in self._marked.keys() & self._sold:
            line, at, text = self._marked[key]
            self.first[at] = min(self.first.get(at, (line, text)), (line, text))
        super().ask()


def _mark_of(row: Row, goods: Mapping[int, str], flags: list[int]) -> _Mark | None:
    """Where a row says warranty, and its text."""
    for at, text in goods.items():
        if _BRACKETS.search(text):
            return at, text
    for at in flags:
        text = as_text(row.cells[at])
        if normalised(text) in YES or text in TICKS:
            return at, text
    return None
