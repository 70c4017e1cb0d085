"""The simulated marketplace is the same for the same seed, and agrees with itself."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.marketplace.files import marketplace
from sandbox.marketplace.people import check_digit


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return marketplace(users=200, days=200)


def test_the_same_seed_gives_the_same_bytes(files: dict[str, str]) -> None:
    assert marketplace(users=200, days=200) == files
    assert marketplace(users=200, days=200, seed=1) != files


def test_the_command_writes_every_file_once(tmp_path: Path) -> None:
    arguments = ["--folder", str(tmp_path), "--users", "50", "--days", "60"]

    assert main(["marketplace", *arguments]) == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert main(["marketplace", *arguments]) == 0

    assert len(before) == 8
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}


def test_items_and_payments_add_up_to_their_orders(files: dict[str, str]) -> None:
    sold: dict[str, int] = {}
    for item in rows(files["order_items.csv"]):
        order_id = item["order_id"]
        sold[order_id] = sold.get(order_id, 0) + int(item["price"])
    paid = {p["order_id"]: int(p["amount"]) for p in rows(files["payments.csv"])}

    for order in rows(files["orders.csv"]):
        assert sold[order["order_id"]] == int(order["total"])
        assert paid.get(order["order_id"]) == (
            int(order["total"]) if order["paid_at"] else None
        )


def test_nothing_happens_before_its_cause_or_after_the_end(
    files: dict[str, str],
) -> None:
    registered = {u["user_id"]: u["registered_at"] for u in rows(files["users.csv"])}
    end = json.loads(files["truth.json"])["plaza"]["as_of_date"] + " 24"

    for order in rows(files["orders.csv"]):
        # Local times compare as text but in the hours in which clocks change.
        assert registered[order["user_id"]][:10] <= order["created_at"][:10] < end
        for later in ("paid_at", "completed_at", "cancelled_at"):
            assert not order[later] or order["created_at"][:10] <= order[later][:10]


def test_check_digits_are_those_of_published_numbers() -> None:
    published = {60_803_000: "K", 97_030_000: "7", 12_345_678: "5", 11_111_111: "1"}

    assert {body: check_digit(body) for body in published} == published
