"""Parquet files, read in batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.tables import Cell, Row, as_cell

__all__ = ["ParquetTable", "open_parquet"]

_BATCH_ROWS = 5_000
_REMEDY = "Export it again"


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file whose footer is whole; nested columns are left out."""

    source: SourceFile
    header: tuple[str, ...]

    @property
    def above(self) -> tuple[str, ...]:
        """Nothing: the names of the columns stand in every row, or apart."""
        return ()

    said = above

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing to say: Parquet columns are typed."""
        return ()

    @property
    def is_ascii(self) -> bool:
        """Not known without reading it."""
        return False

    @property
    def decimal_hint(self) -> str:
        """A point, as in typed numbers."""
        return "."

    def rows(self) -> Iterator[Row]:
        """Rows with their number, from 1.

        Raises
        ------
        FileError
            A page of the file is damaged.
        """
        line = 0
        try:
            with pq.ParquetFile(self.source.path, memory_map=False) as parquet:
                batches = parquet.iter_batches(_BATCH_ROWS, columns=list(self.header))
                for batch in batches:
                    columns = [_cells(column) for column in batch.columns]
                    for cells in zip(*columns, strict=True):
                        line += 1
                        yield Row(line, cells)
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            raise _damaged(self.source) from None

    def check_end(self) -> None:
        """Nothing to do: a Parquet file that was cut has no footer to open."""


def open_parquet(source: SourceFile) -> ParquetTable:
    """Read the footer of a Parquet file.

    Raises
    ------
    FileError
        Empty, cut in half, or not Parquet.
    """
    if source.path.stat().st_size == 0:
        raise FileError(source.name, "the file is empty", remedy=_REMEDY)
    try:
        schema = pq.read_schema(source.path)
    except (pa.ArrowException, OSError):
        raise _damaged(source) from None
    flat = tuple(field.name for field in schema if not pa.types.is_nested(field.type))
    return ParquetTable(source, flat)


def _cells(column: pa.Array) -> list[Cell]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Python has no nanoseconds; what exports write there is zero.
        micro = pa.timestamp("us", tz=column.type.tz)
        column = column.cast(micro, safe=False)
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        values = column.cast(pa.string()).to_pylist()  # such as a day of year 20255
    if pa.types.is_decimal(column.type):
        # Its zeros are of the column, not of the amount: 20.100 has no mills.
        values = [None if v is None else _without_zeros(v) for v in values]
    return [as_cell(value) for value in values]


def _without_zeros(value: Decimal) -> Decimal:
    return Decimal(format(value.normalize(), "f"))


def _damaged(source: SourceFile) -> FileError:
    problem = "this is not a whole Parquet file, as if it were cut in half"
    return FileError(source.name, problem, remedy=_REMEDY)
