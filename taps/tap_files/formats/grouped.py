"""A report whose buyers stand above their sales, in a first column without a name.

QuickBooks' *Sales by Customer Detail* is one: ``Ana``, her sales with an empty first
cell, ``Total for Ana``. A job of a customer is a group within theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from taps.tap_files.formats.wrapped import Wrapped
from taps.tap_files.sums.totals import begins_with_total
from taps.tap_files.tables import Row, Table, as_text
from taps.tap_files.wording import words_in

__all__ = ["grouped"]

_CUSTOMERS: Final = frozenset({"customer", "customers", "cliente", "clientes"})
_BY: Final = frozenset({"by", "por"})
_NAME: Final = "Customer"


@dataclass(frozen=True)
class _Grouped(Wrapped):
    """Each sale names its buyer; rows that only name one are gone."""

    @property
    def header(self) -> tuple[str, ...]:
        return (_NAME, *self.table.header[1:])

    def rows(self) -> Iterator[Row]:
        groups: list[str] = []
        for row in self.table.rows():
            if row.problem:
                yield row
            elif begins_with_total(row.cells):
                said = as_text(row.cells[0])
                while groups and not said.endswith(groups[-1]):
                    groups.pop()
                del groups[-1:]
                yield row
            elif _is_heading(row):
                groups.append(as_text(row.cells[0]))
            elif groups:
                yield Row(row.line, [groups[-1], *row.cells[1:]])
            else:
                yield row


def grouped(table: Table) -> Table:
    """The table itself, or with the buyer of each sale in its row."""
    if not table.header or table.header[0].strip():
        return table
    words = [words_in(line) for line in table.above]
    if not any(each & _CUSTOMERS and each & _BY for each in words):
        return table
    rows = [row for row in table.rows() if not row.problem]
    plain = [row for row in rows if not begins_with_total(row.cells)]
    is_grouped = any(map(_is_heading, plain)) and all(
        _is_heading(row) or not as_text(row.cells[0]) for row in plain
    )
    return _Grouped(table) if is_grouped else table


def _is_heading(row: Row) -> bool:
    """Whether only the first cell says something."""
    first, *others = map(as_text, row.cells)
    return bool(first) and not any(others)
