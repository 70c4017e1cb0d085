"""A week and a quarter of a shop, beside those before and a year before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orchestration.lib.tenancy.company_settings import change_settings
from tests.dbt_project.raw_files import RawFile, shopify_row
from tests.dbt_project.warehouse import Pair, Warehouse

# Acme began on Wednesday 30 October 2024; Monday 4 November is 52 weeks before Monday
# 3 November 2025. The last order comes at 01:30 of a Monday in Madrid.
SOLD = (
    ("old", "2024-10-30 10:00+00", 500),
    ("ana", "2024-11-04 10:00+00", 60),
    ("ana", "2024-11-10 22:30+00", 40),
    ("old", "2025-10-27 10:00+00", 80),
    ("eva", "2025-11-03 10:00+00", 150),
    ("ana", "2025-11-09 22:59+00", 90),
    ("ana", "2025-11-10 00:30+00", 1000),
)


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Bolt, of Santiago, has Acme's orders from 2025 on under their numbers."""
    pair = warehouse.add_pair()
    sold = [
        shopify_row(str(place), at, total, email=f"{who}@x", subtotal=total, taxes=0)
        for place, (who, at, total) in enumerate(SOLD)
    ]
    money = {"channel": "meta_ads", "currency_code": "EUR"}
    spent = [
        {"spend_date": "2024-11-08", "spend": 25, **money},
        {"spend_date": "2025-10-28", "spend": 40, **money},
        {"spend_date": "2025-11-09", "spend": 30, **money},
    ]
    warehouse.load(
        pair.acme,
        RawFile("o.csv", sold, contract="shopify_orders"),
        RawFile("s.csv", spent, contract="ad_spend"),
    )
    warehouse.load(
        pair.bolt,
        RawFile(
            "o.csv",
            [{**row, "currency_code": "CLP"} for row in sold[3:]],
            contract="shopify_orders",
        ),
    )
    # Acme earns 40 % and sends an order for 5; visits are told from 27 October on.
    change_settings(
        warehouse.url,
        pair.acme,
        gross_margin_rate=Decimal("0.4"),
        shipping_cost_per_order=Decimal(5),
    )
    visits = [
        {"visit_date": day, "sessions": count, "session_source": "google"}
        for day, count in (("2025-10-27", 50), ("2025-11-03", 20), ("2025-11-09", 30))
    ]
    warehouse.load(pair.acme, RawFile("v.csv", visits, contract="web_sessions"))
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2025-11-15")
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=as_of,
        only=["performance_period_changes", "performance_months"],
    )
    return pair


def told(warehouse: Warehouse, company: str, start: str) -> dict[str, Any]:
    """Figure, both changes and what is said of the year's, by metric."""
    return {
        row["metric_name"]: (
            *(float(row["figure"]), row["period_change"], row["year_change"]),
            row["year_gap"],
        )
        for row in warehouse.rows(
            """select * from reporting.performance_changes_by_period
            where company_id = %s and period_start_date = %s and period_kind = 'week'
            order by place""",
            [company, start],
        )
    }


def test_a_week_stands_beside_the_one_and_the_year_before(
    warehouse: Warehouse, companies: Pair
) -> None:
    """240 sold after 80 the week before, and 100 a year before; Monday's 1000 wait."""
    assert told(warehouse, companies.acme, "2025-11-03") == {
        "net_sales": (240, pytest.approx(2.0), pytest.approx(1.4), None),
        "order_count": (2, pytest.approx(1.0), pytest.approx(0.0), None),
        "average_order_value": (120, pytest.approx(0.5), pytest.approx(1.4), None),
        # Eva is new; a year before only Ana's first order of 60 was.
        "new_customer_revenue": (150, None, pytest.approx(1.5), None),
        "returning_customer_revenue": (
            *(90, pytest.approx(0.125), pytest.approx(1.25)),
            None,
        ),
        # The first spend was told in the middle of the week of a year before.
        "spend": (30, pytest.approx(-0.25), None, "not_complete"),
        "blended_return": (8, pytest.approx(3.0), None, "not_complete"),
        "observed_roas": (5, None, None, "not_complete"),
        # 240 x 0.4, against 80 x 0.4 and 100 x 0.4.
        "gross_margin": (96, pytest.approx(2.0), pytest.approx(1.4), None),
        # Two orders of 5, against one and two.
        "variable_costs": (10, pytest.approx(1.0), pytest.approx(0.0), None),
        # 96 - 10 - 30; the week before lost 32 - 5 - 40, of which there is no share.
        "contribution_after_ads": (56, None, None, "not_complete"),
        # Two orders of 50 visits, against one of 50; those began on a Monday.
        "visit_conversion_rate": (0.04, None, None, "not_complete"),
    }


def test_what_is_not_whole_is_compared_with_nothing(
    warehouse: Warehouse, companies: Pair
) -> None:
    """Bolt's week before was its first, and Acme's years are not its own."""
    # In Santiago the last order, of Monday in Madrid, is of Sunday.
    assert told(warehouse, companies.bolt, "2025-11-03")["net_sales"] == (
        *(1240, None, None),
        "not_complete",
    )
    assert "spend" not in told(warehouse, companies.bolt, "2025-11-03")
    # A week without any order is 0, and has no share of nothing.
    assert told(warehouse, companies.acme, "2024-11-18")["net_sales"] == (
        *(0, None, None),
        "not_complete",
    )
    assert told(warehouse, companies.acme, "2025-11-10") == {}
    # The week of a year before the last of October is the one in which Acme began.
    assert told(warehouse, companies.acme, "2025-10-27")["net_sales"][3] == (
        "not_complete"
    )


def test_a_quarter_is_what_its_months_are(
    warehouse: Warehouse, companies: Pair
) -> None:
    names = (
        *("net_sales", "order_count", "new_customer_revenue"),
        *("returning_customer_revenue", "spend", "gross_margin", "variable_costs"),
    )
    sums = ", ".join(f"sum({name}) as {name}" for name in names)
    told = [
        warehouse.rows(query, [companies.acme])
        for query in (
            f"""select date_trunc('quarter', month_start_date)::date as quarter, {sums}
            from marts.performance_months
            where company_id = %s and month_start_date < '2025-10-01'
            group by 1 order by 1""",
            f"""select period_start_date as quarter, {", ".join(names)}
            from marts.performance_periods
            where company_id = %s and period_kind = 'quarter' order by 1""",
        )
    ]

    assert told[0] == told[1]
    assert told[1][0]["net_sales"] == Decimal(600)
    assert [f"{row['quarter']}" for row in told[1]] == [
        *("2024-10-01", "2025-01-01", "2025-04-01", "2025-07-01")
    ]
