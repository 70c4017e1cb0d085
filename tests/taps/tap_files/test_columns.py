"""Each column of a file comes out under its own name, in every contract.

Of each column eight cells are written that no other column of the file has together, so
two columns that are exchanged anywhere between the file and the record are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from taps.tap_files.contract import Column, Contract, load_contracts
from tests.taps.tap_files.conftest import RunTap

ROWS = 8
START = datetime(2025, 1, 1, 10, tzinfo=UTC)
WORDS = {
    "status": ("paid", "pending", "failed", "cancelled"),
    "currency_code": ("EUR",),
    "from_currency": ("USD", "GBP"),
    "to_currency": ("CHF", "SEK"),
}
#: Of what others say nothing about the score beside them.
UNBOUND = {"survey_kind": ("pmf", "reason")}
#: Not more than the total, which no refund and no fee may be, nor taxes and shipping.
BELOW = dict.fromkeys(
    ("refunded_amount", "tax_amount", "shipping_amount", "payment_fee"), -400
)
Values = list[object]


def values_of(column: Column, number: int) -> Values:
    """What stands in a column, as the record should tell it."""
    rows = range(ROWS)
    if words := UNBOUND.get(column.name) or column.one_of or WORDS.get(column.name):
        return [words[row % len(words)] for row in rows]
    match column.type:
        case "boolean":
            return [bool((number + 1) >> (row % 3) & 1) ^ (row > 4) for row in rows]
        case "integer":
            return [100 * (number + 1) + row for row in rows]
        case "number":
            return list(_numbers(column, number))
        case "date-time" | "date":
            return [START + timedelta(days=40 * number + row) for row in rows]
        case _:
            return [f"{column.name} {number}.{row}" for row in rows]


def _numbers(column: Column, number: int) -> Iterator[Decimal]:
    first = Decimal(f"{500 + 10 * number + BELOW.get(column.name, 0)}.25")
    for row in range(ROWS):
        if column.maximum is None:
            yield first + row
        else:
            lowest = column.minimum or 0
            yield Decimal(lowest + (row * 3 + number) % (column.maximum - lowest + 1))


def written(value: object) -> str:
    """A value as it stands in the file."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def told(column: Column, value: object) -> object:
    """A value as a record tells it."""
    if isinstance(value, datetime):
        whole = value.isoformat()
        return whole[:10] if column.type == "date" else whole
    return value


@pytest.mark.parametrize("contract", load_contracts().values(), ids=lambda c: c.name)
def test_each_column_comes_out_under_its_own_name(
    contract: Contract, read_text: RunTap
) -> None:
    # What stands in for a column that the file has is not read.
    columns = [column for column in contract.columns if column.loaded]
    cells = {
        column.name: values_of(column, number) for number, column in enumerate(columns)
    }
    assert len({tuple(map(str, values)) for values in cells.values()}) == len(columns)
    lines = [",".join(column.aliases[0] for column in columns)]
    for row in zip(*cells.values(), strict=True):
        lines.append(",".join(map(written, row)))

    run = read_text("\n".join(lines) + "\n")

    assert run.failures == []
    assert run.file["contract"] == contract.name
    records = run.records(contract.stream)
    assert len(records) == ROWS, run.rejects
    for column in columns:
        expected = [told(column, value) for value in cells[column.name]]
        assert [record[column.name] for record in records] == expected, column.name
