"""The control totals of one file."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from taps.tap_files.values.cells import LeftOut, Loaded, Outcome

__all__ = ["Tally"]


class Tally:
    """Counts and sums what was loaded and what was rejected.

    Amounts are summed over every row whose amount can be read, whatever else is wrong
    with it, so that ``control_total`` can be compared with the file itself.
    """

    def __init__(self, *, exported_at: str, has_customers: bool) -> None:
        self._exported_at, self._has_customers = exported_at, has_customers
        self.loaded_count = self.rejected_count = 0
        self._loaded_total = self._rejected_total = Decimal(0)
        self._first_date = self._last_date = ""
        self.left_out: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._first_lines: dict[str, int] = {}
        self._orders: set[int] = set()
        self._lone_rows = self._periods = 0
        self._guests = self._future = self._skipped = self._repeated = 0

    @property
    def row_count(self) -> int:
        """Rows seen so far."""
        return self.loaded_count + self.rejected_count

    def add(self, outcome: Outcome) -> None:
        """Count a row."""
        if isinstance(outcome, LeftOut):
            self.left_out[outcome.reason] += 1
            return
        if isinstance(outcome, Loaded):
            self._add_loaded(outcome)
            return
        self.rejected_count += 1
        self._reasons[outcome.reason] += 1
        self._first_lines.setdefault(outcome.reason, outcome.line)
        self._rejected_total += outcome.amount or 0

    def _add_loaded(self, loaded: Loaded) -> None:
        self.loaded_count += 1
        if loaded.amount is not None:
            self._loaded_total += loaded.amount
        self._add_order(loaded.record)
        self._periods += bool(loaded.record.get("period_end"))
        if self._has_customers and loaded.record["customer_id"] is None:
            self._guests += 1
        moment = loaded.moment
        if moment is None:
            return
        date = moment.local_date
        self._first_date = min(self._first_date or date, date)
        self._last_date = max(self._last_date, date)
        if moment.instant > self._exported_at:
            self._future += 1
        if moment.clock_change:
            self._skipped += moment.clock_change == "skipped"
            self._repeated += moment.clock_change == "repeated"

    def _add_order(self, record: dict[str, Any]) -> None:
        order_id = record.get("purchase_id") or record.get("order_id")
        if order_id is None:
            self._lone_rows += 1
        else:
            self._orders.add(hash(order_id))

    @property
    def order_count(self) -> int:
        """Different order ids, and rows without one."""
        return len(self._orders) + self._lone_rows

    @property
    def main_reason(self) -> str | None:
        """Why most rows were rejected, but for those that only repeat others."""
        reasons = self._reasons.most_common()
        return next((r for r, _ in reasons if not r.startswith("duplicate")), None)

    @property
    def main_line(self) -> int | None:
        """The first line that was rejected for it."""
        return self._first_lines.get(self.main_reason or "")

    def columns(self) -> dict[str, Any]:
        """The counts, totals and dates of the ``files`` stream."""
        return {
            "row_count": self.row_count,
            "order_count": self.order_count,
            "loaded_row_count": self.loaded_count,
            "rejected_row_count": self.rejected_count,
            "control_total": self._loaded_total + self._rejected_total,
            "loaded_total": self._loaded_total,
            "rejected_total": self._rejected_total,
            "first_date": self._first_date or None,
            "last_date": self._last_date or None,
        }

    def notes(self) -> list[str]:
        """What was kept although it is unusual."""
        counted = (
            (self._guests, "rows have no customer (guests)"),
            (self._future, "rows are dated after the file was written"),
            (self._skipped, "times fall in the hour the clocks skip; moved forward"),
            (self._repeated, "times fall in the hour that comes twice; first taken"),
            (self._periods, "rows cover several days; their spend is spread evenly"),
        )
        left_out = [
            (count, f"rows {why}; left out") for why, count in self.left_out.items()
        ]
        return [f"{count} {what}" for count, what in (*counted, *left_out) if count]
