"""Sales that nobody marked as paid, where others have the mark."""

from __future__ import annotations

from taps.tap_files.log_columns import DAYS, LogColumns, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import CAME_IN
from taps.tap_files.statuses import YES
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["UnmarkedRows"]

_SET = frozenset("\u2713\u2714\u2611\u2705\u221a")
"""Ticks of all kinds."""
_UNSET = frozenset("\u2717\u2718\u2612\u274c\u2715\u2716\u2610")
_BESIDE = frozenset({"is", "esta", "ya", "est", "ist", "si", "no", "s", "n"})


class UnmarkedRows:
    """Asks whether a sale counts that has no tick in a column such as *Pagado*."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._columns = [
            at
            for at in (() if log.tells_status else log.holding(CAME_IN))
            if at not in log.read
            and words_in(log.header[at]) <= CAME_IN | _BESIDE
            and not words_in(log.header[at]) & DAYS
        ]
        self._set: set[int] = set()
        self._unset: dict[int, int] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.worth_of(row)
        is_sold = any(c in "123456789" for c in amount) and not is_negative(amount)
        for at in [*self._columns]:
            text = as_text(row.cells[at])
            if normalised(text) in YES or text in _SET:
                self._set.add(at)
            elif text and text not in _UNSET:
                self._columns.remove(at)  # it says more, and other questions ask
            elif is_sold:
                self._unset.setdefault(at, row.line)

    def ask(self) -> None:
        """Raise FileError where some sales have a tick, and others none."""
        for at in self._columns:
            if at not in self._set or at not in self._unset:
                continue
            header = self._log.title(at)
            problem = (
                f"the column {header!r} has no mark where others have one, and whether "
                "such a row is money is not known"
            )
            remedy = (
                f"Take out what was not paid, or write yes and no and say columns."
                f"status={header} with statuses.no=pending; ignored_columns={header} "
                "counts each row"
            )
            line = self._unset[at]
            raise FileError(self._log.name, problem, remedy=remedy, line=line)
