"""Spreadsheets (Excel, OpenDocument), read as the values that the cells hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from taps.tap_files.formats.header_rows import LOOKED_AT, header_row, joined_header
from taps.tap_files.formats.sheet_grid import Grid, filled_down, grid_of, kinds_of
from taps.tap_files.formats.shifted_rows import SHIFTED, ShiftedRows
from taps.tap_files.formats.xlsx_parts import SheetParts, sheets_of
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Cell, Row, as_text

__all__ = ["SpreadsheetTable", "open_spreadsheet"]

_REMEDY = "Open it, save it again as .xlsx or as CSV, without a password"
_APART = "Save each as a file of its own, or remove the one that repeats the other"


@dataclass(frozen=True)
class SpreadsheetTable:
    """The one sheet of a spreadsheet that holds a table."""

    source: SourceFile
    sheet: str
    header: tuple[str, ...]
    above: tuple[str, ...]
    first_line: int
    cells: Sequence[Sequence[Cell]]
    told: tuple[str, ...] = ()
    """What its reader should know beside the name of the sheet."""

    @property
    def said(self) -> Sequence[str]:
        """Text above the header; what stands below the rows is a row."""
        return self.above

    @property
    def notes(self) -> tuple[str, ...]:
        """Which sheet was read, and what of it Excel does not show."""
        return (f"read the sheet {self.sheet!r}", *self.told)

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
        shifted = ShiftedRows(width)
        for line, row in enumerate(self.cells, start=self.first_line):
            if shifted.holds(row):
                yield Row(line, (), SHIFTED)
            elif any(isinstance(cell, str) and cell.strip() for cell in row) or any(
                not isinstance(cell, str) for cell in row
            ):
                yield Row(line, [*row[:width], *[""] * (width - len(row))])

    def check_end(self) -> None:
        """Nothing: a spreadsheet that is cut does not open."""


@dataclass(frozen=True)
class _Sheet:
    """A sheet with something on it."""

    table: SpreadsheetTable
    grid: Grid
    is_known: bool
    is_visible: bool


def open_spreadsheet(source: SourceFile, settings: Settings) -> SpreadsheetTable:
    """The sheet that holds a table we know, else the first with anything on it.

    Sheets that Excel hides are read where no other holds a table we know.

    Raises
    ------
    FileError
        It cannot be opened, every sheet is empty, or several hold a table we know, or
        rows that look like those of the one that is read.
    """
    sheets = _sheets(source, settings)
    shown = [each for each in sheets if each.is_visible]
    known = [each for each in shown if each.is_known]
    known = known or [each for each in sheets if each.is_known]
    if len(known) > 1:
        raise _several(source, known[0].table, known[1].table)
    if not sheets:
        raise FileError(source.name, "every sheet is empty", remedy="Export it again")
    found = (known or shown or sheets)[0]
    kinds = kinds_of(found.table.cells) if found.is_known else ()
    for other in shown:
        is_log = other is not found and {"day", "number"} <= set(kinds)
        if is_log and kinds_of(other.grid.cells) == kinds:
            raise _alike(source, found.table, other.table)
    return replace(found.table, told=(*found.table.told, *_left_out(sheets, found)))


def _left_out(sheets: Sequence[_Sheet], found: _Sheet) -> Iterator[str]:
    for other in sheets:
        if other.is_known and other is not found:
            name = other.table.sheet
            yield f"the hidden sheet {name!r} holds a table, and is left out"


def _sheets(source: SourceFile, settings: Settings) -> list[_Sheet]:
    try:
        with CalamineWorkbook.from_path(str(source.path)) as book:
            parts = sheets_of(source.path)
            grids = [
                (grid_of(book.get_sheet_by_name(told.name), parts.get(told.name)), told)
                for told in book.sheets_metadata
            ]
    except (CalamineError, OSError, ValueError):
        problem = "the spreadsheet cannot be opened: it is damaged, or is none"
        raise FileError(source.name, problem, remedy=_REMEDY) from None
    sheets = []
    for grid, told in grids:
        texts = [[as_text(cell) for cell in row] for row in grid.cells[:LOOKED_AT]]
        if any(any(row) for row in texts):
            at, is_known = header_row(texts, settings)
            table = _table(source, told.name, grid, texts, at)
            is_visible = told.visible == SheetVisibleEnum.Visible
            sheets.append(_Sheet(table, grid, is_known, is_visible))
    return sheets


def _table(
    source: SourceFile, name: str, grid: Grid, texts: Sequence[Sequence[str]], at: int
) -> SpreadsheetTable:
    above = tuple(" ".join(filter(None, row)) for row in texts[:at] if any(row))
    titles, count = joined_header(texts, at)
    header = _header(titles)
    below = at + count
    cells = filled_down(grid, header, below)
    told = tuple(_hidden(grid, header, below))
    return SpreadsheetTable(
        source, name, header, above, grid.top + below + 1, cells, told
    )


def _hidden(grid: Grid, header: Sequence[str], below: int) -> Iterator[str]:
    parts = grid.parts or SheetParts()
    first, last = grid.top + below + 1, grid.top + len(grid.cells)
    if count := sum(first <= row <= last for row in parts.hidden_rows):
        yield f"{count} rows are hidden in the sheet, and read as the others"
    columns = [
        repr(title)
        for number, title in enumerate(header, start=grid.left + 1)
        if title and number in parts.hidden_columns
    ]
    if columns:
        named = ", ".join(columns)
        yield f"the sheet hides columns that are read as the others: {named}"


def _several(
    source: SourceFile, found: SpreadsheetTable, other: SpreadsheetTable
) -> FileError:
    problem = (
        f"the sheets {found.sheet!r} and {other.sheet!r} both hold a table to read"
    )
    return FileError(source.name, problem, remedy=_APART)


def _alike(
    source: SourceFile, found: SpreadsheetTable, other: SpreadsheetTable
) -> FileError:
    problem = (
        f"the sheet {other.sheet!r} holds days and numbers where {found.sheet!r} has "
        "them, below names of columns that are not known"
    )
    remedy = (
        f"Write the names of {found.sheet!r} above its columns and save each sheet as "
        "a file of its own, or remove the one that is not to be read"
    )
    return FileError(source.name, problem, remedy=remedy)


def _header(texts: Sequence[str]) -> tuple[str, ...]:
    last = max((i for i, text in enumerate(texts) if text), default=-1)
    return tuple(texts[: last + 1])
