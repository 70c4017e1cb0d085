"""Rows whose contract says all there is to say about them.

A marketplace's files need no reading of their own: each row is a record, each column
is read by its type, and the contract tells which cells must be filled, the bounds of
the numbers and what names a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

from taps.tap_files.contract import Column, Contract
from taps.tap_files.presets import Preset
from taps.tap_files.problems import RowRejected
from taps.tap_files.sums.repeats import Repeats
from taps.tap_files.tables import Row
from taps.tap_files.values.amounts import bounded
from taps.tap_files.values.cells import (
    CellReader,
    LeftOut,
    Loaded,
    Outcome,
    Rejected,
    required,
)
from taps.tap_files.values.moments import Moment

__all__ = ["declared_rows_reader"]

_N = TypeVar("_N", int, Decimal)
_RowsReader = Callable[[Iterator[Row], CellReader, Repeats], Iterator[Outcome]]


def declared_rows_reader(contract: Contract) -> _RowsReader:
    """A reader of rows by their contract alone; one outcome per row.

    A row that equals an earlier one is a duplicate when its key is whole; without a
    whole key, equal rows may well be two things, and are kept.
    """

    def read(
        rows: Iterator[Row], cells: CellReader, repeats: Repeats
    ) -> Iterator[Outcome]:
        for row in rows:
            amount: Decimal | None = None
            if row.problem:
                yield Rejected(row.line, row.problem, None, row.cells)
                continue
            if (why := cells.left_out_by(row.cells)) is not None:
                yield LeftOut(f"say {why or 'nothing'} where others are told")
                continue
            try:
                currency = cells.currency(row.cells)
                if contract.amount_column:
                    amount = cells.amount(row.cells, contract.amount_column, currency)
                    cells.check_currency(currency)
                cells.check_text(row.cells)
                record, moment = _record(row, cells, contract, currency)
                if all(record[k] is not None for k in contract.key) and (
                    repeats.is_again(tuple(row.cells))
                ):
                    raise RowRejected("duplicate: equal to an earlier row")
            except RowRejected as rejected:
                yield Rejected(row.line, rejected.reason, amount, row.cells)
            else:
                yield Loaded(record, amount, moment)

    return read


def _record(
    row: Row, cells: CellReader, contract: Contract, currency: str | None
) -> tuple[dict[str, Any], Moment | None]:
    record: dict[str, Any] = {"line_number": row.line}
    preset = cells.binding.preset
    row_moment = None
    for column in contract.columns:
        value: Any
        match column.type:
            case "date" | "date-time":
                moment = cells.moment(row.cells, column.name)
                value = _written(moment, column)
                if column.name == contract.date_column:
                    row_moment = moment
            case "number":
                value = _number(row, cells, column, currency)
            case "integer":
                value = _bounded(cells.count(row.cells, column.name), column)
            case "boolean":
                value = cells.yes_or_no(row.cells, column.name)
            case _:
                value = _word(cells.text(row.cells, column.name), column, preset)
        record[column.name] = required(value, column.name) if column.filled else value
    if preset and preset.filled and all(record[c] is None for c in preset.filled):
        raise RowRejected(f"{preset.filled[0]} is missing")
    _check_order(record, contract)
    if record.get("quantity") is not None and record.get("price") is not None:
        bounded(record["quantity"] * record["price"])
    if "currency_code" in record:
        record["currency_code"] = currency
    return record, row_moment


def _number(
    row: Row, cells: CellReader, column: Column, currency: str | None
) -> Decimal | None:
    is_money = column.currency_suffix
    value = cells.amount(row.cells, column.name, currency if is_money else None)
    return _bounded(value, column)


def _check_order(record: dict[str, Any], contract: Contract) -> None:
    """Raise RowRejected where something ends before it begins."""
    for column in contract.columns:
        if column.not_before is None:
            continue
        first, last = record[column.not_before], record[column.name]
        if first is not None and last is not None and last < first:
            raise RowRejected(f"{column.name} is before {column.not_before}")


def _written(moment: Moment | None, column: Column) -> Any:
    if moment is None:
        return None
    return moment.local_date if column.type == "date" else moment.instant


def _word(text: str | None, column: Column, preset: Preset | None) -> str | None:
    """A text, or the word of those allowed that it is."""
    if text is None or not column.one_of:
        return text
    said = preset.word_for(column.name, text) if preset else text
    written = said.strip().lower().replace(" ", "_")
    word = column.spelled.get(written, written)
    if word not in column.one_of:
        raise RowRejected(f"{column.name} is none of {', '.join(column.one_of)}")
    return word


def _bounded(value: _N | None, column: Column) -> _N | None:
    if value is None:
        return None
    if column.minimum is not None and value < column.minimum:
        raise RowRejected(f"{column.name} is below {column.minimum}")
    if column.maximum is not None and value > column.maximum:
        raise RowRejected(f"{column.name} is above {column.maximum}")
    return value
