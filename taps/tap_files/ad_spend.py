"""Rows of an advertising spend file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from taps.tap_files.cells import CellReader, Loaded, Outcome, Rejected, required
from taps.tap_files.moments import Moment
from taps.tap_files.problems import RowRejected
from taps.tap_files.repeats import Repeats
from taps.tap_files.tables import Row

__all__ = ["read_ad_spend"]


def read_ad_spend(
    rows: Iterator[Row],
    cells: CellReader,
    repeats: Repeats,  # noqa: ARG001  (equal rows are kept: two ads may cost the same)
) -> Iterator[Outcome]:
    """One outcome per row."""
    for row in rows:
        spend: Decimal | None = None
        if row.problem:
            yield Rejected(row.line, row.problem, None, row.cells)
            continue
        try:
            currency = cells.currency(row.cells)
            spend = cells.amount(row.cells, "spend", currency)
            cells.check_currency(currency)
            moment = required(cells.moment(row.cells, "spend_date"), "spend_date")
            record = _record(row, cells, moment, spend, currency)
        except RowRejected as rejected:
            yield Rejected(row.line, rejected.reason, spend, row.cells)
        else:
            yield Loaded(record, spend, moment)


def _record(
    row: Row,
    cells: CellReader,
    moment: Moment,
    spend: Decimal | None,
    currency: str | None,
) -> dict[str, Any]:
    if required(spend, "spend") < 0:
        raise RowRejected("the spend is negative")
    cells.check_text(row.cells)
    return {
        "line_number": row.line,
        "spend_date": moment.local_date,
        "channel": required(cells.text(row.cells, "channel"), "channel"),
        "spend": spend,
        "account_id": cells.text(row.cells, "account_id"),
        "campaign_id": cells.text(row.cells, "campaign_id"),
        "campaign_name": cells.text(row.cells, "campaign_name"),
        "currency_code": currency,
        "impressions": cells.count(row.cells, "impressions"),
        "clicks": cells.count(row.cells, "clicks"),
        "attributed_revenue": cells.amount(row.cells, "attributed_revenue", currency),
    }
