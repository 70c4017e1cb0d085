"""What the bars, lines and maps of the KPI pages show of twenty orders, by hand.

Asked as the company's own reader and without naming the company: what it gets is its
own. The orders are in `kpi_shops`; numbers in comments are their ids.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.dbt_project.kpi_answers import ACME, BOLT, BOLT_TEN_DAYS, PAGES
from tests.dbt_project.kpi_shops import Shops
from tests.dbt_project.warehouse import Warehouse

Days = tuple[str, str]
Ask = Callable[[str, str, Days], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(warehouse: Warehouse, shops: Shops) -> Ask:
    """Rows of a query that has `{days}` in it, as acme, bolt or diary."""
    companies = {
        "acme": shops.pair.acme,
        "bolt": shops.pair.bolt,
        "diary": shops.diary,
    }
    roles = {name: warehouse.add_reader(company) for name, company in companies.items()}

    def answer(name: str, query: str, days: Days) -> list[tuple[Any, ...]]:
        statement = query.format(days="calendar_date between %s and %s")
        with psycopg.connect(warehouse.url) as connection:
            connection.execute(f"set role {roles[name]}".encode())
            return connection.execute(statement.encode(), days).fetchall()

    return answer


SERVICES = """
    select product_name, sum(purchase_count), sum(net_revenue),
        sum(cart_count), sum(converted_cart_count)
    from reporting.service_sales where {days} group by 1 order by 3 desc
