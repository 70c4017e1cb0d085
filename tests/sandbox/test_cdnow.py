"""The published log is delivered whole, with its published answers."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.sandbox.conftest import read_csv


def test_the_log_has_every_published_purchase(delivered: Path) -> None:
    rows = read_csv(delivered / "cdnow" / "purchases.csv")

    assert list(rows[0]) == ["customer_id", "date", "amount", "currency"]
    assert rows[0] == {
        "customer_id": "00004",
        "date": "1997-01-01",
        "amount": "29.33",
        "currency": "USD",
    }
    assert len(rows) == 6919
    assert len({row["customer_id"] for row in rows}) == 2357
    assert max(row["date"] for row in rows) == "1998-06-30"


def test_the_truth_adds_up_to_the_file(delivered: Path, truth: dict[str, Any]) -> None:
    rows = read_csv(delivered / "cdnow" / "purchases.csv")
    totals = truth["cdnow"]["totals"]
    seen = [row for row in rows if row["date"] <= truth["cdnow"]["as_of_date"]]

    assert totals["row_count"] == len(rows)
    assert Decimal(totals["amount"]) == sum(Decimal(row["amount"]) for row in rows)
    assert totals["as_of"]["order_count"] == len(seen)
    assert Decimal(totals["as_of"]["net_revenue"]) == sum(
        Decimal(row["amount"]) for row in seen
    )


def test_the_truth_states_the_published_answers_and_their_unit(
    truth: dict[str, Any],
) -> None:
    cdnow = truth["cdnow"]

    assert cdnow["as_of_date"] == "1997-09-30"
    assert cdnow["bg_nbd"]["time_unit"] == "weeks"
    assert cdnow["bg_nbd"]["parameters"]["alpha"] == 4.4136
    assert cdnow["bg_nbd"]["log_likelihood"] == -9582.4
    assert cdnow["gamma_gamma"]["customer_count"] == 946
    assert cdnow["totals"]["as_of"]["customer_count"] == 2357
    assert cdnow["totals"]["as_of"]["repeat_customer_count"] == 946
    assert cdnow["totals"]["as_of"]["repeat_purchase_day_count"] == 2457
    assert cdnow["holdout"]["days"] == 39 * 7
    assert cdnow["holdout"]["repeat_purchase_day_count"] == 1882
