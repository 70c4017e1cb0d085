"""Rows of several kinds in one order: its total, its lines and what was paid."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from taps.tap_files.log_columns import LogColumns
from taps.tap_files.problems import FileError
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["RowKinds"]

_ROWS = frozenset({"line", "row", "record", "linea", "fila", "registro", "linha"})
_KINDS = frozenset({"type", "tipo", "kind", "clase"})
_MOST_WORDS = 5
_SEPARATORS = ".,"
_HALF_A_CENT = 0.005


class RowKinds:
    """Looks for orders whose rows a column calls different things, as tills do.

    The total of a sale stands above its lines, and what was paid below them: added up,
    each counts three times. Looked for are kinds that come to the same in an order.
    """

    def __init__(self, log: LogColumns) -> None:
        unread = {*log.holding(_ROWS)} & {*log.holding(_KINDS)} - log.read
        self._log, self._at = log, min(unread, default=None)
        self._seen = {column: array("q") for column in ("id", "kind", "line")}
        self._amounts = {one: array("d") for one in _SEPARATORS}
        self._words: dict[str, None] = {}

    def add(self, row: Row) -> None:
        """Look at a row."""
        amount = self._log.amount_of(row)
        if self._at is None or not any(c in "123456789" for c in amount):
            return
        order_id, kind = self._log.id_of(row), as_text(row.cells[self._at])
        if not (order_id and kind):
            return
        if len(self._words) < _MOST_WORDS:
            self._words.setdefault(kind)
        self._seen["id"].append(hash(order_id))
        self._seen["kind"].append(hash(normalised(kind)))
        self._seen["line"].append(row.line)
        for separator, amounts in self._amounts.items():
            amounts.append(_number(amount, separator))

    def ask(self) -> None:
        """Raise FileError where the rows of an order are of several kinds."""
        lines = [
            _first_again(self._seen, np.array(each)) for each in self._amounts.values()
        ]
        line = min(filter(None, lines), default=None)
        if line is None:
            return
        header = self._log.title(self._at)
        said = ", ".join(self._words)
        problem = (
            f"an order is told by rows of several kinds that come to the same (the "
            f"column {header!r} says {said}), and would be added up"
        )
        status = self._log.status_and(header)
        remedy = (
            f"columns.status={status} with statuses.<word>=left_out for those that are "
            f"none, and paid for the others; ignored_columns={header} adds all up"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


def _first_again(
    told: Mapping[str, array[int]], amounts: npt.NDArray[np.float64]
) -> int | None:
    """Line of a kind of row that comes to what another of its order does."""
    if not len(amounts):
        return None
    seen = {k: np.frombuffer(v, dtype=np.int64) for k, v in told.items()}
    order = np.lexsort((seen["line"], seen["kind"], seen["id"]))
    ids, kinds, lines = (seen[k][order] for k in ("id", "kind", "line"))
    is_next = (ids[1:] != ids[:-1]) | (kinds[1:] != kinds[:-1])
    starts = np.flatnonzero(np.concatenate(([True], is_next)))
    sums = np.add.reduceat(amounts[order], starts)
    ids, lines = ids[starts], lines[starts]
    order = np.lexsort((sums, ids))
    ids, sums, lines = ids[order], sums[order], lines[order]
    is_again = (ids[1:] == ids[:-1]) & (np.diff(sums) < _HALF_A_CENT)
    found = lines[1:][is_again & (np.abs(sums[1:]) > _HALF_A_CENT)]
    return int(found.min()) if len(found) else None


def _number(text: str, separator: str) -> float:
    """0 where there is no number."""
    try:
        return float(written_number(text, separator))
    except ValueError:
        return 0.0
