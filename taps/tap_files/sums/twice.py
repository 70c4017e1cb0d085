"""A file whose rows all stand in it twice, or more, and which has no ids."""

from __future__ import annotations

from array import array
from collections import Counter
from math import gcd

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, as_text

__all__ = ["Twice"]

_FEWEST = {"purchases": 3, "ad_spend": 2}
"""Different rows of a block: less may well be what a till happened to sell again."""
_IDS = frozenset({"purchase_id"})


class Twice:
    """Counts how often each row of a file stands in it, wherever that is.

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
        counts = Counter(self._rows)
        times = gcd(*counts.values())
        if times < 2 or len(counts) < self._fewest:
            return
        half = len(self._rows) // 2
        if self._rows[:half] == self._rows[half:]:
            problem = (
                f"the {half} rows from this line on are those above them again, one by "
                "one, and no column numbers them"
            )
            line = self._lines[half]
        else:
            problem = (
                f"each of the {len(counts)} different rows stands in the file {times} "
                "times or more, and no column numbers them (this is the first again)"
            )
            line = self._first_again()
        remedy = (
            "Take the copies out; if they are rows of their own, add a column with a "
            "number for each"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)

    def _first_again(self) -> int:
        seen = set[int]()
        for row, line in zip(self._rows, self._lines, strict=True):
            if row in seen:
                return line
            seen.add(row)
        return self._lines[0]
