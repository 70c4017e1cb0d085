"""What a file says itself that its rows come to, held against what was read of it.

A row of totals that no sum of the rows explains says that rows are missing, as those
that a program leaves out of a list, or that amounts are read otherwise than written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from taps.tap_files.inspection import Inspection
from taps.tap_files.problems import FileError, RowRejected
from taps.tap_files.statuses import COUNTED
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.cells import Loaded, Outcome, Rejected

__all__ = ["OwnTotals"]

_GONE = frozenset({"cancelled", "failed", "left_out", "trial"})
_HALF = Decimal("0.5")
"""What a total may be off that is written without cents."""
_ROUNDED = Decimal("0.01")
"""What each row may be off, where its amount was rounded and the total was not."""


class OwnTotals:
    """Adds up the rows of one file as a total of them may have been."""

    def __init__(self, inspection: Inspection, currency_code: str | None) -> None:
        self._inspection, self._currency = inspection, currency_code
        contract = inspection.binding.contract
        self._is_of_spend = contract.name == "ad_spend"
        self._at = inspection.binding.positions.get(contract.amount_column or "")
        self._currencies: set[str | None] = set()
        self._loaded = self._counted = self._kept = self._alive = Decimal(0)
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
        if record.get("status") not in _GONE:
            self._alive += outcome.amount

    def ask(self) -> None:
        """Raise FileError where the file has totals, and none is that of its rows.

        One of more than the rows, as of the whole account, says that some are missing.
        """
        found = self._inspection
        if self._at is None or not self._is_whole or len(self._currencies) > 1:
            return
        totals = dict(_amounts(found.totals, self._at, found, self._currency))
        line, told = max(totals.items(), key=_size, default=(0, Decimal(0)))
        if any(_is_near(told, one) for one in (self._loaded, self._counted)):
            return
        if not told or (self._is_of_spend and abs(told) < self._loaded):
            return
        rows = list(_amounts(found.rows(), self._at, found, self._currency))
        sums = {self._loaded, self._counted, self._kept, self._alive}
        sums |= _sums(rows, sorted(totals))
        width = _ROUNDED * max(len(rows), 1)
        # Of several that are less each may be of a part, as of one way of paying.
        whole = sum(totals.values(), Decimal(0))
        is_less = abs(told) <= abs(self._loaded) or abs(whole - 2 * told) <= width
        for total in [*totals.values(), whole] if is_less else [told]:
            if total and any(_is_near(total, one, width) for one in sums):
                return
        problem = (
            f"the row of totals says {told} in {found.binding.header[self._at]!r}, and "
            f"the rows come to {self._loaded}"
        )
        remedy = (
            "Export the whole list, without a filter; if the total is of something "
            "else, the setting totals=ignored says so"
        )
        raise FileError(found.name, problem, remedy=remedy, line=line)


def _is_near(total: Decimal, one: Decimal, width: Decimal = Decimal(0)) -> bool:
    """Whether a total is of so much, as far as it is written: 31 for 30.75."""
    exponent = total.as_tuple().exponent
    last = Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else width
    return abs(abs(total) - abs(one)) <= max(width, min(last, _HALF))


def _size(told: tuple[int, Decimal]) -> Decimal:
    return abs(told[1])


def _sums(rows: Sequence[tuple[int, Decimal]], ends: list[int]) -> set[Decimal]:
    """What rows come to up to each of these lines and since the last one.

    Also what was sold and what was given back, each alone.
    """
    whole = part = Decimal(0)
    sold = sum((amount for _, amount in rows if amount > 0), Decimal(0))
    sums = {sold, sum((amount for _, amount in rows), Decimal(0)) - sold}
    for line, amount in rows:
        while ends and ends[0] < line:
            sums |= {whole, part}
            part = Decimal(0)
            del ends[0]
        whole, part = whole + amount, part + amount
    return sums | {whole, part}


def _amounts(
    rows: Iterable[Row], at: int, inspection: Inspection, currency: str | None
) -> Iterator[tuple[int, Decimal]]:
    """Line and amount of each row that has one."""
    for row in rows:
        cell = "" if row.problem else row.cells[at]
        if as_text(cell):
            try:
                yield row.line, inspection.amounts(cell, currency)
            except RowRejected:
                continue
