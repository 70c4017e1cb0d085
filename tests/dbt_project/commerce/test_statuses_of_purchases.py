"""What a file says of its orders decides which of their money counts, and when."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

JANUARY = "2026-01-05 10:00+00"
IDENTITIES = (
    "assert_file_totals_equal_their_visible_orders",
    "assert_orders_reconcile_with_their_sources",
    "assert_revenue_entries_add_up_to_net_revenue",
    "assert_customer_values_add_up_to_purchases",
)


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """A log with states, and two exports without ids that overlap.

    A is paid, 10 of 30 given back; B is given back whole; C failed and was then paid;
    D is pending, E cancelled, F a trial.
    """
    pair = warehouse.add_pair()
    log = [
        {
            **purchase("1", JANUARY, 30, purchase_id="A"),
            "status": "partially_refunded",
            "refunded_amount": 10,
        },
        {
            **purchase("1", JANUARY, 20, purchase_id="B"),
            "status": "refunded",
            "refunded_amount": 20,
        },
        purchase("2", JANUARY, 50, purchase_id="C", status="failed"),
        purchase("2", JANUARY, 50, purchase_id="C", status="paid"),
        purchase("3", JANUARY, 70, purchase_id="D", status="pending"),
        purchase("3", JANUARY, 80, purchase_id="E", status="cancelled"),
        purchase("3", JANUARY, 0, purchase_id="F", status="trial"),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", log))
    days = [f"2026-01-{day:02} 10:00+00" for day in range(1, 13)]
    first = [purchase(str(n), day, n + 1) for n, day in enumerate(days[:8])]
    second = [purchase(str(n), day, n + 1) for n, day in enumerate(days) if n >= 3]
    warehouse.load(
        pair.bolt,
        RawFile("january.csv", [*first, first[4]]),
        RawFile("later.csv", [*second, second[1]], version=2),
    )
    for name, first_day, last_day in (("january", 1, 8), ("later", 4, 12)):
        warehouse.execute(
            "update raw_files.files set first_date = %s, last_date = %s"
            " where company_id = %s and file_name = %s",
            [f"2026-01-{first_day}", f"2026-01-{last_day}", pair.bolt, f"{name}.csv"],
        )
    warehouse.build(pair.acme, pair.bolt)
    return pair


def test_only_what_was_paid_counts_less_what_was_given_back(
    companies: Pair, warehouse: Warehouse
) -> None:
    orders = warehouse.rows(
        """select source_order_id, net_revenue, status, exclusion_reason
        from marts.orders where company_id = %s order by order_id""",
        [companies.acme],
    )

    assert [tuple(row.values()) for row in orders] == [
        ("A", Decimal("20.00"), "paid", None),
        ("B", Decimal("0.00"), "paid", "fully_refunded"),
        ("C", Decimal("50.00"), "paid", None),
        ("C", Decimal("50.00"), "pending", "not_recognised"),
        ("D", Decimal("70.00"), "pending", "not_recognised"),
        ("E", Decimal("80.00"), "cancelled", "cancelled"),
        ("F", Decimal("0.00"), "pending", "not_recognised"),
    ]


def test_revenue_is_what_was_kept(companies: Pair, warehouse: Warehouse) -> None:
    entries = warehouse.rows(
        """select entry_type, sum(amount) as amount from marts.revenue_entries
        where company_id = %s group by 1 order by 1""",
        [companies.acme],
    )

    assert [tuple(row.values()) for row in entries] == [
        ("refund", Decimal("-30.00")),
        ("sale", Decimal("100.00")),
    ]


def test_overlapping_exports_without_ids_count_once(
    companies: Pair, warehouse: Warehouse
) -> None:
    """Rows 4 to 8, of which 5 comes twice in both, are told by both files.

    1 + 2 + ... + 12 = 78, and 5 again.
    """
    (row,) = warehouse.rows(
        """select count(*) as count, sum(gross_revenue) as total from marts.orders
        where company_id = %s""",
        [companies.bolt],
    )

    assert row == {"count": 13, "total": Decimal("83.00")}


def run_tests(warehouse: Warehouse, companies: Pair) -> dict[str, str]:
    return warehouse.dbt.run(
        *("test", "--exclude-resource-type", "unit_test", "--select", *IDENTITIES),
        company_ids=[companies.acme, companies.bolt],
    )


def test_everything_adds_up(companies: Pair, warehouse: Warehouse) -> None:
    assert set(run_tests(warehouse, companies).values()) == {"pass"}


def test_a_file_that_tells_more_orders_than_the_mart_has_is_noticed(
    companies: Pair, warehouse: Warehouse
) -> None:
    """As where a spreadsheet made one id of many: the money agrees, orders do not."""
    warehouse.execute(
        "update raw_files.files set order_count = 7 where company_id = %s",
        [companies.acme],
    )

    with pytest.raises(DbtFailed, match="assert_file_totals_equal_their_visible"):
        run_tests(warehouse, companies)
