"""A table whose orders are numbered by each shop, or register, for itself.

``columns.purchase_id=Shop|Ticket`` names both columns: number 1001 of one shop is
another order than that of the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taps.tap_files.formats.wrapped import Wrapped
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, Table, as_text
from taps.tap_files.wording import normalised

__all__ = ["with_joined_ids"]

_BETWEEN = "|"


@dataclass(frozen=True)
class _Joined(Wrapped):
    """What several columns hold stands in one more, behind the others."""

    name: str
    positions: tuple[int, ...]

    @property
    def header(self) -> tuple[str, ...]:
        return (*self.table.header, self.name)

    def rows(self) -> Iterator[Row]:
        for row in self.table.rows():
            if row.problem:
                yield row
                continue
            parts = [as_text(row.cells[at]) for at in self.positions]
            # Without its own number a row has none, whatever shop it is of.
            whole = " ".join(filter(None, parts)) if parts[-1] else ""
            yield Row(row.line, [*row.cells, whole])


def with_joined_ids(table: Table, settings: Settings) -> Table:
    """The table itself, or with the number that a setting makes of several columns."""
    told = settings.columns.get("purchase_id", "")
    named = [normalised(each) for each in told.split(_BETWEEN)]
    keys = [normalised(cell) for cell in table.header]
    if len(named) == 1 or not set(named) <= set(keys):
        return table
    return _Joined(table, told, tuple(keys.index(key) for key in named))
