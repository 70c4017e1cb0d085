"""Lists without ids that tell the same days: again, corrected, or of another shop."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, Row, purchase
from tests.dbt_project.warehouse import Warehouse

AGREE = "assert_logs_that_overlap_agree"


def load(warehouse: Warehouse, company_id: str, *lists: tuple[int, list[int]]) -> None:
    """Lists of a customer a day, from a day of January on: 1.csv, 2.csv, …"""
    for number, (first, amounts) in enumerate(lists, 1):
        rows = [
            purchase(f"c{day}", f"2026-01-{day:02} 10:00+00", f"{amount}.50")
            for day, amount in enumerate(amounts, first)
        ]
        warehouse.load(company_id, RawFile(f"{number}.csv", rows, version=number))
        days = [f"2026-01-{day:02}" for day in (first, first + len(rows) - 1)]
        warehouse.execute(
            "update raw_files.files set first_date = %s, last_date = %s"
            " where company_id = %s and file_name = %s",
            [*days, company_id, f"{number}.csv"],
        )


def check(warehouse: Warehouse, *companies: str) -> set[str]:
    statuses = warehouse.dbt.run("test", "--select", AGREE, company_ids=[*companies])
    return {name for name, status in statuses.items() if status == "pass"}


OLDER = [10, 20, 30, 40, 50, 60, 70, 80]


@pytest.mark.parametrize(
    ("newer", "told"),
    [
        # A quarter of the rows was corrected: 20.50 and 30.50, in lines 3 and 4.
        ([10, 21, 31, 40, 50, 60, 70, 80], r"6 of 8 .*2 of 1.csv .*line 3, 51.00 in"),
        # One of eight, as it is in any list of a month: 80.50, in the last line.
        ([10, 20, 30, 40, 50, 60, 70, 81], r"7 of 8 .*1 of 1.csv .*line 9, 80.50 in"),
    ],
)
def test_a_list_that_was_corrected_is_not_counted_beside_the_newer_one(
    warehouse: Warehouse, newer: list[int], told: str
) -> None:
    acme = warehouse.add_pair().acme
    load(warehouse, acme, (1, OLDER), (1, newer))

    with pytest.raises(DbtFailed, match=told):
        check(warehouse, acme)


def test_a_list_that_goes_on_and_one_of_another_shop_are_no_correction(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    # The last three days again, and two more.
    load(warehouse, pair.acme, (1, OLDER), (6, [60, 70, 80, 90, 95]))
    # Another shop sold to three of eight customers for as much, on the same days.
    load(warehouse, pair.bolt, (1, OLDER), (1, [10, 20, 30, 41, 51, 61, 71, 81]))

    assert check(warehouse, pair.acme, pair.bolt) == {AGREE}


def load_days(warehouse: Warehouse, company_id: str, *lists: list[Row]) -> None:
    """Lists of days without a time, 1.csv, 2.csv, …, all of January."""
    for number, rows in enumerate(lists, 1):
        name = f"{number}.csv"
        warehouse.load(company_id, RawFile(name, rows, version=number))
        warehouse.execute(
            "update raw_files.files set first_date = '2026-01-01',"
            " last_date = '2026-01-31' where company_id = %s and file_name = %s",
            [company_id, name],
        )


def sold(day: int, amount: int, customer: str | None, status: str = "paid") -> Row:
    moment = f"2026-01-{day:02} 00:00+00"
    return purchase(customer, moment, amount, is_date_only=True, status=status)


def test_a_sale_that_was_cancelled_since_and_the_last_rows_again_are_no_correction(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    rows = [sold(day, 10 * day, f"c{day}") for day in range(1, 9)]
    cancelled = [*rows[:3], sold(4, 40, "c4", "cancelled"), *rows[4:]]
    load_days(warehouse, pair.acme, rows, cancelled)
    # Three a day; the later list begins with the second of its first day.
    three = [sold(day, n, f"c{day}{n}") for day in range(1, 5) for n in (5, 6, 7)]
    load_days(warehouse, pair.bolt, three, three[4:])

    assert check(warehouse, pair.acme, pair.bolt) == {AGREE}


def test_days_of_two_tills_that_know_no_buyers_are_no_correction(
    warehouse: Warehouse,
) -> None:
    acme = warehouse.add_pair().acme
    one = [sold(day, price, None) for day in range(1, 9) for price in (2, 3)]
    other = [sold(day, price, None) for day in range(1, 9) for price in (2, 4)]
    load_days(warehouse, acme, one, [*other, *one[:6:2]])

    assert check(warehouse, acme) == {AGREE}


def retold_by_pairs(lists: Sequence[Sequence[int]]) -> dict[tuple[str, int], str]:
    """File and line -> the newest list's that tells it again, pair by pair.

    A list holds amounts, each of which is sold on the day of its tens. Equal rows are
    told apart by their place among them.
    """
    keyed = [
        {(a, amounts[:at].count(a)): at + 2 for at, a in enumerate(amounts)}
        for amounts in lists
    ]
    days = [{amount // 10 for amount in amounts} for amounts in lists]
    found: dict[tuple[str, int], str] = {}
    for older, newer in itertools.combinations(range(len(lists)), 2):
        common = keyed[older].keys() & keyed[newer].keys()
        first = max(min(days[older]), min(days[newer]))
        last = min(max(days[older]), max(days[newer]))
        size = max(
            sum(first <= amount // 10 <= last for amount in lists[each])
            for each in (older, newer)
        )
        if len(common) >= 3 and len(common) >= 0.9 * size:
            for key in common:
                found[f"{older + 1}.csv", keyed[older][key]] = (
                    f"{newer + 1}.csv#{keyed[newer][key]}"
                )
    return found


def test_small_lists_are_told_again_as_pair_by_pair(warehouse: Warehouse) -> None:
    chance = random.Random(20)
    seen = 0
    for _ in range(12):
        pair = warehouse.add_pair()
        sold = [chance.randrange(10, 60) for _ in range(30)]
        lists = []
        for _ in range(6):
            start, end = sorted(chance.sample(range(0, 31), 2))
            part = [a for a in sold[start:end] if chance.random() < 0.97]
            lists.append(part or sold[:3])
        for number, amounts in enumerate(lists, 1):
            name = f"{number}.csv"
            sales = [
                purchase("c", f"2026-01-{amount // 10:02} 10:00+00", amount)
                for amount in amounts
            ]
            for company in (pair.acme, pair.bolt):
                warehouse.load(company, RawFile(name, sales, version=number))
                warehouse.execute(
                    "update raw_files.files set first_date = %s, last_date = %s"
                    " where company_id = %s and file_name = %s",
                    [
                        f"2026-01-{min(amounts) // 10:02}",
                        f"2026-01-{max(amounts) // 10:02}",
                        company,
                        name,
                    ],
                )

        rows = warehouse.rows(
            "select company_id, file_name, line_number, newer_row_id"
            " from intermediate.int_purchases_overlapping"
            " join raw_files.files using (company_id, file_sha256)"
            " where company_id in (%s, %s)",
            [pair.acme, pair.bolt],
        )

        told = retold_by_pairs(lists)
        found = {
            (row["company_id"], row["file_name"], row["line_number"]): row[
                "newer_row_id"
            ]
            for row in rows
        }
        assert found == {
            (company, *row): newer
            for company in (pair.acme, pair.bolt)
            for row, newer in told.items()
        }
        seen += len(told)
    assert seen > 50
