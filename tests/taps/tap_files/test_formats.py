"""The same purchases are read from every format, encoding and delimiter."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.taps.tap_files.conftest import RunTap

TEXT = "customer_id,date,amount\nJosé Muñoz,2024-01-05,10.00\nAna,2024-01-06,12.50\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"],
)
def test_the_encoding_is_detected(encoding: str, read_text: RunTap) -> None:
    run = read_text(TEXT.encode(encoding))

    assert run.failures == []
    assert [p["customer_id"] for p in run.purchases] == ["José Muñoz", "Ana"]


def test_a_western_encoding_is_noted(read_text: RunTap) -> None:
    assert read_text(TEXT.encode("cp1252")).file["notes"] == ["read as cp1252"]


def test_any_other_encoding_is_read_when_named(read_text: RunTap) -> None:
    text = "customer_id,date,amount\nЮлий,2024-01-05,10.00\n"

    run = read_text(text.encode("cp1251"), encoding="cp1251")

    assert run.purchases[0]["customer_id"] == "Юлий"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(delimiter: str, read_text: RunTap) -> None:
    run = read_text(TEXT.replace(",", delimiter))

    assert [p["amount"] for p in run.purchases] == [Decimal("10.00"), Decimal("12.50")]


def test_another_delimiter_is_read_when_named(read_text: RunTap) -> None:
    run = read_text(TEXT.replace(",", "^"), delimiter="^")

    assert len(run.purchases) == 2


def test_a_comma_inside_quotes_is_no_delimiter(read_text: RunTap) -> None:
    run = read_text('customer_id;date;amount\n"Muñoz, José";2024-01-05;1.234,50\n')

    assert run.purchases[0]["customer_id"] == "Muñoz, José"
    assert run.purchases[0]["amount"] == Decimal("1234.50")


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_windows_and_old_mac_line_breaks_are_read(
    line_break: str, read_text: RunTap
) -> None:
    assert len(read_text(TEXT.replace("\n", line_break)).purchases) == 2


@pytest.mark.parametrize("amount", ["1.234", "1,234"])
def test_an_amount_that_may_be_two_is_asked_about(
    amount: str, read_text: RunTap
) -> None:
    text = f"cliente;fecha;monto\n1;05/01/2024;{amount}\n2;25/01/2024;800\n"

    (refused,) = read_text(text).failures
    point = read_text(text, decimal_separator=".").purchases
    pesos = read_text(text, currency_code="CLP").purchases
    proven = read_text(text + "3;26/01/2024;7.50\n").purchases

    assert f"{amount} may be 1.234 or 1234" in refused
    assert point[0]["amount"] == (Decimal("1.234") if "." in amount else 1234)
    assert pesos[0]["amount"] == 1234
    assert proven[0]["amount"] == (Decimal("1.234") if "." in amount else 1234)


def test_dates_are_ordered_by_what_the_file_shows(read_text: RunTap) -> None:
    run = read_text(
        "customer_id,date,amount\n1,03/04/2024,1.00\n1,04/25/2024,1.00\n",
        time_zone="Europe/Madrid",
    )

    assert (run.file["first_date"], run.file["last_date"]) == (
        "2024-03-04",
        "2024-04-25",
    )


def test_an_open_date_is_read_by_the_setting(read_text: RunTap) -> None:
    text = "customer_id,date,amount\n1,03/04/2024,1.00\n"

    assert read_text(text, date_format="DD/MM/YYYY").file["first_date"] == "2024-04-03"


def test_clock_changes_are_counted(read_text: RunTap) -> None:
    text = (
        "customer_id,date,amount\n1,2024-03-31 02:30:00,1.00\n"
        "1,2024-10-27 02:30:00,1.00\n"
    )

    run = read_text(text, time_zone="Europe/Madrid")

    assert run.file["notes"] == [
        "1 times fall in the hour the clocks skip; moved forward",
        "1 times fall in the hour that comes twice; first taken",
    ]


def test_the_named_currency_wins_over_the_setting(read_text: RunTap) -> None:
    run = read_text(
        "customer_id,date,amount_gbp\n1,2024-01-05,1.00\n", currency_code="EUR"
    )

    assert run.purchases[0]["currency_code"] == "GBP"


def test_the_setting_fills_a_file_without_currency(read_text: RunTap) -> None:
    assert read_text(TEXT, currency_code="CLP").purchases[0]["currency_code"] == "CLP"


def test_quantity_and_price_are_multiplied_exactly(read_text: RunTap) -> None:
    run = read_text("customer_id,date,qty,price\n1,2024-01-05,3,0.10\n")

    assert run.purchases[0]["amount"] == Decimal("0.30")


def test_a_product_too_large_to_be_true_is_rejected(read_text: RunTap) -> None:
    run = read_text(
        "customer_id,date,qty,price\n1,2024-01-05,9999999999999,9999999999999.01\n"
    )

    assert run.rejects == {"log.csv line 2": "the amount is too large to be true"}


def test_jsonl_numbers_are_exact_and_ids_are_text(read_text: RunTap) -> None:
    run = read_text(
        '{"customer_id": 7, "date": "2024-01-05", "amount": 0.1}\n'
        '{"customer_id": "007", "date": "2024-01-06", "amount": "0.2", "x": [1]}\n'
        '[1, 2]\n{"date": "2024-01-06", "amount": NaN}\n'
        '{"date": "2024-01-07", "amount": 1}\n',
        name="log.jsonl",
    )

    assert [p["customer_id"] for p in run.purchases] == ["7", "007", None]
    assert run.file["loaded_total"] == Decimal("1.3")
    assert set(run.rejects) == {"log.jsonl line 3", "log.jsonl line 4"}


def test_parquet_types_are_read_exactly(folder: Path, run_tap: RunTap) -> None:
    table = pa.table(
        {
            "customer_id": pa.array([12345.0, None, 7.0], pa.float64()),
            "date": [
                datetime(2024, 7, 1, 12),
                datetime(2024, 7, 2),
                datetime(2024, 7, 3),
            ],
            "amount": pa.array([505.3, 139.20000000000002, float("nan")]),
            "tags": pa.array([["a"], [], None]),
        }
    )
    pq.write_table(table, folder / "log.parquet")

    run = run_tap(time_zone="Europe/Madrid")

    assert [p["customer_id"] for p in run.purchases] == ["12345", None]
    assert [p["amount"] for p in run.purchases] == [Decimal("505.3"), Decimal("139.2")]
    assert run.purchases[0]["purchased_at"] == "2024-07-01T10:00:00+00:00"
    assert run.rejects == {
        "log.parquet line 3": "amount: the amount is not a finite number"
    }


def test_parquet_dates_decimals_and_offsets_are_read(
    folder: Path, run_tap: RunTap
) -> None:
    stamps = pa.array([datetime(2024, 7, 1, 12)], pa.timestamp("ns", tz="UTC"))
    amounts = pa.array([Decimal("1.10")], pa.decimal128(10, 2))
    pq.write_table(
        pa.table({"customer": ["1"], "date": stamps, "amount": amounts}),
        folder / "a.parquet",
    )
    days = pa.array([date(2024, 7, 1)])
    pq.write_table(
        pa.table({"customer": ["1"], "date": days, "amount": amounts}),
        folder / "b.parquet",
    )

    run = run_tap(time_zone="Europe/Madrid")

    assert [p["purchased_at"] for p in run.purchases] == [
        "2024-07-01T12:00:00+00:00",
        "2024-06-30T22:00:00+00:00",
    ]
    assert [p["is_date_only"] for p in run.purchases] == [False, True]


def test_ad_spend_is_read(read_text: RunTap) -> None:
    run = read_text(
        "Day,Platform,Amount spent (EUR),Impressions,Link clicks\n"
        '2024-01-05,meta_ads,12.50,"1,200",30\n2024-01-06,meta_ads,-1.00,5,1\n',
        name="ads.csv",
    )

    (row,) = run.records("ad_spend")
    assert (row["spend_date"], row["channel"]) == ("2024-01-05", "meta_ads")
    assert (row["spend"], row["currency_code"]) == (Decimal("12.50"), "EUR")
    assert (row["impressions"], row["clicks"]) == (1200, 30)
    assert run.rejects == {"ads.csv line 3": "the spend is negative"}


def test_a_line_nested_too_deeply_costs_itself_and_no_other_file(
    folder: Path, run_tap: RunTap
) -> None:
    good = '{"customer_id": "a", "date": "2024-01-05", "amount": 10.5}\n'
    deep = '{"customer_id": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    (folder / "deep.jsonl").write_text(good + deep + good)
    (folder / "other.jsonl").write_text(good)

    run = run_tap()

    assert len(run.purchases) == 3
    assert run.failures == []
    assert run.rejects == {"deep.jsonl line 2": "the line is not a JSON object"}


def test_an_amount_of_another_currency_is_no_amount_of_the_rows(
    read_text: RunTap,
) -> None:
    run = read_text(
        "customer_id,date,amount,currency\na,2024-01-05,USD 5.00,EUR\n"
        "b,2024-01-05,5.00,EUR\nc,2024-01-05,USD 5.00,USD\n"
    )

    assert [p["customer_id"] for p in run.purchases] == ["b", "c"]
    (reason,) = run.rejects.values()
    assert reason == "amount: the amount is written in USD, and the row in EUR"


def test_what_no_program_can_hold_costs_its_row(folder: Path, run_tap: RunTap) -> None:
    line = '{{"customer_id": {}, "date": "2024-01-05", "amount": {}}}\n'
    zero = '{"customer_id": "z", "date": "2024-01-05", "amount": 5, "a\\u0000": 1}\n'
    rows = (('"b"', "1e999999999"), ('"c"', "20.25"))
    (folder / "log.jsonl").write_text("".join(line.format(*r) for r in rows) + zero)

    run = run_tap()

    assert [row["amount"] for row in run.purchases] == [Decimal("20.25"), 5]
    reason = "amount: the amount is too large to be true"
    assert run.rejects == {"log.jsonl line 1": reason}


def test_a_typed_column_keeps_no_zeros_of_its_scale(
    folder: Path, run_tap: RunTap
) -> None:
    amounts = pa.array([Decimal("20.100"), Decimal("7.000")], pa.decimal128(10, 3))
    rows = {"customer": ["1", "2"], "date": ["2024-07-01"] * 2, "amount": amounts}
    pq.write_table(pa.table(rows), folder / "log.parquet")

    run = run_tap(currency_code="EUR")

    assert [row["amount"] for row in run.purchases] == [Decimal("20.1"), 7]


def test_a_typed_day_beyond_all_calendars_costs_its_row(
    folder: Path, run_tap: RunTap
) -> None:
    days = pa.array([19_000, 6_670_000], pa.int32()).cast(pa.date32())
    rows = {"customer": ["1", "2"], "date": days, "amount": [20.5, 7.25]}
    pq.write_table(pa.table(rows), folder / "log.parquet")

    run = run_tap()

    assert [row["amount"] for row in run.purchases] == [Decimal("20.5")]
    assert list(run.rejects) == ["log.parquet line 2"]


@pytest.mark.parametrize(
    "below",
    [
        '"©2026 Some Corporation. All rights reserved. "',
        '\n"2","record(s) downloaded"',
        "Exportado por Ana el lunes",
    ],
)
def test_a_sentence_below_the_rows_is_no_row(below: str, read_text: RunTap) -> None:
    log = "customer_id,date,amount\n1,2025-01-15,10.00\n2,2025-01-16,20.00\n"

    told, between = (
        read_text(f"{log}{below}\n"),
        read_text(f"{log}{below}\n3,2025-01-17,5.00\n"),
    )
    cut = read_text(log + below.strip())

    assert (told.failures, told.rejects) == ([], {})
    assert [row["amount"] for row in told.purchases] == [10, 20]
    assert told.file["notes"] == ["1 lines of text below the rows are left out"]
    # Among rows it may be what is left of one, and so may be what ends without a break.
    assert len(between.rejects) == 1
    assert "cut in half" in cut.failures[0]