"""


def test_services_by_sales_and_by_true_conversion(ask: Ask) -> None:
    # jardin: 2, 7 and 11 (60 less 20 thousand), and cart E that was left. limpieza:
    # the other 11 purchases, 340 - 105 thousand; of carts A to D and F to J four were
    # ordered (A, B, D, H).
    assert ask("bolt", SERVICES, BOLT) == [
        ("limpieza", 11, Decimal("235000.00"), 9, 4),
        ("jardin", 3, Decimal("105000.00"), 1, 0),
    ]
    # limpieza: 3, 6, 10, 14; carts D, F, G, H, I, of which D and H were ordered.
    # jardin: 7 and 11.
    assert ask("bolt", SERVICES, BOLT_TEN_DAYS) == [
        ("limpieza", 4, Decimal("91000.00"), 5, 2),
        ("jardin", 2, Decimal("75000.00"), 1, 0),
    ]


def test_what_is_left_of_an_order_is_shared_out_over_its_products(ask: Ask) -> None:
    # shirt: 150 of 5, the 70 left of 6, half of the 80 of 7. hat: 50 and 40. Of nine
    # purchases nobody knows the lines: 790 - 260 - 90. Carts are not told by line.
    assert ask("acme", SERVICES, ACME) == [
        (None, 9, Decimal("440.00"), 0, 0),
        ("shirt", 3, Decimal("260.00"), 0, 0),
        ("hat", 2, Decimal("90.00"), 0, 0),
    ]


def test_conversion_is_null_without_carts(ask: Ask) -> None:
    query = """select distinct cart_conversion_rate from reporting.service_sales
        where {days} and product_name = 'jardin' order by 1"""

    # Cart E on the 9th; 7 and 11 on days without a cart.
    assert ask("bolt", query, BOLT_TEN_DAYS) == [(0.0,), (None,)]


def test_payment_methods(ask: Ask) -> None:
    query = """select payment_method, sum(purchase_count), sum(net_revenue)
        from reporting.payment_methods where {days} group by 1 order by 1"""

    # 4 was a transfer, of 11 nobody knows; 340 - 40 - 40 thousand for the other 12.
    assert ask("bolt", query, BOLT) == [
        ("transferencia", 1, Decimal("40000.00")),
        ("unknown", 1, Decimal("40000.00")),
        ("webpay", 12, Decimal("260000.00")),
    ]
    assert ask("acme", query, ACME) == [("unknown", 12, Decimal("790.00"))]


def test_comunas_with_the_misspelt_as_a_row_of_their_own(ask: Ask) -> None:
    query = """select comuna_code, comuna_name, region_name,
            sum(order_count), sum(cancelled_order_count)
        from reporting.order_comunas where {days} group by 1, 2, 3 order by 1"""

    # 4 in Concepción; 14 is misspelt, 15 says nothing; 8 was cancelled.
    assert ask("bolt", query, BOLT) == [
        ("08101", "Concepción", "Biobío", 1, 0),
        ("13120", "Ñuñoa", "Metropolitana de Santiago", 14, 1),
        ("unknown", "Desconocida", None, 2, 0),
    ]
    assert ask("acme", query, ACME) == [("unknown", "Desconocida", None, 15, 1)]


def test_hours_are_those_of_the_clocks_in_santiago(ask: Ask) -> None:
    query = """select hour_of_day, sum(order_count) from reporting.order_hours
        where {days} group by 1 order by 1"""

    found = ask("bolt", query, BOLT)

    # 15 at midnight; after the change 11, 12 and 16, before it 1 to 4 and 6 to 9 at
    # 15:00 UTC; 19; and 5, 10, 14, 20 half an hour before midnight.
    expected = {0: 1, 11: 3, 12: 8, 19: 1, 23: 4}
    assert found == [(hour, expected.get(hour, 0)) for hour in range(24)]


def test_an_order_without_a_time_is_in_no_hour(ask: Ask) -> None:
    query = """select hour_of_day, order_count from reporting.order_hours
        where {days} and order_count > 0 order by 1"""

    assert ask("diary", query, BOLT) == [(12, 1), (None, 1)]


def test_channels_of_new_users(ask: Ask) -> None:
    query = """select channel_id, channel_label_es, sum(new_user_count)
        from reporting.acquisition_channels where {days} group by 1, 2 order by 1"""

    # u2; u1 and u5; u6 came from a fair; u3 and u4 do not say.
    assert ask("bolt", query, BOLT) == [
        ("organic_search", "Buscadores (orgánico)", 1),
        ("organic_social", "Redes sociales (orgánico)", 2),
        ("other", "Otros", 1),
        ("unknown", "Desconocido", 2),
    ]


def test_all_sixteen_regions_of_new_users(ask: Ask) -> None:
    query = """select region_code, region_name, sum(new_user_count)
        from reporting.registration_regions where {days} group by 1, 2 order by 1"""

    found = ask("bolt", query, BOLT)

    # u2 in Concepción; u1 in Ñuñoa, u3 where the comuna is misspelt and the region is
    # not; u4 to u6 say nothing.
    assert {code: count for code, _, count in found if count} == {
        "08": 1,
        "13": 2,
        "unknown": 3,
    }
    assert [code for code, _, _ in found] == [
        *(f"{code:02}" for code in range(1, 17)),
        "unknown",
    ]
    assert {code: name for code, name, _ in found}["16"] == "Ñuble"


def test_regions_stand_from_arica_to_magallanes(ask: Ask) -> None:
    query = """select region_code from reporting.registration_regions
        where {days} and north_rank is not null
        group by region_code, north_rank order by north_rank"""

    found = [code for (code,) in ask("bolt", query, BOLT)]

    # The capital lies between Valparaíso and O'Higgins.
    north, south = ["15", "01", "02", "03", "04"], ["08", "09", "14", "10", "11", "12"]
    assert found == [*north, "05", "13", "06", "07", "16", *south]


def test_users_without_a_date_are_counted_apart(ask: Ask) -> None:
    query = """select sum(new_user_count) from reporting.{} where
        calendar_date is null and %s < %s"""

    # u8.
    for view in ("acquisition_channels", "registration_regions"):
        assert ask("bolt", query.replace("{}", view), BOLT) == [(1,)]


@pytest.mark.parametrize("days", [BOLT, BOLT_TEN_DAYS])
@pytest.mark.parametrize(
    ("view", "count", "function"),
    [
        ("service_sales", "net_revenue", "get_engagement_kpis"),
        ("payment_methods", "net_revenue", "get_engagement_kpis"),
        ("payment_methods", "purchase_count", "get_engagement_kpis"),
        ("order_comunas", "order_count", "get_operations_kpis"),
        ("order_comunas", "cancelled_order_count", "get_operations_kpis"),
        ("order_hours", "order_count", "get_operations_kpis"),
        ("order_hours", "cancelled_order_count", "get_operations_kpis"),
        ("acquisition_channels", "new_user_count", "get_acquisition_kpis"),
        ("registration_regions", "new_user_count", "get_acquisition_kpis"),
    ],
)
def test_a_distribution_adds_up_to_the_number_above_it(
    ask: Ask, view: str, count: str, function: str, days: Days
) -> None:
    query = f"select sum({count}) from reporting.{view} where {{days}}"

    assert ask("bolt", query, days) == [(PAGES[function]["bolt", days][count],)]
