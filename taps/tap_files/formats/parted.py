"""A table whose one column holds source and medium, as Google Analytics writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taps.tap_files.formats.wrapped import Wrapped
from taps.tap_files.tables import Row, Table, as_text
from taps.tap_files.wording import normalised

__all__ = ["parted"]

_BOTH = frozenset(
    {
        "sessionsourcemedium", "fuentemediodelasesion", "fuenteomediodelasesion",
        "origemmidiadasessao",
    }
)  # fmt: skip
_PARTS = ("Session source", "Session medium")


@dataclass(frozen=True)
class _Parted(Wrapped):
    """``google / cpc`` stands in two columns of its own, behind the others."""

    position: int

    @property
    def header(self) -> tuple[str, ...]:
        return (*self.table.header, *_PARTS)

    def rows(self) -> Iterator[Row]:
        for row in self.table.rows():
            if row.problem:
                yield row
                continue
            source, _, medium = as_text(row.cells[self.position]).partition(" / ")
            yield Row(row.line, [*row.cells, source.strip(), medium.strip()])


def parted(table: Table) -> Table:
    """The table itself, or with source and medium in columns of their own."""
    keys = [normalised(cell) for cell in table.header]
    if _BOTH.isdisjoint(keys) or not set(map(normalised, _PARTS)).isdisjoint(keys):
        return table
    return _Parted(table, next(i for i, key in enumerate(keys) if key in _BOTH))
