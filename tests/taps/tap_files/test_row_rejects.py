"""A bad row goes to quarantine with its line and reason; the rest is loaded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.taps.tap_files.conftest import RunTap

HEADER = "order_id,customer_id,date,amount,currency,address\n"
GOOD = "A-1,7,2024-01-05,10.00,EUR,Main St\n"

BAD_ROWS = {
    "A-2,7,2024-01-05,10.00": "wrong number of fields: 4 instead of 6",
    "A-2,7,2024-01-05,10.00,EUR,Main St,more": "wrong number of fields: 7 instead of 6",
    "A-2,7,2024-02-30,10.00,EUR,x": "purchased_at: the date cannot be read",
    "A-2,7,soon,10.00,EUR,x": "purchased_at: the date cannot be read",
    "A-2,7,,10.00,EUR,x": "purchased_at is missing",
    "A-2,7,0001-01-01,10.00,EUR,x": "purchased_at: the date cannot be read",
    "A-2,7,2024-01-05,ten,EUR,x": "amount: the amount cannot be read",
    "A-2,7,2024-01-05,,EUR,x": "amount is missing",
    "A-2,7,2024-01-05,NaN,EUR,x": "amount: the amount is not a finite number",
    "A-2,7,2024-01-05,-inf,EUR,x": "amount: the amount is not a finite number",
    "A-2,,2024-01-05,-10.00,EUR,x": (
        "the amount is negative, and no customer got it back"
    ),
    "A-2,nan,2024-01-05,(10.00),EUR,x": (
        "the amount is negative, and no customer got it back"
    ),
    "A-2,7,2024-01-05,99999999999999.00,EUR,x": (
        "amount: the amount is too large to be true"
    ),
    "A-2,7,2024-01-05,1.234,CLP,x": "amount: the amount is ambiguous: CLP has no cents",
    "A-2,7,2024-01-05,10.00,ECU7,x": "the currency is not an ISO 4217 code",
    "A-2,7,2024-01-05,10.00,,x": "the currency is missing",
    "A-2,JosÃ©,2024-01-05,10.00,EUR,x": (
        "the text is garbled (mojibake: wrong encoding)"
    ),
    f"{'A' * 501},7,2024-01-05,10.00,EUR,x": (
        "purchase_id is longer than 500 characters"
    ),
    "A-2,7,2024-01-05,10 20,EUR,x": "amount: the amount cannot be read",
    "A-2,7,2024-01-05,(10.00,EUR,x": "amount: the amount cannot be read",
    "A-2,7,2024-01-05,-10.00-,EUR,x": "amount: the amount cannot be read",
    "A-2,7,2024-01-05,1e99,EUR,x": "amount: the amount is too large to be true",
    "A-2,7,2024-01-05,10.00 kr,EUR,x": (
        "amount: the amount is written with kr, which is no sign of EUR"
    ),
    "A-2,7,2024-01-05,1.234,EUR,x": ("amount: the amount is ambiguous: it may be 1234"),
    "A-2,7,0000-01,10.00,EUR,x": "purchased_at: the date cannot be read",
    "A-2,7,enero 0000,10.00,EUR,x": "purchased_at: the date cannot be read",
    "A-2,Total,2024-01-05,20.00,EUR,x": ("a row of totals that has a date of its own"),
    "A-2,7,2024-01-05,10.00,EUR,x,": "wrong number of fields: 7 instead of 6",
    'A-2,"7"x,2024-01-05,10.00,EUR,x': "a quote inside a field is not doubled",
    GOOD.strip(): "duplicate: equal to an earlier row of the purchase",
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_is_rejected_alone(row: str, read_text: RunTap) -> None:
    run = read_text(HEADER + GOOD + row + "\n" + GOOD.replace("A-1", "A-3"))

    assert run.failures == []
    assert [p["purchase_id"] for p in run.purchases] == ["A-1", "A-3"]
    assert run.rejects == {"log.csv line 3": BAD_ROWS[row]}
    assert run.file["rejected_row_count"] == 1


KEPT_ROWS: dict[str, dict[str, Any]] = {
    "A-2,,2024-01-05,10.00,EUR,x": {"customer_id": None},
    "A-2,nan,2024-01-05,10.00,EUR,x": {"customer_id": None},
    "A-2,7,2024-01-05,0.00,EUR,x": {"amount": 0},
    "A-2,7,2024-01-05,-10.00,EUR,x": {"amount": Decimal("-10.00")},
    "A-2,7,2024-01-05,(10.00),EUR,x": {"amount": Decimal("-10.00")},
    "A-2,7,2090-01-05,10.00,EUR,x": {"purchased_at": "2090-01-05T00:00:00+00:00"},
    "A-2,7,2024-02-29,10.00,EUR,x": {"purchased_at": "2024-02-29T00:00:00+00:00"},
    "A-2,7,2024-01-05,10.00,eur,x": {"currency_code": "EUR"},
    "A-2,00007,2024-01-05,10.00,EUR,x": {"customer_id": "00007"},
    f"{'A' * 500},7,2024-01-05,10.00,EUR,x": {"purchase_id": "A" * 500},
    "A-2,7.0,2024-01-05,10.00,EUR,x": {"customer_id": "7"},
    "A-1,7,2024-01-05,10.00,EUR,other line": {"purchase_id": "A-1"},
}


@pytest.mark.parametrize("row", KEPT_ROWS)
def test_an_unusual_row_is_kept(row: str, read_text: RunTap) -> None:
    run = read_text(HEADER + GOOD + row + "\n")

    assert run.rejects == {}
    assert KEPT_ROWS[row].items() <= run.purchases[1].items()


def test_totals_reconcile_over_loaded_and_rejected_rows(read_text: RunTap) -> None:
    rows = "A-2,7,soon,5.55,EUR,x\nA-3,7,2024-01-06,-1.00,EUR,x\n"
    rows += "A-4,7,2024-01-07,x,EUR,x\nA-5,,2024-01-08,-2.00,EUR,x\n"

    run = read_text(HEADER + GOOD + rows)

    assert run.file["row_count"] == 5
    assert run.file["control_total"] == Decimal("12.55")
    assert run.file["loaded_total"] == Decimal("9.00")
    assert run.file["rejected_total"] == Decimal("3.55")


def test_lines_are_counted_as_an_editor_counts_them(read_text: RunTap) -> None:
    row = 'A-2,7,2024-01-05,10.00,EUR,"Main St\n2nd floor"\n'

    run = read_text(HEADER + "\n" + row + "A-3,7,soon,1.00,EUR,x\n")

    assert run.purchases[0]["line_number"] == 3
    assert list(run.rejects) == ["log.csv line 5"]


def test_quarantine_keeps_only_the_columns_of_the_contract(read_text: RunTap) -> None:
    run = read_text(HEADER + GOOD + "A-2,7,soon,1.00,EUR,Secret St\n")

    (row,) = run.records("quarantined_records")
    assert row["stream_name"] == "purchases"
    assert row["batch_id"] == run.file["file_sha256"]
    assert row["record"] == {
        "order_id": "A-2",
        "customer_id": "7",
        "date": "soon",
        "amount": "1.00",
        "currency": "EUR",
    }


def test_equal_rows_of_a_log_without_ids_are_kept_and_counted(
    read_text: RunTap,
) -> None:
    run = read_text("customer_id,date,amount\n" + "7,2024-01-05,10.00\n" * 3)

    assert len(run.purchases) == 3
    assert run.file["notes"] == [
        "2 rows are equal to an earlier row; kept, they carry no id"
    ]


def test_guests_and_future_rows_are_counted(read_text: RunTap) -> None:
    run = read_text("customer_id,date,amount\n,2024-01-05,10.00\n1,2090-01-01,1.00\n")

    assert run.file["notes"] == [
        "1 rows have no customer (guests)",
        "1 rows are dated after the file was written",
    ]


def test_rejects_are_logged_without_customer_data(
    read_text: RunTap, caplog: pytest.LogCaptureFixture
) -> None:
    read_text(HEADER + "A-2,ana@example.com,soon,1.00,EUR,Secret St\n")

    assert "log.csv line 2: purchased_at: the date cannot be read" in caplog.text
    assert "ana@example.com" not in caplog.text
    assert "Secret St" not in caplog.text


def test_a_few_garbled_rows_among_good_accents_are_rejected_alone(
    read_text: RunTap,
) -> None:
    good, garbled = "José,2024-01-05,10.00\n", "JosÃ©,2024-01-05,10.00\n"

    run = read_text("customer_id,date,amount\n" + good * 8 + garbled * 4)

    assert run.failures == []
    assert (len(run.purchases), len(run.rejects)) == (8, 4)
