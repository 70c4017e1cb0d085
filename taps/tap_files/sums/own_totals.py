"""What a file says itself that its rows come to, held against what was read of it.

A row of totals that no sum of the rows explains says that rows are missing, as those
that a program leaves out of a list, or that amounts are read otherwise than written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from taps.tap_files.inspection import Inspection
from taps.tap_files.problems import FileError, RowRejected
from taps.tap_files.statuses import COUNTED
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.cells import Loaded, Outcome, Rejected

__all__ = ["OwnTotals"]

_ROUNDED = Decimal("0.01")
"""What each row may be off, where its amount was rounded and the total was not."""


class OwnTotals:
    """Adds up the rows of one file as a total of them may have been."""

    def __init__(self, inspection: Inspection, currency_code: str | None) -> None:
        self._inspection, self._currency = inspection, currency_code
        contract = inspection.binding.contract
        self._at = inspection.binding.positions.get(contract.amount_column or "")
        self._currencies: set[str | None] = set()
        self._loaded = self._counted = self._kept = Decimal(0)
        self._is_whole = True

    def add(self, outcome: Outcome) -> None:
        """Add a row up."""
        if isinstance(outcome, Rejected) and outcome.amount is None:
            self._is_whole = False
        if not isinstance(outcome, Loaded) or outcome.amount is None:
            return
        record = outcome.record
        self._currencies.add(record.get("currency_code"))
        self._loaded += outcome.amount
        if record.get("status") in {None, *COUNTED}:
            self._counted += outcome.amount
            self._kept += outcome.amount - (record.get("refunded_amount") or 0)

    def ask(self) -> None:
        """Raise FileError where the file has totals, and none is that of its rows.

        Reports of spend have one of the account, which no list of it may fall short of.
        """
        if not self._inspection.totals or self._at is None or not self._is_whole:
            return
        if len(self._currencies) > 1:
            return
        totals = dict(self._amounts(self._inspection.totals))
        sums, count = self._sums(totals.keys())
        width = _ROUNDED * max(count, 1)
        none = (0, Decimal(0))
        line, told = max(totals.items(), key=lambda one: abs(one[1]), default=none)
        is_of_spend = self._inspection.binding.contract.name == "ad_spend"
        for total in [told] if is_of_spend else [*filter(None, totals.values())]:
            if any(abs(abs(total) - abs(each)) <= width for each in sums):
                return
        if not told or (is_of_spend and abs(told) < self._loaded):
            return
        header = self._inspection.binding.header[self._at].strip()
        problem = (
            f"the row of totals says {told} in {header!r}, and the rows come to "
            f"{self._loaded}"
        )
        remedy = (
            "Export the whole list, without a filter; if the total is of something "
            "else, take its row out"
        )
        raise FileError(self._inspection.name, problem, remedy=remedy, line=line)

    def _sums(self, ends: Iterable[int]) -> tuple[set[Decimal], int]:
        """What rows come to: all, those read or counted, up to and between totals."""
        whole = part = Decimal(0)
        sums = {self._loaded, self._counted, self._kept}
        left, count = sorted(ends), 0
        for line, amount in self._amounts(self._inspection.rows()):
            while left and left[0] < line:
                sums |= {whole, part}
                part = Decimal(0)
                del left[0]
            whole, part, count = whole + amount, part + amount, count + 1
        return sums | {whole, part}, count

    def _amounts(self, rows: Iterable[Row]) -> Iterator[tuple[int, Decimal]]:
        """Line and amount of each row that has one."""
        for row in rows:
            cell = "" if row.problem or self._at is None else row.cells[self._at]
            if as_text(cell):
                try:
                    yield row.line, self._inspection.amounts(cell, self._currency)
                except RowRejected:
                    continue
