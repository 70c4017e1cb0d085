"""Spreadsheets (Excel, OpenDocument), read as the values that the cells hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from taps.tap_files.formats.header_rows import LOOKED_AT, header_row
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Cell, Row, as_cell, as_text

__all__ = ["SpreadsheetTable", "open_spreadsheet"]

_REMEDY = "Open it, save it again as .xlsx or as CSV, without a password"


@dataclass(frozen=True)
class SpreadsheetTable:
    """The one sheet of a spreadsheet that holds a table."""

    source: SourceFile
    sheet: str
    header: tuple[str, ...]
    above: tuple[str, ...]
    first_line: int
    cells: Sequence[Sequence[Cell]]

    @property
    def notes(self) -> tuple[str, ...]:
        """Which sheet was read, and what stood above its header."""
        return (f"read the sheet {self.sheet!r}",)

    @property
    def is_ascii(self) -> bool:
        """Not known without looking."""
        return False

    @property
    def decimal_hint(self) -> str:
        """A point, as in typed numbers."""
        return "."

    def rows(self) -> Iterator[Row]:
        """Rows with their number in the sheet; empty ones are left out."""
        width = len(self.header)
        for line, row in enumerate(self.cells, start=self.first_line):
            if any(isinstance(cell, str) and cell.strip() for cell in row) or any(
                not isinstance(cell, str) for cell in row
            ):
                yield Row(line, [*row[:width], *[""] * (width - len(row))])

    def check_end(self) -> None:
        """Nothing: a spreadsheet that is cut does not open."""


def open_spreadsheet(source: SourceFile, settings: Settings) -> SpreadsheetTable:
    """The sheet that holds a table we know, else the first with anything on it.

    Raises
    ------
    FileError
        It cannot be opened, every sheet is empty, or several hold a table we know.
    """
    try:
        with CalamineWorkbook.from_path(str(source.path)) as book:
            sheets = [
                (name, _cells(book.get_sheet_by_name(name).to_python()))
                for name in book.sheet_names
            ]
    except (CalamineError, OSError, ValueError):
        problem = "the spreadsheet cannot be opened: it is damaged, or is none"
        raise FileError(source.name, problem, remedy=_REMEDY) from None
    found, is_found_known = None, False
    for name, cells in sheets:
        texts = [[as_text(cell) for cell in row] for row in cells[:LOOKED_AT]]
        at, is_known = header_row(texts, settings)
        if not any(any(row) for row in texts) or (found and not is_known):
            continue
        above = tuple(" ".join(filter(None, row)) for row in texts[:at] if any(row))
        table = SpreadsheetTable(
            source, name, _header(texts[at]), above, at + 2, cells[at + 1 :]
        )
        if is_known and is_found_known:
            raise _several(source, found, table)
        found, is_found_known = table, is_known
    if found is None:
        raise FileError(source.name, "every sheet is empty", remedy="Export it again")
    return found


def _several(
    source: SourceFile, found: SpreadsheetTable | None, other: SpreadsheetTable
) -> FileError:
    first = found.sheet if found else ""
    problem = f"the sheets {first!r} and {other.sheet!r} both hold a table to read"
    remedy = "Save each as a file of its own, or remove the one that repeats the other"
    return FileError(source.name, problem, remedy=remedy)


def _header(texts: Sequence[str]) -> tuple[str, ...]:
    last = max((i for i, text in enumerate(texts) if text), default=-1)
    return tuple(texts[: last + 1])


def _cells(rows: Sequence[Sequence[Any]]) -> list[list[Cell]]:
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return as_cell(value)
