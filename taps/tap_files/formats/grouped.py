"""A report whose rows stand below what they are of, in a first column without a name.

QuickBooks' *Sales by Customer Detail* is one: ``Ana``, her sales with an empty first
cell, ``Total for Ana``. A job of a customer is a group within theirs. A title that does
not speak of customers groups by something else, as by product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from taps.tap_files.formats.wrapped import Wrapped
from taps.tap_files.sums.totals import begins_with_total
from taps.tap_files.tables import Row, Table, as_text
from taps.tap_files.wording import words_in

__all__ = ["grouped"]

_BY_CUSTOMER: Final = re.compile(
    r"\b(?:by customers?|por clientes?)(?: (?:detail|summary|detalle|resumen))*\W*$",
    re.IGNORECASE,
)
_PEOPLE: Final = frozenset({"name", "nombre", "customer", "cliente", "client"})
_OF_CUSTOMERS, _OF_OTHERS = "Customer", "Group"


@dataclass(frozen=True)
class _Grouped(Wrapped):
    """Each sale names what it is of; rows that only name it are gone."""

    name: str

    @property
    def header(self) -> tuple[str, ...]:
        return (self.name, *self.table.header[1:])

    def rows(self) -> Iterator[Row]:
        groups: list[str] = []
        for row in self.table.rows():
            if row.problem:
                yield row
            elif begins_with_total(row.cells) and not _is_heading(row):
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
    """The table itself, or with what each row is of in the row."""
    if not table.header or table.header[0].strip():
        return table
    names_people = any(words_in(header) & _PEOPLE for header in table.header)
    is_of_customers = not names_people and any(map(_BY_CUSTOMER.search, table.above))
    name = _OF_CUSTOMERS if is_of_customers else _OF_OTHERS
    return _Grouped(table, name) if _is_grouped(table) else table


def _is_grouped(table: Table) -> bool:
    """Whether a row has nothing but its first cell, and all others have none."""
    has_heading = False
    for row in table.rows():
        if row.problem or begins_with_total(row.cells):
            continue
        is_heading = _is_heading(row)
        if as_text(row.cells[0]) and not is_heading:
            return False
        has_heading = has_heading or is_heading
    return has_heading


def _is_heading(row: Row) -> bool:
    """Whether only the first cell says something."""
    first, *others = map(as_text, row.cells)
    return bool(first) and not any(others)
