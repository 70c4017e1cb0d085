"""A file whose rows all stand in it twice, or more, and which has no ids.

Or spend that is said again of each action that came of it, or of each window of
attribution: what was paid once for all of them.
"""

from __future__ import annotations

from array import array
from collections import Counter
from math import gcd

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["Outcomes", "Twice"]

_FEWEST = {"purchases": 3, "ad_spend": 2}
"""Different rows of a block: less may well be what a till happened to sell again."""
_IDS = frozenset({"purchase_id"})
_OUTCOMES = frozenset(
    {"action", "accion", "acao", "aktion", "attribution", "atribucion", "atribuicao"}
    | {"conversion", "konversion", "event", "evento", "goal", "window", "ventana"}
)
"""Words of headers of what spend led to, and of how that was counted."""
_DIGITS = "0123456789.,"


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


class Outcomes:
    """Asks where rows of spend differ in nothing but what it led to."""

    def __init__(self, name: str, binding: Binding, settings: Settings) -> None:
        self._name, self._header = name, binding.header
        ignored = {normalised(h) for h in settings.ignored_columns.split("|")}
        self._read = binding.used
        self._spend = binding.positions.get("spend")
        is_open = binding.contract.name == "ad_spend" and self._spend is not None
        self._outcomes = [
            at
            for at, header in enumerate(binding.header)
            if is_open and at not in binding.used and words_in(header) & _OUTCOMES
            if normalised(header) not in ignored
        ]
        self._said: dict[int, tuple[int, list[str]]] = {}
        self._again: tuple[int, int, int] | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._again is not None or not self._outcomes:
            return
        spend = as_text(row.cells[self._spend or 0])
        if not any(c in "123456789" for c in spend):
            return
        cells = [*map(as_text, row.cells)]
        # An ad set is another one; how much came of it is a number that nobody reads.
        same = [
            text
            for at, text in enumerate(cells)
            if at in self._read or (at not in self._outcomes and text.strip(_DIGITS))
        ]
        key = hash(tuple(same))
        said = [as_text(row.cells[at]) for at in self._outcomes]
        line, first = self._said.setdefault(key, (row.line, said))
        pairs = zip(self._outcomes, said, first, strict=True)
        # How many came of it is a number, and no action.
        differing = [at for at, a, b in pairs if a != b and a.strip(_DIGITS)]
        if differing:
            self._again = differing[0], line, row.line

    def ask(self) -> None:
        """Raise FileError where the same spend may stand in several rows."""
        if self._again is None:
            return
        at, first, line = self._again
        header = self._header[at].strip()
        problem = (
            f"lines {first} and {line} tell the same spend of the same day, and differ "
            f"in {header!r}: what was paid once may be said of each"
        )
        remedy = (
            f"Export the report without {header!r}; ignored_columns={header} says that "
            "each row was paid for itself"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)
