"""Rows of an advertising spend file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from taps.tap_files.problems import RowRejected
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Row, as_text
from taps.tap_files.values.cells import (
    CellReader,
    LeftOut,
    Loaded,
    Outcome,
    Rejected,
    required,
)
from taps.tap_files.values.moments import Moment
from taps.tap_files.values.periods import LONGEST_DAYS, both_ends, last_day_of
from taps.tap_files.values.written_dates import month_alone, week_alone
from taps.tap_files.wording import normalised

__all__ = ["read_ad_spend"]

_KINDS = {
    **dict.fromkeys(("day", "dia", "tag", "byday", "pordia"), "spend_date"),
    **dict.fromkeys(("week", "semana", "woche", "byweek", "porsemana"), "week"),
    **dict.fromkeys(("month", "mes", "monat", "bymonth", "pormes"), "month"),
}
"""Headers of a date that tells a row's days alone, whatever period the report is of."""


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
            if _tells_nothing(row, cells):
                yield LeftOut("tell no spend")
                continue
            currency = cells.currency(row.cells)
            spend = cells.amount(row.cells, "spend", currency)
            cells.check_currency(currency)
            moment, last_day = _period(row, cells)
            record = _record(row, cells, spend, currency)
            record |= {"spend_date": moment.local_date, "period_end": last_day}
        except RowRejected as rejected:
            yield Rejected(row.line, rejected.reason, spend, row.cells)
        else:
            yield Loaded(record, spend, moment)


def _record(
    row: Row,
    cells: CellReader,
    spend: Decimal | None,
    currency: str | None,
) -> dict[str, Any]:
    if required(spend, "spend") < 0:
        raise RowRejected("the spend is negative")
    cells.check_text(row.cells)
    return {
        "line_number": row.line,
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


def _period(row: Row, cells: CellReader) -> tuple[Moment, str | None]:
    """The first day that a row covers, and its last one unless it is the same."""
    first_text, kind, is_alone = _told(row, cells)
    last_text = None
    if ends := both_ends(first_text):
        first_text, last_text = ends
    elif month := month_alone(first_text):
        first_text, kind = month.isoformat(), "month"
    elif week := week_alone(first_text):
        first_text, kind = week.isoformat(), "week"
    first = cells.date(first_text, "spend_date")
    day = date.fromisoformat(first.local_date)
    if not is_alone:
        last_text = last_text or cells.text(row.cells, "period_end")
    if last_text is not None:
        last = date.fromisoformat(cells.date(last_text, "period_end").local_date)
    else:
        last = day if kind == "spend_date" else last_day_of(day, kind)
    if last < day:
        raise RowRejected("period_end is before spend_date")
    if (last - day).days >= LONGEST_DAYS:
        raise RowRejected(f"the period is longer than {LONGEST_DAYS} days")
    return first, None if last == day else last.isoformat()


def _told(row: Row, cells: CellReader) -> tuple[str, str, bool]:
    """(what tells a row's days, of which kind it is, whether it tells them alone)."""
    binding = cells.binding
    for kind in ("spend_date", "week", "month"):
        first = binding.positions.get(kind)
        found = () if first is None else (first, *binding.others.get(kind, ()))
        for position in found:
            text = cells.text_at(row.cells, position, kind)
            if text is not None:
                header = normalised(binding.header[position])
                return text, _KINDS.get(header, kind), header in _KINDS
        if text := binding.constants.get(kind):
            return text, kind, False
    raise RowRejected("spend_date is missing")


def _tells_nothing(row: Row, cells: CellReader) -> bool:
    """Whether a row has a dash for its spend, as what was never shown has."""
    position = cells.binding.positions.get("spend")
    text = "" if position is None else as_text(row.cells[position]).strip()
    is_dash = bool(text) and not text.strip("-\u2013\u2014")
    return is_dash and not any(
        cells.count(row.cells, column) for column in ("impressions", "clicks")
    )
