"""Shows each text of a column once: what is said in words is said of many rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from taps.tap_files.log_columns import LogColumns, is_negative
from taps.tap_files.statuses import COUNTED, word_of
from taps.tap_files.tables import Cell, Row, as_text

__all__ = ["FirstSeen", "Reader"]

_MOST = 50_000
"""Texts of a column that are kept in mind; those after them are read once more."""


_Column = tuple[int, set[Cell], list["Reader"]]


class Reader(Protocol):
    """Reads the words of columns, and asks at the end."""

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text, also "", where it stands first beside money that came in."""

    def ask(self) -> None:
        """Raise FileError with the setting that answers, if there is a question."""


class FirstSeen:
    """Goes through the rows that hold money once for all who read words.

    Parameters
    ----------
    of_both : who reads what stands beside an amount with a minus as well.
    """

    def __init__(
        self,
        log: LogColumns,
        readers: Sequence[Reader],
        statuses: Mapping[str, str],
        of_both: Sequence[Reader] = (),
    ) -> None:
        self._log, self._statuses = log, statuses
        self._readers = [*readers, *of_both]
        self._columns = _columns_of(self._readers)
        self._columns_less = _columns_of(of_both)

    def add(self, row: Row) -> None:
        """Look at a row."""
        worth = self._log.worth_of(row)
        if not self._columns or not worth.strip("0.,"):
            return
        columns = self._columns_less if is_negative(worth) else self._columns
        is_some = any(c in "123456789" for c in worth) and self._is_counted(row)
        for at, texts, readers in columns if is_some else ():
            cell = row.cells[at]
            if cell in texts:
                continue
            if len(texts) >= _MOST:
                texts.clear()
            texts.add(cell)
            text = as_text(cell)
            for reader in readers:
                reader.look(row, at, text)

    def _is_counted(self, row: Row) -> bool:
        """Whether no state that is read says that the row is none."""
        states = (word_of(as_text(row.cells[at])) for at in self._log.states)
        return all(self._statuses.get(each, "paid") in COUNTED for each in states)

    def ask(self) -> None:
        """Ask what each of them has to ask."""
        for reader in self._readers:
            reader.ask()


def _columns_of(readers: Sequence[Reader]) -> list[_Column]:
    """Each position that somebody reads, what was seen there, and who reads it."""
    positions = sorted({at for reader in readers for at in reader.reads})
    return [
        (at, set(), [each for each in readers if at in each.reads]) for at in positions
    ]
