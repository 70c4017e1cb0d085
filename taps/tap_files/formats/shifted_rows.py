"""Rows whose cells were moved to the right: one of them stands beyond the last name."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from taps.tap_files.tables import Cell

__all__ = ["SHIFTED", "ShiftedRows"]

SHIFTED = "its cells stand in other columns than those of the row above"
_FEWEST = 2


class ShiftedRows:
    """Compares a row that reaches beyond the named columns with the one before it.

    A remark beside the table reaches beyond them, too; then the others are as ever.
    """

    def __init__(self, named: int) -> None:
        self._named = named
        self._usual: Sequence[Cell] = ()

    def holds(self, cells: Sequence[Cell]) -> bool:
        """Whether the cells of a row, those without a name as well, were moved."""
        if len(cells) <= self._named or cells[self._named] == "":
            self._usual = cells
            return False
        pairs = list(zip(cells[: self._named], self._usual, strict=False))
        differing = sum(
            _is_number(one) != _is_number(other)
            for one, other in pairs
            if one != "" and other != ""
        )
        gap = any(one == "" and other != "" for one, other in pairs)
        return differing + gap >= _FEWEST


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, Decimal):
        return True
    letters = sum(map(str.isalpha, cell))
    return letters <= 1 and any(map(str.isdigit, cell))
