"""What every kind of file looks like once it is open: a header and rows of cells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

__all__ = ["Cell", "Row", "Shown", "Table", "Unsaved", "as_cell", "as_text"]

_LONGEST_WHOLE = 40
"""Digits of a number that is still written out; 1e999999 would be a million."""

Cell = str | Decimal
"""Text as written, or the exact number of a typed column; "" when there is none."""


class Shown(Decimal):
    """A typed number whose cell shows a currency, as a spreadsheet formats it."""

    sign: str

    def __new__(cls, value: Decimal, sign: str) -> Shown:
        """The number itself, shown with a sign or a code."""
        self = super().__new__(cls, value)
        self.sign = sign
        return self


class Unsaved(str):
    """A formula of a spreadsheet whose result no program saved."""

    __slots__ = ()


class Row(NamedTuple):
    """A row of a file.

    Attributes
    ----------
    line : physical line (CSV, JSONL) or row number (Parquet), from 1.
    cells : one per column of the header; none when ``problem`` is set.
    problem : why the row cannot be told apart into columns, or "".
    """

    line: int
    cells: Sequence[Cell]
    problem: str = ""


class Table(Protocol):
    """An open file."""

    @property
    def header(self) -> tuple[str, ...]:
        """Column names, as written."""

    @property
    def above(self) -> tuple[str, ...]:
        """Lines above the header: a title, a span of dates."""

    @property
    def said(self) -> Sequence[str]:
        """Those lines, and text below the rows once they were read."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the load should know about how the file was read."""

    @property
    def is_ascii(self) -> bool:
        """Whether the file is known to have no letter beyond ASCII."""

    @property
    def decimal_hint(self) -> str:
        """Decimal separator that the file's format suggests."""

    def rows(self) -> Iterator[Row]:
        """Every row, from the first; may be called again."""

    def check_end(self) -> None:
        """Raise FileError when the file looks cut in half."""


def as_text(cell: Cell) -> str:
    """A cell as text without surrounding space; whole numbers without decimals."""
    if isinstance(cell, str):
        return cell.strip()
    if cell.adjusted() > _LONGEST_WHOLE:
        return str(cell)
    if cell == cell.to_integral_value():
        return str(int(cell))
    return format(cell, "f")


def as_cell(value: object) -> Cell:
    """A typed value as a cell: numbers exact, dates as ISO text, None as ""."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | Decimal() if Decimal(value).is_finite():
            return Decimal(value)
        case float() if math.isfinite(value):
            return Decimal(repr(value))
        case date():
            return value.isoformat()
    return str(value)
