"""Sales that nobody marked as paid, where others have the mark."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import DAYS, LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import CAME_IN
from taps.tap_files.statuses import TICKS, YES, word_of
from taps.tap_files.sums.said_elsewhere import VALID
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["UnmarkedRows"]

_UNSET = frozenset("\u2717\u2718\u2612\u274c\u2715\u2716\u2610")
_PAID = CAME_IN | {"pago", "paga"}
_CLOSED = VALID | {"cerrada", "cerrado", "closed"}
_BESIDE = frozenset(
    {"is", "esta", "ya", "est", "ist", "si", "no", "s", "n", "el", "con", "with", "mit"}
    | {"via", "avec", "como", "how", "en", "por", "by", "importe", "amount"}
)
_TICKED = _PAID | _CLOSED | _BESIDE | {"venta", "sale"}
_PERSON = frozenset({"por", "by"})
"""Received by: who took it."""
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")


class UnmarkedRows:
    """Asks whether a sale counts that has nothing in a column such as *Pagado*.

    So it asks of a state that is empty where each row is a sale, and others are paid.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(
        self, log: LogColumns, binding: Binding, statuses: Mapping[str, str]
    ) -> None:
        self._log, self._meanings = log, statuses
        self._paid, ticked = _marks_of(log)
        is_of_orders = "purchase_id" in binding.positions
        self._states = set() if is_of_orders else {*log.states[:1]}
        self._columns = sorted(self._paid | ticked | self._states)
        self._set: set[int] = set()
        self._unset: dict[int, int] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.worth_of(row)
        is_sold = any(c in "123456789" for c in amount) and not is_negative(amount)
        for at in [*self._columns]:
            text = as_text(row.cells[at])
            if not text or text in _UNSET:
                if is_sold:
                    self._unset.setdefault(at, row.line)
            elif at in self._states:
                if self._meanings.get(word_of(text)) == "paid":
                    self._set.add(at)
            elif self._is_mark(at, text):
                self._set.add(at)
            else:
                self._columns.remove(at)  # it says more, and other questions ask

    def _is_mark(self, at: int, text: str) -> bool:
        is_tick = normalised(text) in YES or text in TICKS or bool(_DAY.fullmatch(text))
        return is_tick or (at in self._paid and bool(normalised(text)))

    def ask(self) -> None:
        """Raise FileError where some sales have a mark, and others none."""
        for at in self._columns:
            if at not in self._set or at not in self._unset:
                continue
            header = self._log.title(at)
            problem = (
                f"the column {header!r} is empty where others have a mark, and whether "
                "such a row is money is not known"
            )
            remedy = f"Take out what was not paid; {self._kept(at, header)}"
            line = self._unset[at]
            raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def _kept(self, at: int, header: str) -> str:
        """What counts each row."""
        unread = "columns.status= (empty) with " if at in self._states else ""
        return f"{unread}ignored_columns={header} counts each row"


def _marks_of(log: LogColumns) -> tuple[set[int], set[int]]:
    """Positions of columns in which any word may stand, and of those of ticks alone."""
    is_told = log.tells_status or log.is_one_status
    words = {
        at: words_in(title) - DAYS
        for at, title in enumerate(() if is_told else log.header)
        if at not in log.read and log.keys[at]
    }
    paid = {
        at
        for at, kind in words.items()
        if kind & CAME_IN and kind <= CAME_IN | _BESIDE and not kind & _PERSON
    }
    return paid, {
        at for at, kind in words.items() if kind & (_PAID | _CLOSED) and kind <= _TICKED
    }
