"""The first pass over a file: everything that must be known before a row leaves."""

from __future__ import annotations

from dataclasses import dataclass

from taps.tap_files.amounts import AmountReader, amount_reader
from taps.tap_files.csv_files import open_csv
from taps.tap_files.evidence import Evidence
from taps.tap_files.headers import Binding, recognise
from taps.tap_files.jsonl_files import open_jsonl
from taps.tap_files.locations import SourceFile
from taps.tap_files.mojibake import MojibakeCount
from taps.tap_files.moments import MomentReader, moment_reader
from taps.tap_files.repeats import RepeatFinder, Repeats
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, Table, as_text

__all__ = ["Inspection", "inspect_file"]

_RATE_DECIMALS = 12
"""A Chilean peso is 0.00096 euros: six decimals would lose a part in two thousand."""


@dataclass(frozen=True)
class Inspection:
    """What the first pass found out.

    Attributes
    ----------
    amounts, rates, moments : readers set to the file's decimal separator and date
        order; a rate keeps more decimals than an amount.
    repeats : rows of a file, or orders of a Shopify export, that appear again.
    """

    table: Table
    binding: Binding
    amounts: AmountReader
    rates: AmountReader
    moments: MomentReader
    repeats: Repeats
    notes: tuple[str, ...]


def inspect_file(source: SourceFile, settings: Settings) -> Inspection:
    """Read a whole file without loading it.

    Raises
    ------
    FileError
        The file cannot be loaded; nothing of it may be emitted.
    """
    table = _open(source, settings)
    binding = recognise(source.name, table.header, settings)
    evidence = Evidence(source.name, binding, settings)
    mojibake = MojibakeCount()
    keys = _KeyCollector(binding)
    row = None
    for row in table.rows():
        if not row.problem:
            evidence.add(row)
            keys.add(row)
            if not table.is_ascii:
                mojibake.add(row.line, row.cells)
    table.check_end()
    mojibake.refuse_garbled_file(source.name, settings.encoding)
    separator, is_proven = evidence.separator(table.decimal_hint)
    empty = () if row else ("the file has a header and no rows",)
    return Inspection(
        table=table,
        binding=binding,
        amounts=amount_reader(separator, is_proven=is_proven),
        rates=amount_reader(separator, is_proven=is_proven, decimals=_RATE_DECIMALS),
        moments=moment_reader(settings.time_zone, evidence.date_order()),
        repeats=keys.finder.repeats(),
        notes=(*table.notes, *evidence.notes(), *empty),
    )


class _KeyCollector:
    """Notes whole rows, or for Shopify the name that starts each order."""

    def __init__(self, binding: Binding) -> None:
        self.finder = RepeatFinder()
        self._order_name = binding.positions.get("order_name")
        self._last_name: str | None = None

    def add(self, row: Row) -> None:
        if self._order_name is None:
            self.finder.add(tuple(row.cells))
            return
        name = as_text(row.cells[self._order_name])
        if name and name != self._last_name:
            self.finder.add(name)
            self._last_name = name


def _open(source: SourceFile, settings: Settings) -> Table:
    if source.format == "csv":
        return open_csv(source, settings)
    if source.format == "jsonl":
        return open_jsonl(source, settings)
    # Importing pyarrow takes 60 MB: only those who read Parquet pay for it.
    from taps.tap_files.parquet_files import open_parquet  # noqa: PLC0415

    return open_parquet(source)
