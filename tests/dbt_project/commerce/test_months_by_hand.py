"""The KPIs by month and the cohorts: what the functions answer, and what hands count.

The orders are in `kpi_shops`. The as-of date is 10 April 2025: April is not over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from orchestration.cli.kpis import last_day
from orchestration.lib.tenancy.companies import load_company
from tests.dbt_project.kpi_answers import ACME_FEBRUARY, BOLT_TEN_DAYS, PAGES
from tests.dbt_project.kpi_shops import Shops
from tests.dbt_project.random_market import draw_market
from tests.dbt_project.warehouse import Warehouse

PAGE_FUNCTIONS = (
    "get_acquisition_kpis",
    "get_engagement_kpis",
    "get_operations_kpis",
    "get_retention_kpis",
)


@pytest.fixture(scope="module")
def market(warehouse: Warehouse) -> str:
    """A year at random, as of a day in its last month."""
    company_id = warehouse.add_pair().bolt
    warehouse.load(company_id, *draw_market(seed=7).files())
    warehouse.build(company_id, as_of={company_id: "2025-05-20"})
    return company_id


@pytest.fixture
def connection(warehouse: Warehouse) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(warehouse.url, row_factory=dict_row) as connection:
        yield connection


def months_of(
    connection: psycopg.Connection[dict[str, Any]], company_id: str
) -> list[dict[str, Any]]:
    query = """select * from reporting.kpi_months where company_id = %s
        order by month_start_date"""
    return connection.execute(query, [company_id]).fetchall()


def test_the_numbers_of_the_command_line_end_where_the_page_ends(
    warehouse: Warehouse, market: str
) -> None:
    """Long after the last day of data, too."""
    company = load_company(warehouse.url, market)
    with psycopg.connect(warehouse.url) as database:
        assert last_day(database, company) == date(2025, 5, 20)


@pytest.mark.parametrize("which", ["acme", "bolt", "market"])
def test_a_month_says_what_the_functions_say_of_it(
    connection: psycopg.Connection[dict[str, Any]],
    shops: Shops,
    market: str,
    which: str,
) -> None:
    company_id = market if which == "market" else getattr(shops.pair, which)

    months = months_of(connection, company_id)

    # From February 2024 to April 2025, from April, and from the evening of 31 May
    # (June has begun in UTC) to May.
    assert len(months) == {"acme": 15, "bolt": 13, "market": 13}[which]
    for month in months:
        answers: dict[str, Any] = {}
        for function in PAGE_FUNCTIONS:
            query = f"select * from reporting.{function}(%s::text, %s, %s)"
            days = [month["month_start_date"], month["through_date"]]
            row = connection.execute(query.encode(), [company_id, *days]).fetchone()
            answers |= row or {}
        del answers["purchase_frequency"]  # of a year, not of a month
        for name, value in answers.items():
            near = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
            assert month[name] == near, (month["month_start_date"], name)


def test_a_month_is_what_was_counted_by_hand(
    connection: psycopg.Connection[dict[str, Any]], shops: Shops
) -> None:
    months = {
        which: {
            str(month["month_start_date"]): month
            for month in months_of(connection, getattr(shops.pair, which))
        }
        for which in ("acme", "bolt")
    }
    cases = [
        ("acme", "2025-02-01", ACME_FEBRUARY),
        ("bolt", "2025-04-01", BOLT_TEN_DAYS),
    ]

    for which, month_start, days in cases:
        month = months[which][month_start]
        assert month["is_complete"] == (which == "acme")
        assert str(month["through_date"]) == days[1]
        for function in PAGE_FUNCTIONS:
            for name, value in PAGES[function][which, days].items():
                if name != "purchase_frequency":
                    near = pytest.approx(value) if isinstance(value, float) else value
                    assert month[name] == near, name


def test_a_month_in_which_nothing_happened_is_there(
    connection: psycopg.Connection[dict[str, Any]], shops: Shops
) -> None:
    months = months_of(connection, shops.pair.acme)

    (august,) = [m for m in months if str(m["month_start_date"]) == "2024-08-01"]
    assert august["is_complete"]
    assert (august["purchase_count"], august["net_revenue"]) == (0, 0)
    assert august["average_order_value"] is None
    # c6 is a customer all the same, and bought twice in the spring.
    assert (august["customer_count"], august["repurchase_rate"]) == (1, 1.0)
    assert months_of(connection, shops.idle) == []


def test_cohorts_by_hand(
    connection: psycopg.Connection[dict[str, Any]], shops: Shops
) -> None:
    query = """select cohort_month_start_date::text as cohort, month_number,
            cohort_size, buyer_count, net_revenue, retention_rate,
            earlier_cohorts_retention_rate, retention_rate_difference
        from reporting.cohort_retention where company_id = %s
        and cohort_month_start_date >= '2025-01-01' order by 1, 2"""

    found = connection.execute(query, [shops.pair.acme]).fetchall()

    cells = {(row["cohort"][:7], row["month_number"]): row for row in found}
    # January: c1 (1), c2 (5) and c7 (2). In February came c1 (3) and c2 (6, 7); in
    # March c1 (4). February: c3 (8, 9), and again in March (10). March: c4 and c5.
    assert {
        key: (row["cohort_size"], row["buyer_count"], row["net_revenue"])
        for key, row in cells.items()
    } == {
        ("2025-01", 0): (3, 3, Decimal("349.95")),
        ("2025-01", 1): (3, 2, Decimal("210.00")),
        ("2025-01", 2): (3, 1, Decimal("40.00")),
        ("2025-01", 3): (3, None, None),
        ("2025-02", 0): (1, 1, Decimal("100.00")),
        ("2025-02", 1): (1, 1, Decimal("20.00")),
        ("2025-02", 2): (1, None, None),
        ("2025-03", 0): (2, 2, Decimal("70.05")),
        ("2025-03", 1): (2, None, None),
    }
    assert cells["2025-01", 1]["retention_rate"] == pytest.approx(2 / 3)
    assert cells["2025-01", 3]["retention_rate"] is None
    # Month 1 of February beside month 1 of c6 (who bought on 29 February 2024 and on
    # 1 March) and of January: (1 + 2) of (1 + 3). Never beside their other months.
    second = cells["2025-02", 1]
    assert second["earlier_cohorts_retention_rate"] == pytest.approx(3 / 4)
    assert second["retention_rate_difference"] == pytest.approx(1 / 4)
    assert cells["2025-03", 1]["retention_rate_difference"] is None


def test_a_cohort_is_as_large_as_its_month_s_new_customers(
    connection: psycopg.Connection[dict[str, Any]], market: str
) -> None:
    query = """select months.new_customer_count, cohorts.cohort_size
        from reporting.kpi_months as months
        left join reporting.cohort_retention as cohorts
            on months.company_id = cohorts.company_id
            and months.month_start_date = cohorts.cohort_month_start_date
            and cohorts.month_number = 0
        where months.company_id = %s and months.is_complete"""

    rows = connection.execute(query, [market]).fetchall()

    assert len(rows) == 12
    assert sum(row["new_customer_count"] for row in rows) > 100
    for row in rows:
        assert row["new_customer_count"] == (row["cohort_size"] or 0)
