"""A table that tells the cells of another one in other columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taps.tap_files.tables import Table

__all__ = ["Wrapped"]


@dataclass(frozen=True)
class Wrapped:
    """Says what the table behind says; `header` and `rows` are its own."""

    table: Table

    @property
    def above(self) -> tuple[str, ...]:
        """Lines above the header."""
        return self.table.above

    @property
    def said(self) -> Sequence[str]:
        """Text above the header and below the rows."""
        return self.table.said

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of how it was read."""
        return self.table.notes

    @property
    def is_ascii(self) -> bool:
        """Whether no cell holds another letter."""
        return self.table.is_ascii

    @property
    def decimal_hint(self) -> str:
        """What its program writes before cents."""
        return self.table.decimal_hint

    def check_end(self) -> None:
        """Raise FileError if the file ends too early."""
        self.table.check_end()
