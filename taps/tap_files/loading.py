"""The second pass over a file: its rows become records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import tee
from typing import Any

from taps.tap_files.ad_spend import read_ad_spend
from taps.tap_files.bookmarks import FileVersion
from taps.tap_files.currency_rates import read_currency_rates
from taps.tap_files.declared_rows import declared_rows_reader
from taps.tap_files.inspection import Inspection
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.purchases import read_purchases, read_purchases_per_order
from taps.tap_files.shopify_orders import read_shopify_orders
from taps.tap_files.sums.own_totals import OwnTotals
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.sums.summaries import may_have_summaries, summary_lines
from taps.tap_files.sums.tally import Tally
from taps.tap_files.sums.to_come import ToCome
from taps.tap_files.survey_responses import read_survey_responses
from taps.tap_files.tables import Cell, Row
from taps.tap_files.uptime_checks import read_uptime_checks
from taps.tap_files.values.cells import CellReader, LeftOut, Outcome, Rejected

__all__ = ["QUARANTINE", "FileLoad"]

QUARANTINE = "quarantined_records"
_FEW_ROWS = 10
"""Up to so many bad rows are set aside, however short the file."""

_RowsReader = Callable[[Iterator[Row], CellReader, Repeats], Iterator[Outcome]]
_READERS: dict[str, _RowsReader] = {
    "purchases": read_purchases,
    "shopify_orders": read_shopify_orders,
    "ad_spend": read_ad_spend,
    "currency_rates": read_currency_rates,
    "survey_responses": read_survey_responses,
    "uptime_checks": read_uptime_checks,
}


@dataclass(frozen=True)
class FileLoad:
    """One version of one file, inspected and ready to be loaded."""

    source: SourceFile
    version: FileVersion
    inspection: Inspection
    currency_code: str | None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def _cells(self) -> CellReader:
        return CellReader(self.inspection, self.currency_code)

    def records(self, tally: Tally) -> Iterator[tuple[str, dict[str, Any]]]:
        """(stream, record) of every row, counted in ``tally``.

        Raises
        ------
        FileError
            The file was changed after it was inspected, or hardly a row can be read.
        """
        binding = self.inspection.binding
        stream = binding.contract.stream
        to_come = ToCome(
            self.source.name,
            binding,
            now=self.now,
            is_told=self.inspection.is_date_order_told,
        )
        own_totals = OwnTotals(self.inspection, self.currency_code)
        for outcome in self._outcomes(to_come):
            tally.add(outcome)
            own_totals.add(outcome)
            if isinstance(outcome, LeftOut):
                continue
            if isinstance(outcome, Rejected):
                yield QUARANTINE, self._quarantined(stream, outcome)
            else:
                outcome.record["file_sha256"] = self.version.sha256
                outcome.record["file_name"] = self.source.name
                yield stream, outcome.record
        self._refuse_change()
        to_come.ask()
        own_totals.ask()
        self._refuse_unreadable(tally)

    def tally(self) -> Tally:
        """An empty tally for this file."""
        columns = self.inspection.binding.positions
        return Tally(
            exported_at=self.version.exported_at, has_customers="customer_id" in columns
        )

    def files_record(self, tally: Tally) -> dict[str, Any]:
        """The record that makes this version visible; emitted last."""
        return {
            "file_name": self.source.name,
            "file_sha256": self.version.sha256,
            "contract": self.inspection.binding.contract.name,
            "exported_at": self.version.exported_at,
            **tally.columns(),
            "notes": [
                *self.inspection.notes,
                *tally.notes(),
                *self._dropped(),
                *self._kept_copies(),
                *self._summed_up(),
            ],
        }

    @cached_property
    def _summaries(self) -> frozenset[int]:
        """Lines of rows that add up others without saying so."""
        binding = self.inspection.binding
        if binding.contract.name != "ad_spend":
            return frozenset()
        if not may_have_summaries(binding, self.inspection.rows()):
            return frozenset()
        rows, again = tee(self.inspection.rows())
        cells = CellReader(self.inspection, self.currency_code)
        outcomes = read_ad_spend(again, cells, self.inspection.repeats)
        pairs = zip(rows, outcomes, strict=True)
        return summary_lines(self.source.name, binding, pairs)

    def _summed_up(self) -> list[str]:
        count = len(self._summaries)
        if not count:
            return []
        return [f"{count} rows add up the others and are left out"]

    def _outcomes(self, to_come: ToCome) -> Iterator[Outcome]:
        inspection = self.inspection
        contract = inspection.binding.contract
        reader = _READERS.get(contract.name) or declared_rows_reader(contract)
        if inspection.is_per_order:
            reader = read_purchases_per_order
        rows = (row for row in inspection.rows() if row.line not in self._summaries)
        outcomes = reader(to_come.seen(rows), self._cells, inspection.repeats)
        return to_come.set_aside(outcomes)

    def _quarantined(self, stream: str, rejected: Rejected) -> dict[str, Any]:
        return {
            "stream_name": stream,
            "batch_id": self.version.sha256,
            "location": f"{self.source.name} line {rejected.line}",
            "reason": rejected.reason,
            "record": self._raw(rejected.cells),
        }

    def _raw(self, cells: Sequence[Cell]) -> dict[str, str]:
        """The cells that the contract declares; what nobody asked for stays out."""
        binding = self.inspection.binding
        if not cells:
            return {}
        wanted = sorted(binding.used)
        # Postgres holds no zero character, neither in a value nor in its name.
        named = {binding.header[i]: str(cells[i]) for i in wanted}
        return {k.replace("\0", ""): v.replace("\0", "") for k, v in named.items()}

    def _kept_copies(self) -> list[str]:
        binding = self.inspection.binding
        count = self.inspection.repeats.extra_count
        given, key = binding.positions.keys(), binding.contract.key
        has_id = {"purchase_id", "order_name"} & given or (key and given >= set(key))
        if not count or has_id:
            return []
        return [f"{count} rows are equal to an earlier row; kept, they carry no id"]

    def _dropped(self) -> list[str]:
        return [
            f"{count} values of {column} have a flaw and are left out; their rows count"
            for column, count in self._cells.dropped.items()
        ] + [f"{count} {what}" for what, count in self._cells.noted.items()]

    def _refuse_unreadable(self, tally: Tally) -> None:
        """Refuse a file of which nothing, or of a long one less than half, is read."""
        reason, count = tally.main_reason, tally.rejected_count
        is_mostly_lost = count > max(tally.loaded_count, _FEW_ROWS)
        if reason is None or (tally.loaded_count and not is_mostly_lost):
            return
        problem = f"{count} of {tally.row_count} rows cannot be read, mostly: {reason}"
        at = self.inspection.binding.positions.get(reason.partition(":")[0])
        if at is not None:
            problem += f" (column {self.inspection.binding.header[at].strip()!r})"
        remedy = (
            "Correct the file, or say how it is written with a setting (date_format, "
            "decimal_separator, currency_code, columns.<column>=<header>)"
        )
        line = tally.main_line
        raise FileError(self.source.name, problem, remedy=remedy, line=line)

    def _refuse_change(self) -> None:
        if self.source.path.stat().st_size != self.version.size:
            problem = "the file was changed while it was read"
            remedy = "Run again when it is complete"
            raise FileError(self.source.name, problem, remedy=remedy)
