"""Segments by value and risk mean the same in euros and in pesos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-03-31"
# Last purchase and amount, in hundreds of the currency's small change. Without 60 days
# since the last purchase (up to 29 January) nobody is at risk.
PURCHASES = {
    "A": ("2025-06-01", 500),
    "B": ("2025-06-01", 10),
    "C": ("2026-03-20", 20),
    "D": ("2026-03-20", 30),
    "E": ("2026-03-30", 40),
    "F": ("2026-03-30", 25),
    "G": ("2025-06-01", 15),
}
# P(alive), P(no purchase in 90 days), orders in 90 days, worth if still buying. All are
# expected to bring 10. G got the company's average, F nothing.
PREDICTIONS = {
    "A": (0.2, 0.90, 0.1, 50),
    "B": (0.2, 0.75, 0.1, 5),
    "C": (0.9, 0.20, 1.5, 133),
    "D": (0.7, 0.50, 0.6, 1600),
    "E": (1.0, 0.90, 0.1, 16),
    "G": (None, 0.90, 0.1, None),
}
INSERT = """
    insert into predictions.predictions_customer (company_id, customer_id, as_of_date,
        fit_id, model_version, frequency, recency_days, age_days, order_count,
        historic_value, currency_code, probability_alive, probability_no_purchase_90d,
        expected_orders_30d, expected_orders_90d, expected_orders_365d,
        expected_order_value, predicted_value_12m, value_if_active_12m,
        data_through_date, fitted_at)
    values (%(company)s, %(customer)s, '2026-03-31', 'fit', '1', 0, 0, 0, 1, 0, 'EUR',
        %(alive)s, %(nothing)s, 0, %(in_90)s, 0, 0, 10, %(if_active)s, '2026-03-30',
        '2026-03-31 02:00+00')
"""
# Historic value and P(no purchase in 90 days) as they were predicted a month earlier.
# The top fifth of eleven are three: A, E, and F, who was at risk then.
EARLIER = {
    "A": (500, 0.3),
    "F": (450, 0.9),
    "E": (400, 0.3),
    "D": (30, 0.3),
    "C": (20, 0.3),
    "G": (15, 0.3),
    "B": (10, 0.3),
    # Forgotten since.
    **{f"gone {n}": (1, 0.3) for n in range(4)},
}
FIT = """
    insert into predictions.model_fits values (%(company)s, %(fit)s, %(as_of)s::date,
        %(as_of)s::date, 'bg_nbd', %(version)s, 'published', null, '', 11, 0, 0, '{}',
        %(as_of)s::date)
"""
# All bought 100 days before the earlier date.
HISTORY = """
    insert into predictions.predictions_customer_history values (%(company)s,
        %(customer)s, '2026-02-28', 'earlier', '1', 0, 0, 100, 1, %(value)s, 'EUR', 1,
        %(nothing)s, 0, 0, 0, 10, 10, '2026-02-28', '2026-02-28')
"""
# What a euro is in pesos, here.
PESOS = 1000


def predict(warehouse: Warehouse, company: str, factor: int) -> None:
    names = ("alive", "nothing", "in_90", "if_active")
    for customer, told in PREDICTIONS.items():
        values: dict[str, Any] = dict(zip(names, told, strict=True))
        if values["if_active"] is not None:
            values["if_active"] *= factor
        warehouse.execute(INSERT, {**values, "company": company, "customer": customer})


def remember(warehouse: Warehouse, company: str, factor: int) -> None:
    """Earlier predictions; the nearer ones are too near, or of another model."""
    for fit, as_of, version in (
        ("long ago", "2026-01-15", "1"),
        ("earlier", "2026-02-28", "1"),
        ("another model", "2026-03-01", "0"),
        ("near", "2026-03-20", "1"),
    ):
        told = {"company": company, "fit": fit, "as_of": as_of, "version": version}
        warehouse.execute(FIT, told)
    for customer, (value, nothing) in EARLIER.items():
        row = {"customer": customer, "value": value * factor, "nothing": nothing}
        warehouse.execute(HISTORY, {**row, "company": company})


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """The same customers in both companies; bolt's amounts are in pesos."""
    pair = warehouse.add_pair()
    for company, currency, factor in ((pair.acme, "EUR", 1), (pair.bolt, "CLP", PESOS)):
        lines = [
            purchase(
                customer, f"{day} 15:00+00", amount * factor, currency_code=currency
            )
            for customer, (day, amount) in PURCHASES.items()
        ]
        warehouse.load(company, RawFile("log.csv", lines))
        predict(warehouse, company, factor)
        remember(warehouse, company, factor)
    as_of: Mapping[str, str] = dict.fromkeys((pair.acme, pair.bolt), AS_OF)
    warehouse.build(pair.acme, pair.bolt, as_of=as_of)
    return pair


