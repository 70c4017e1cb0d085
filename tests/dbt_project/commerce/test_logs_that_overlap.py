"""Lists without ids that tell the same days: again, corrected, or of another shop."""

from __future__ import annotations

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, purchase
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
