"""Who is quiet for longer than usual, what is lost with them, and who came once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.measurements import measure_churn, measure_discounts
from tests.dbt_project.mart_rows import COMPANY, insert, set_margin
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = dt.date(2026, 3, 31)
PREDICTED: dict[str, Any] = {
    "schema": "predictions",
    "currency_code": "EUR",
    "model_version": "2",
}


def days_ago(number: int) -> dt.date:
    return AS_OF - dt.timedelta(days=number)


def add_customer(
    warehouse: Warehouse,
    company: str,
    customer: str,
    *,
    silent_days: int,
    frequency: int = 3,
    nothing: float = 0.9,
    value: float = 10,
    if_active: float | None = 10,
    gap: int | None = None,
) -> None:
    """A customer of marts and predictions, whose first order was 300 days ago."""
    counts: dict[str, Any] = {
        "customer_id": customer,
        "frequency": frequency,
        "recency_days": 300 - silent_days,
        "age_days": 300,
        "order_count": frequency + 1,
        "historic_value": 100,
    }
    insert(
        warehouse,
        "customer_summaries",
        company_id=company,
        currency_code="EUR",
        as_of_date=AS_OF,
        first_order_date=days_ago(300),
        last_order_date=days_ago(silent_days),
        purchase_day_count=frequency + 1,
        **counts,
    )
    insert(
        warehouse,
        "predictions_customer",
        company_id=company,
        fit_id="now",
        as_of_date=AS_OF,
        data_through_date=AS_OF,
        fitted_at=AS_OF,
        probability_alive=0.5,
        probability_no_purchase_90d=nothing,
        predicted_value_12m=value,
        value_if_active_12m=if_active,
        order_gap_p90_days=gap,
        **counts,
        **PREDICTED,
    )


def remember(
    warehouse: Warehouse,
    company: str,
    fit: str,
    day: dt.date,
    *,
    if_active: float,
    version: str = "2",
    silent_days: int = 100,
) -> None:
    """A published fit of before, with one customer whom 10 are expected from."""
    known: dict[str, Any] = {
        "company_id": company,
        "fit_id": fit,
        "as_of_date": day,
        "data_through_date": day,
        "fitted_at": day,
    }
    insert(
        warehouse,
        "model_fits",
        schema="predictions",
        model_version=version,
        status="published",
        settings="{}",
        **known,
    )
    insert(
        warehouse,
        "predictions_customer_history",
        customer_id="gone",
        age_days=200,
        recency_days=200 - silent_days,
        probability_alive=0.5,
        probability_no_purchase_90d=0.9,
        predicted_value_12m=10,
        value_if_active_12m=if_active,
        **known,
        **(PREDICTED | {"model_version": version}),
    )


def add_order(
    warehouse: Warehouse, company: str, customer: str, day: dt.date, amount: int = 1
) -> None:
    insert(
        warehouse,
        "orders",
        company_id=company,
        order_id=f"{customer} {day} {amount}",
        customer_id=customer,
        order_date=day,
        net_revenue=amount,
        is_purchase=True,
        source_slug="files",
        status="paid",
    )


def one(warehouse: Warehouse, query: str, company: str) -> dict[str, Any]:
    (row,) = warehouse.rows(query, [company])
    return row


@pytest.fixture
def told(warehouse: Warehouse, pair: Pair) -> Pair:
    """Both companies, of whom nothing but the settings is known."""
    for company in (pair.acme, pair.bolt):
        warehouse.execute(COMPANY, [company])
    return pair


def test_each_customer_is_held_against_their_own_rhythm(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, silent in ((told.acme, 50), (told.bolt, 61)):
        # 50 days are long for who buys each week, short for who buys each quarter.
        add_customer(warehouse, company, "weekly", silent_days=silent, gap=20)
        add_customer(warehouse, company, "quarterly", silent_days=silent, gap=150)
        # Nothing is known of their rhythm: the company's 60 days hold.
        add_customer(warehouse, company, "once", silent_days=silent, frequency=0, gap=9)
        add_customer(warehouse, company, "unknown", silent_days=silent, gap=None)
    query = """
        select customer_id, threshold_days, threshold_source, is_overdue
        from reporting.customer_inactivity where company_id = %s
    """

    def found(company: str) -> dict[str, list[object]]:
        rows = warehouse.rows(query, [company])
        return {row["customer_id"]: list(row.values())[1:] for row in rows}

    assert found(told.acme) == {
        "weekly": [20, "own_rhythm", True],
        "quarterly": [150, "own_rhythm", False],
        "once": [60, "company_setting", False],
        "unknown": [60, "company_setting", False],
    }
    overdue = {name for name, (*_, late) in found(told.bolt).items() if late}
    assert overdue == {"weekly", "once", "unknown"}


def test_the_best_hundred_of_the_late_come_first(
    warehouse: Warehouse, told: Pair
) -> None:
    for number in range(102):
        add_customer(
            warehouse, told.acme, f"{number:03}", silent_days=30, gap=20, value=number
        )
    add_customer(warehouse, told.acme, "best", silent_days=5, gap=20, value=999)
    add_customer(warehouse, told.bolt, "101", silent_days=30, gap=20, value=5)
    query = """
        select risk_rank, customer_id, predicted_value_12m
        from reporting.top_customers_at_risk where company_id = %s order by 1
    """

    rows = [tuple(row.values()) for row in warehouse.rows(query, [told.acme])]

    assert rows[0] == (1, "101", 101)
    assert rows[-1] == (100, "002", 2)
    assert len(rows) == 100
    assert [row["customer_id"] for row in warehouse.rows(query, [told.bolt])] == ["101"]


def test_what_is_at_risk_is_what_would_be_lost_and_what_was_bought(
    warehouse: Warehouse, told: Pair
) -> None:
    add_customer(warehouse, told.acme, "critical", silent_days=100, if_active=60)
    add_customer(warehouse, told.acme, "another", silent_days=70, value=5, if_active=25)
    # At risk, not critical; and critical by probability, but who bought last week.
    add_customer(
        warehouse, told.acme, "risky", silent_days=100, nothing=0.75, if_active=99
    )
    add_customer(warehouse, told.acme, "recent", silent_days=7, if_active=99)
    add_order(warehouse, told.acme, "critical", days_ago(100), 40)
    add_order(warehouse, told.acme, "critical", days_ago(364), 7)
    add_order(warehouse, told.acme, "critical", days_ago(365), 500)
    add_order(warehouse, told.acme, "recent", days_ago(7), 300)
    add_customer(warehouse, told.bolt, "critical", silent_days=100, if_active=11)
    query = "select * from reporting.capital_at_risk where company_id = %s"

    found = one(warehouse, query, told.acme)

    # (60 - 10) + (25 - 5).
    assert found["capital_at_risk"] == 70
    assert (found["critical_customer_count"], found["customer_count"]) == (2, 4)
    assert found["historic_spend_12m"] == 47
    assert found["capital_at_risk_change"] is None
    other = one(warehouse, query, told.bolt)
    assert (other["capital_at_risk"], other["historic_spend_12m"]) == (1, 0)


def test_it_is_compared_with_the_same_models_a_week_before(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        add_customer(warehouse, company, "critical", silent_days=100, if_active=60)
    remember(warehouse, told.acme, "too near", days_ago(6), if_active=1000)
    remember(warehouse, told.acme, "another", days_ago(7), if_active=2000, version="1")
    remember(warehouse, told.acme, "week", days_ago(8), if_active=22)
    remember(warehouse, told.acme, "long ago", days_ago(14), if_active=3000)
    # Nobody was critical a week ago: all of it is new.
    remember(warehouse, told.bolt, "week", days_ago(7), if_active=22, silent_days=9)
    query = """
        select compared_date, capital_at_risk_before, capital_at_risk_change
        from reporting.capital_at_risk where company_id = %s
    """

    assert list(one(warehouse, query, told.acme).values()) == [days_ago(8), 12, 38]
    assert list(one(warehouse, query, told.bolt).values()) == [days_ago(7), 0, 50]


def first_orders(
    warehouse: Warehouse, company: str, days: int, count: int, returned: int
) -> None:
    """Customers whose 60 days were over so many days ago, and who of them came back."""
    for number in range(count):
        customer = f"{days} {number}"
        first = days_ago(days + 60)
        insert(
            warehouse,
            "customer_summaries",
            company_id=company,
            customer_id=customer,
            currency_code="EUR",
            as_of_date=AS_OF,
            first_order_date=first,
            last_order_date=first,
        )
        add_order(warehouse, company, customer, first)
        # Twice on one day is once.
        add_order(warehouse, company, customer, first, 2)
        late = dt.timedelta(days=60 if number < returned else 61)
        add_order(warehouse, company, customer, first + late)


def test_who_came_once_is_lost_when_the_days_of_the_company_are_over(
    warehouse: Warehouse, told: Pair
) -> None:
    first_orders(warehouse, told.acme, days=0, count=3, returned=1)
    first_orders(warehouse, told.acme, days=29, count=2, returned=1)
    first_orders(warehouse, told.acme, days=30, count=3, returned=2)
    first_orders(warehouse, told.acme, days=59, count=1, returned=1)
    first_orders(warehouse, told.acme, days=60, count=5, returned=0)
    first_orders(warehouse, told.acme, days=-1, count=5, returned=0)
    first_orders(warehouse, told.bolt, days=0, count=1, returned=0)
    for company in (told.acme, told.bolt):
        measure_churn(warehouse.url, company)
    query = "select * from reporting.one_time_buyer_churn where company_id = %s"

    found = one(warehouse, query, told.acme)

    counts = ("customer_count", "lost_count")
    assert [found[name] for name in counts] == [5, 3]
    assert [found[f"{name}_before"] for name in counts] == [4, 1]
    assert found["churn_rate_change"] == pytest.approx(0.6 - 0.25)
    # Newcombe's interval by hand: Wilson's are 0.1686-0.9173 and 0.0301-0.7819.
    assert found["churn_rate_change_lower"] == pytest.approx(
        0.35 - ((0.6 - 0.1686) ** 2 + (0.7819 - 0.25) ** 2) ** 0.5, abs=1e-3
    )
    assert found["churn_rate_change_upper"] == pytest.approx(
        0.35 + ((0.9173 - 0.6) ** 2 + (0.25 - 0.0301) ** 2) ** 0.5, abs=1e-3
    )
    other = one(warehouse, query, told.bolt)
    assert (other["churn_rate"], other["churn_rate_change"]) == (1, None)


def test_discounts_are_weighed_by_who_was_quiet_and_came_back(
    warehouse: Warehouse, told: Pair
) -> None:
    """Quiet are 61 days or more at the end of 28 February; 30 days were over then."""
    set_margin(warehouse, told.acme, 0.4)
    bought = {f"quiet {number}": [91 + number] for number in range(120)}
    for number, back in enumerate((29, 15, 0)):
        bought[f"quiet {number}"].append(back)
    # Bought too lately to be quiet; came back before the 30 days; came in them.
    bought |= {"lively": [90, 3], "back before": [200, 30], "new": [8]}
    # Of a day that is still to come.
    add_order(warehouse, told.acme, "quiet 5", days_ago(-1))
    for company, log in ((told.acme, bought), (told.bolt, {"one": [100]})):
        for customer, days in log.items():
            for day in days:
                add_order(warehouse, company, customer, days_ago(day))
            insert(
                warehouse,
                "customer_summaries",
                company_id=company,
                customer_id=customer,
                as_of_date=AS_OF,
                last_order_date=days_ago(min(days)),
            )
        measure_discounts(warehouse.url, company)
    query = """
        select * from reporting.discount_break_evens
        where company_id = %s and discount_percent = 10
    """

    found, other = (one(warehouse, query, each) for each in (told.acme, told.bolt))

    assert (found["customer_count"], found["returned_count"]) == (120, 3)
    assert found["needed_rate"] == pytest.approx(3 / 120 * 0.4 / 0.3)
    assert (found["result"], found["is_smallest"]) == ("untested", False)
    assert (other["result"], other["customer_count"]) == ("too_few", 1)


def test_a_company_reads_its_own_risk_only(warehouse: Warehouse, told: Pair) -> None:
    for company in (told.acme, told.bolt):
        add_customer(warehouse, company, "quiet", silent_days=100, if_active=60)
    reader = warehouse.add_reader(told.acme)

    for view in ("capital_at_risk", "customer_inactivity", "top_customers_at_risk"):
        query = f"select distinct company_id from reporting.{view}"
        assert warehouse.rows(query, role=reader) == [{"company_id": told.acme}]
    (found,) = warehouse.rows(
        "select capital_at_risk from reporting.capital_at_risk", role=reader
    )
    assert found["capital_at_risk"] == Decimal(50)
