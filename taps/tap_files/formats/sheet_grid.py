"""The cells of one sheet, with what its cells show beside their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from python_calamine import CalamineSheet

from taps.tap_files.formats.xlsx_parts import Place, SheetParts
from taps.tap_files.tables import Cell, Shown, Unsaved, as_cell
from taps.tap_files.wording import normalised

__all__ = ["Grid", "filled_down", "grid_of", "kinds_of"]

_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*", re.DOTALL)
_AMOUNT = re.compile(r"[\s\d.,+\-()€$£%]+")
_ID = ("id", "pedido", "orden", "order", "factura", "invoice", "ticket", "boleta",
       "folio", "numero", "number", "ref", "cliente", "customer", "codigo")  # fmt: skip
_MOSTLY = 0.5


@dataclass(frozen=True)
class Grid:
    """Cells from the first that holds something.

    Attributes
    ----------
    top, left : rows above and columns before the first.
    merged : first and last cell of those that are merged into one, counted in `cells`.
    parts : what the sheet says beside the values, where its format is read for it.
    """

    cells: list[list[Cell]]
    top: int = 0
    left: int = 0
    merged: Sequence[tuple[Place, Place]] = ()
    parts: SheetParts | None = None


def grid_of(sheet: CalamineSheet, parts: SheetParts | None) -> Grid:
    """The cells of a sheet; those whose value was not saved hold their formula."""
    cells = [[_cell(value) for value in row] for row in sheet.to_python()]
    top, left = sheet.start or (0, 0)
    merged = [
        ((row - top, column - left), (last_row - top, last_column - left))
        for (row, column), (last_row, last_column) in sheet.merged_cell_ranges or ()
    ]
    grid = Grid(cells, top, left, merged, parts)
    for place, formula in (parts.unsaved if parts else {}).items():
        _put(grid, place, Unsaved(formula))
    for place, error in (parts.errors if parts else {}).items():
        _put(grid, place, error)
    for place, sign in (parts.signs if parts else {}).items():
        _put(grid, place, sign)
    return grid


def filled_down(
    grid: Grid, header: Sequence[str], below: int
) -> Sequence[Sequence[Cell]]:
    """The rows below a header; names and days of merged cells stand in each of theirs.

    An amount stays where it is: repeated it would be added up again.
    """
    cells = grid.cells
    for (row, column), (last, _) in grid.merged:
        if not (below <= row < last and 0 <= column < len(header)):
            continue
        value = cells[row][column] if row < len(cells) else ""
        if not _is_name(value, header[column]):
            continue
        for other in cells[row + 1 : last + 1]:
            if column < len(other) and other[column] == "":
                other[column] = value
    return cells[below:]


def kinds_of(cells: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """What most cells of each column hold: a day, a number, a text or nothing."""
    rows = [row for row in cells if any(cell != "" for cell in row)]
    width = max(map(len, rows), default=0)
    kinds = [
        _kind([r[at] for r in rows if at < len(r)], len(rows)) for at in range(width)
    ]
    while kinds and kinds[-1] == "nothing":
        kinds.pop()
    return tuple(kinds)


def _kind(cells: Sequence[Cell], count: int) -> str:
    filled = [cell for cell in cells if cell != ""]
    if len(filled) < _MOSTLY * count:
        return "nothing"
    numbers = sum(isinstance(cell, Decimal) for cell in filled)
    days = sum(isinstance(c, str) and bool(_DAY.fullmatch(c)) for c in filled)
    most = _MOSTLY * len(filled)
    return "number" if numbers >= most else "day" if days >= most else "text"


def _is_name(value: Cell, header: str) -> bool:
    if isinstance(value, str) and (
        _DAY.fullmatch(value) or not _AMOUNT.fullmatch(value)
    ):
        return value != ""
    key = normalised(header)
    return value != "" and any(word in key for word in _ID)


def _put(grid: Grid, place: Place, told: str) -> None:
    """What a cell holds instead: a formula, an error, or its number with a sign."""
    row, column = place[0] - 1 - grid.top, place[1] - 1 - grid.left
    if not (0 <= row < len(grid.cells) and 0 <= column < len(grid.cells[row])):
        return
    value = grid.cells[row][column]
    if isinstance(value, Decimal) and not isinstance(told, Unsaved):
        grid.cells[row][column] = Shown(value, told)
    elif value == "" and (isinstance(told, Unsaved) or told.startswith("#")):
        grid.cells[row][column] = told


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return as_cell(value)
