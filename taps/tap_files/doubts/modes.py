"""Whether a till, or a gateway, was in earnest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.question_words import EARNEST, MODES, PLAYED, TAUGHT, TESTS
from taps.tap_files.sums.said_elsewhere import Said
from taps.tap_files.tables import Row
from taps.tap_files.wording import normalised

__all__ = ["Modes"]


class Modes(Said):
    """Asks where a till was in training, or a gateway in its sandbox.

    A school teaches in a mode of *Práctica*, and a gym sells *Training*: such a word
    is of a till only where other rows of its column are in earnest.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    """

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        super().__init__(log, statuses)
        modes = {at for at, key in enumerate(log.keys) if key in MODES} - log.read
        self._modes = modes if self.is_open else set[int]()
        self._taught = Said(log, statuses)
        self._earnest: set[int] = set()

    @property
    def reads(self) -> Collection[int]:
        """Positions of the columns whose words it reads."""
        return self._modes

    def look(self, row: Row, at: int, text: str) -> None:
        """Read a text."""
        word = normalised(text)
        if word in EARNEST:
            self._earnest.add(at)
        elif word in TESTS | PLAYED:
            self.note(row, at, text)
        elif word in TAUGHT:
            self._taught.note(row, at, text)

    def ask(self) -> None:
        """Raise FileError where one was not."""
        for at in self._earnest & self._taught.first.keys():
            self.first.setdefault(at, self._taught.first[at])
        super().ask()
