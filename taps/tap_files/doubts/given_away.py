"""Kinds of rows that may be sold already, in the order that they replace, or never."""

from __future__ import annotations

from taps.tap_files.question_words import CAME_IN, EXCHANGED, GIVEN_AWAY, SOLD
from taps.tap_files.wording import normalised

__all__ = ["GivenAway"]


_SOLD = SOLD | CAME_IN | {"pago", "depago", "paidticket", "venta", "comprada", "bought"}
"""Words of kinds beside which a gift was not paid for."""


class GivenAway:
    """Tells which columns say that a row with money was exchanged, or given away."""

    def __init__(self) -> None:
        self._sold: set[int] = set()
        self._given: dict[int, tuple[int, str]] = {}

    def is_again(self, position: int, line: int, text: str) -> bool:
        """Whether a row is of an exchange; a gift is kept in mind for ``beside``."""
        word = normalised(text)
        if word in _SOLD:
            self._sold.add(position)
        if word in GIVEN_AWAY:
            self._given.setdefault(position, (line, text))
        return not EXCHANGED.isdisjoint([word, normalised(text.partition(" ")[0])])

    def beside(self) -> dict[int, tuple[int, str]]:
        """Position -> line and word of a gift, where other rows say they were sold."""
        return {at: told for at, told in self._given.items() if at in self._sold}
