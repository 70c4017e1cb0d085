"""A file whose rows all stand in it twice, one block below the other, without ids."""

from __future__ import annotations

from array import array

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text

__all__ = ["Twice"]

_FEWEST = {"purchases": 3, "ad_spend": 2}
"""Different rows of a block: less may well be what a till happened to sell again."""
_IDS = frozenset({"purchase_id"})


class Twice:
    """Compares the second half of a file's rows with the first one, in their order.

    Rows with an id are told apart by it, and a copy of one is set aside.
    """

    def __init__(self, name: str, binding: Binding) -> None:
        self._name = name
        has_id = bool(_IDS & binding.positions.keys())
        self._fewest = 0 if has_id else _FEWEST.get(binding.contract.name, 0)
        self._rows, self._lines = array("q"), array("q")

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._fewest:
            self._rows.append(hash(tuple(map(as_text, row.cells))))
            self._lines.append(row.line)

    def ask(self) -> None:
        """Raise FileError where the file says each of its rows twice."""
        half, rest = divmod(len(self._rows), 2)
        block = self._rows[:half]
        is_again = half and not rest and block == self._rows[half:]
        if not is_again or len(set(block)) < self._fewest:
            return
        problem = (
            f"the {half} rows from this line on are those above them again, one by "
            "one, and no column numbers them"
        )
        remedy = (
            "Take one of the two blocks out; if they are rows of their own, add a "
            "column with a number for each"
        )
        line = self._lines[half]
        raise FileError(self._name, problem, remedy=remedy, line=line)