def test_a_customer_is_in_the_first_segment_whose_conditions_hold(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select customer_id, segment_id from reporting.customer_value_segments
        where company_id = %s
    """

    def segments(company: str) -> dict[str, str]:
        rows = warehouse.rows(query, [company])
        return {row["customer_id"]: row["segment_id"] for row in rows}

    assert segments(companies.acme) == {
        # Gone, and the best customer there was.
        "A": "vip_at_risk",
        "B": "lost",
        "C": "loyal",
        "D": "potential_whale",
        # Buys rarely, but bought yesterday: not at risk. F and G have no prediction of
        # their own.
        "E": "standard",
    }
    assert segments(companies.bolt) == segments(companies.acme)


def test_what_is_at_risk_is_what_would_be_lost(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select segment_label_es, customer_count, historic_value, value_at_risk,
            probability_no_purchase_90d
        from reporting.customer_value_segment_totals
        where company_id = %s and segment_id in ('vip_at_risk', 'lost')
        order by segment_id
    """

    found = [tuple(r.values()) for r in warehouse.rows(query, [companies.acme])]

    # A would be worth 50 and is expected to bring 10; B is not critical.
    assert found == [
        ("CLIENTE PERDIDO", 1, 10, 0, 0.75),
        ("ALTO RIESGO - VIP", 1, 500, 40, 0.9),
    ]


def test_risk_is_high_medium_or_low(warehouse: Warehouse, companies: Pair) -> None:
    query = """
        select customer_id, risk_band from reporting.customer_value_segments
        where company_id = %s order by customer_id
    """

    found = [tuple(r.values()) for r in warehouse.rows(query, [companies.acme])]

    # C, D and E bought this month.
    bands = ("high", "medium", "low", "low", "low")
    assert found == list(zip("ABCDE", bands, strict=True))


def test_who_is_worth_the_same_either_way_loses_nothing(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select value_if_active_12m, is_critical from reporting.customer_value_segments
        where company_id = %s and customer_id = 'A'
    """
    # As in a prediction made before the column was.
    set_worth = """
        update predictions.predictions_customer set value_if_active_12m = %s
        where company_id = %s and customer_id = 'A'
    """
    warehouse.execute(set_worth, [None, companies.acme])

    (found,) = warehouse.rows(query, [companies.acme])

    warehouse.execute(set_worth, [50, companies.acme])
    assert tuple(found.values()) == (10, True)


def test_the_company_s_own_threshold_says_who_is_at_risk(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select count(*) as number from reporting.customer_value_segments
        where company_id = %s and is_at_risk
    """
    set_threshold = (
        "update ops.companies set at_risk_threshold = %s where company_id = %s"
    )
    as_of = {companies.acme: AS_OF}
    (before,) = warehouse.rows(query, [companies.acme])

    warehouse.execute(set_threshold, [0.8, companies.acme])
    warehouse.build(companies.acme, as_of=as_of)

    (after,) = warehouse.rows(query, [companies.acme])
    assert (before["number"], after["number"]) == (2, 1)
    warehouse.execute(set_threshold, [0.7, companies.acme])
    warehouse.build(companies.acme, as_of=as_of)


def test_the_contract_views_hang_together(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select clientes.external_id, clientes.segmento_ia, ventas.monto_total,
            ventas.canal_origen, insights_core.compras_esperadas_90d,
            predictions_customer.expected_purchases_90d
        from reporting.clientes
        inner join reporting.ventas
            on clientes.company_id = ventas.company_id
            and clientes.id = ventas.cliente_id
        left join reporting.insights_core
            on clientes.company_id = insights_core.company_id
            and clientes.id = insights_core.cliente_id
        left join reporting.predictions_customer
            on clientes.company_id = predictions_customer.company_id
            and clientes.id = predictions_customer.customer_id
        where clientes.company_id = %s and clientes.external_id in ('C', 'F')
        order by 1
    """

    found = [tuple(r.values()) for r in warehouse.rows(query, [companies.bolt])]

    assert found == [
        ("C", "CLIENTE LEAL", 20 * PESOS, "Desconocido", 1.5, 1.5),
        ("F", None, 25 * PESOS, "Desconocido", None, None),
    ]
    ids = "select count(distinct id) as ids, count(*) as rows from reporting.clientes"
    (counted,) = warehouse.rows(ids)
    assert counted["ids"] == counted["rows"]


def test_a_vip_is_lost_who_was_safe_four_weeks_ago_and_is_at_risk_now(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select compared_date::text, vip_customer_count, vip_lost_count, vip_churn_rate
        from reporting.vip_churn where company_id = %s
    """

    for company in (companies.acme, companies.bolt):
        (found,) = warehouse.rows(query, [company])
        # A and E were VIP and safe. A is at risk now.
        assert tuple(found.values()) == ("2026-02-28", 2, 1, 0.5)
