"""Rows that say the header again: two exports that were put one below the other."""

from __future__ import annotations

from collections.abc import Iterator

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["RepeatedHeaders"]

_REMEDY = "Put each export in a file of its own"


class RepeatedHeaders:
    """Leaves the header out where it stands again among the rows of a file."""

    def __init__(self, name: str, binding: Binding) -> None:
        self._name = name
        self._keys = [normalised(cell) for cell in binding.header]
        self._known = frozenset(self._keys) - {""}
        amount = binding.positions.get(binding.contract.amount_column or "")
        self._looked_at = min(binding.used) if amount is None else amount
        self.count = 0

    def left_out(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows that are no header.

        Raises
        ------
        FileError
            The columns change their places in the middle of the file: what follows
            would be read from the wrong ones.
        """
        for row in rows:
            if row.problem or not self._may_be_one(row):
                yield row
                continue
            keys = [normalised(as_text(cell)) for cell in row.cells]
            if keys == self._keys:
                self.count += 1
            elif sum(key in self._known for key in keys) * 2 > len(keys):
                problem = "the names of the columns stand here again in another order"
                raise FileError(self._name, problem, remedy=_REMEDY, line=row.line)
            else:
                yield row

    def _may_be_one(self, row: Row) -> bool:
        text = row.cells[self._looked_at]
        if not isinstance(text, str) or text[-1:].isdigit():
            return False  # most rows, at once: this one holds an amount
        return normalised(text) in self._known
