"""Formulas of a spreadsheet that came from a program that does not work them out."""

from __future__ import annotations

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Row, Unsaved

__all__ = ["UnsavedFormulas"]


class UnsavedFormulas:
    """Looks for them in the columns that are read; an empty refund would be none."""

    def __init__(self, name: str, binding: Binding) -> None:
        self._name, self._binding = name, binding
        self._used = sorted(binding.used)
        self._first: tuple[int, int] | None = None
        self._count = 0

    def add(self, row: Row) -> None:
        """Look at a row."""
        for position in self._used:
            if isinstance(row.cells[position], Unsaved):
                self._first = self._first or (row.line, position)
                self._count += 1

    def ask(self) -> None:
        """Raise FileError where a value that is needed is not in the file."""
        if self._first is None:
            return
        line, position = self._first
        header = self._binding.header[position].strip()
        problem = (
            f"the column {header!r} holds formulas whose results were not saved "
            f"({self._count} cells)"
        )
        remedy = (
            "Open the file in Excel or LibreOffice and save it, or export the values "
            "instead of formulas"
        )
        raise FileError(self._name, problem, remedy=remedy, line=line)
