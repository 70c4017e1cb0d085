"""Rows that no file should hold are set aside by the real tap, counted and shown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.dbt_project.exported_files import load_folder, write_csv
from tests.dbt_project.warehouse import Pair, Warehouse

HEADER = ("order_id", "customer_id", "date", "amount", "currency")
ROWS = {
    ("A", "Ñandú 🎉", "2025-09-06 23:59", "10.00", "CLP"): None,
    # Midnight of 7 September does not exist in Santiago; its day does.
    ("B", "7", "2025-09-07 00:00", "20.00", "CLP"): None,
    ("C", "7", "2025-09-07 12:00", "NaN", "CLP"): (
        "amount: the amount is not a finite number"
    ),
    ("D", "7", "2025-09-07 12:00", "-inf", "CLP"): (
        "amount: the amount is not a finite number"
    ),
    ("E", "7", "2025-09-07 12:00", "10000000000000", "CLP"): (
        "amount: the amount is too large to be true"
    ),
    ("F" * 501, "7", "2025-09-07 12:00", "1.00", "CLP"): (
        "purchase_id is longer than 500 characters"
    ),
    ("H", "", "2025-09-07 12:00", "-4.00", "CLP"): (
        "the amount is negative, and no customer got it back"
    ),
    ("I", "7", "2025-02-29", "8.00", "CLP"): "purchased_at: the date cannot be read",
    ("J", "7", "2025-09-07 12:00", "16.00", "PESO"): (
        "the currency is not an ISO 4217 code"
    ),
}


def test_a_bad_row_is_set_aside_alone_and_counted(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    write_csv(tmp_path / "log.csv", HEADER, list(ROWS))
    load_folder(warehouse, pair.bolt, tmp_path, time_zone="America/Santiago")
    warehouse.build(pair.bolt)

    orders = warehouse.orders(pair.bolt)
    days = {key: row["order_date"].isoformat() for key, row in orders.items()}
    assert days == {"purchases/A": "2025-09-06", "purchases/B": "2025-09-07"}
    assert orders["purchases/A"]["customer_id"] == "Ñandú 🎉"
    rejected = warehouse.rows(
        "select location, reason from ops.quarantined_records where company_id = %s",
        [pair.bolt],
    )
    assert {row["location"]: row["reason"] for row in rejected} == {
        f"log.csv line {line}": reason
        for line, reason in enumerate(ROWS.values(), start=2)
        if reason
    }
    (quality,) = warehouse.rows(
        "select * from reporting.data_quality_totals where company_id = %s",
        [pair.bolt],
    )
    assert (quality["row_count"], quality["loaded_row_count"]) == (9, 2)
    assert quality["quarantined_row_count"] == 7
    # 1 - 4 + 8 + 16, of the amounts that could be read.
    assert quality["quarantined_amount"] == Decimal(21)
    assert quality["purchase_net_revenue"] == 30
