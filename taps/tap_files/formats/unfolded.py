"""A table with a column of JSON objects, as tools for events write their properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taps.tap_files.formats.jsonl_files import fields_of
from taps.tap_files.formats.wrapped import Wrapped
from taps.tap_files.tables import Cell, Row, Table, as_cell

__all__ = ["unfolded"]

_FOLDED = frozenset({"properties", "event_properties", "user_properties", "groups"})


@dataclass(frozen=True)
class _Unfolded(Wrapped):
    """What each object holds stands in columns of its own, behind its name."""

    header: tuple[str, ...]

    @property
    def is_ascii(self) -> bool:
        # JSON may escape other letters.
        return False

    def rows(self) -> Iterator[Row]:
        for row in self.table.rows():
            if row.problem:
                yield row
            else:
                flat = _flat(self.table.header, row)
                cells: list[Cell] = [as_cell(flat.get(name)) for name in self.header]
                yield Row(row.line, cells)


def unfolded(table: Table) -> Table:
    """The table itself, or with columns for what its column of objects holds."""
    if _FOLDED.isdisjoint(table.header):
        return table
    names: dict[str, None] = {}
    for row in table.rows():
        if not row.problem:
            names |= dict.fromkeys(_flat(table.header, row))
    return _Unfolded(table, tuple(names)) if names else table


def _flat(header: tuple[str, ...], row: Row) -> dict[str, object]:
    told = dict(zip(header, row.cells, strict=True))
    folded = {name: told.pop(name) for name in _FOLDED & told.keys()}
    return told | fields_of(folded)
