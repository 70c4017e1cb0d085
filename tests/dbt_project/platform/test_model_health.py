"""How good the predictions are is told of the model in force, company by company."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ml_assets.clv.reasons import REASON_CODES
from ml_assets.clv.valuation import GATES
from ml_assets.media_plan.gates import GATES as MEDIA_GATES
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.core.yaml_files import parsed
from tests.dbt_project.warehouse import Pair, Warehouse

FIT = """
    insert into predictions.model_fits values (%(company)s, %(fit)s, %(as_of)s,
    %(as_of)s, 'mbg_nbd+gamma_gamma', '2', %(status)s, null, '', 3, 1, 0, '{}',
    %(fitted_at)s)
"""
PREDICTION = """
    insert into predictions.predictions_customer values (%s, '7', '2026-01-31', %s, '2',
    0, 0, 0, 1, 10, 'EUR', 1, 0.5, 1, 1, 1, 10, 10, '2026-01-05', now())
"""
GATE = """
    insert into predictions.gate_results
    values (%s, %s, %s, %s, 0.3, 0.2, 'Look at what was loaded.')
"""
CANDIDATE = """
    insert into predictions.model_candidates
    values (%s, %s, %s, %s, false, -10, %s, 0.5, null)
"""
BACKTEST = """
    insert into predictions.backtests (company_id, model_version, origin_date,
        horizon_days, model, data_hash, chosen_model, customer_count, expected_orders,
        expected_orders_lower, expected_orders_upper, actual_orders, expected_value,
        expected_value_lower, expected_value_upper, actual_value, currency_code, rmse,
        computed_at)
    values (%(company)s, %(version)s, '2025-09-30', 90, %(model)s, '', 'mbg_nbd', 50,
        %(orders)s, %(orders)s::float8 - 20, %(orders)s::float8 + 20, 120, %(value)s,
        %(value)s::numeric - 100, %(value)s::numeric + 100, 1000, 'EUR', %(rmse)s,
        %(computed_at)s)
"""
DECILE = """
    insert into predictions.backtest_deciles
    values (%s, %s, '2025-09-30', 10, 5, 0.75, 0.6)
"""
TRACKING = """
    insert into predictions.backtest_tracking
    values (%s, %s, '2025-09-30', 15, 20, 14, 27, %s)
"""
CHANNEL = """
    insert into predictions.backtest_channels
    values (%s, %s, '2025-09-30', 90, 'meta_ads', 5, 4, 2, 7, 100, 60, 160, 3, %s,
        'EUR')
"""
FORECAST = """
    insert into predictions.forecast_totals
    values (%(company)s, 'fit', %(days)s, '2026-01-31', '2026-01-31'::date + %(days)s,
        '2', 'fitted', 50, %(orders)s, %(orders)s - 20, %(orders)s + 20, %(value)s,
        %(value)s - 50, %(value)s + 50, 'EUR', now())
"""
GRADE = """
    insert into predictions.forecast_grades (company_id, fit_id, horizon_days,
        as_of_date, due_date, customer_count, actual_orders, actual_value,
        is_orders_total_inside, is_value_total_inside, graded_at)
    values (%(company)s, 'fit', %(days)s, '2026-01-31', '2026-01-31'::date + %(days)s,
        50, %(came)s, %(came_value)s, %(inside)s, %(value_inside)s, now())
"""


def tuples(
    warehouse: Warehouse, query: str, company_id: str
) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.rows(query, [company_id])]


def fit(
    warehouse: Warehouse, company: str, name: str, fitted_on: str, **told: Any
) -> None:
    values = {
        "company": company,
        "fit": name,
        "as_of": fitted_on,
        "status": "published",
        "fitted_at": f"{fitted_on} 03:00+00",
    }
    warehouse.execute(FIT, {**values, **told})


def test_the_candidates_are_those_of_the_predictions_in_force(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, chosen in ((pair.acme, "mbg_nbd"), (pair.bolt, "bg_nbd")):
        fit(warehouse, company, "before", "2025-12-31")
        fit(warehouse, company, "fit", "2026-01-31")
        warehouse.execute(PREDICTION, [company, "fit"])
        warehouse.execute(CANDIDATE, [company, "before", "pareto_nbd", True, 1])
        for model in ("bg_nbd", "mbg_nbd"):
            is_chosen = model == chosen
            ratio = 1.0 if is_chosen else 1.25
            warehouse.execute(CANDIDATE, [company, "fit", model, is_chosen, ratio])

    query = """
        select model, is_orders_model, mae_ratio, as_of_date
        from reporting.model_candidates where company_id = %s order by model
    """

    day = dt.date(2026, 1, 31)
    assert tuples(warehouse, query, pair.acme) == [
        ("bg_nbd", False, 1.25, day),
        ("mbg_nbd", True, 1.0, day),
    ]
    assert tuples(warehouse, query, pair.bolt) == [
        ("bg_nbd", True, 1.0, day),
        ("mbg_nbd", False, 1.25, day),
    ]


def test_a_candidate_speaks_the_readers_language_where_it_can(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, reason in ((pair.acme, "No se pudo ajustar."), (pair.bolt, None)):
        fit(warehouse, company, "fit", "2026-01-31")
        warehouse.execute(PREDICTION, [company, "fit"])
        warehouse.execute(CANDIDATE, [company, "fit", "bg_nbd", True, 1])
        warehouse.execute(
            """update predictions.model_candidates
            set reason = 'No fit.', reason_es = %s where company_id = %s""",
            [reason, company],
        )

    query = (
        "select reason_es, reason from reporting.model_candidates where company_id = %s"
    )

    assert tuples(warehouse, query, pair.acme) == [("No se pudo ajustar.", "No fit.")]
    assert tuples(warehouse, query, pair.bolt) == [("No fit.", "No fit.")]


def test_a_gate_speaks_the_readers_language_where_it_can(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, message in ((pair.acme, "Mire lo que se cargó."), (pair.bolt, None)):
        fit(warehouse, company, "fit", "2026-01-31")
        warehouse.execute(GATE, [company, "fit", "same_past", "warned"])
        warehouse.execute(
            """update predictions.gate_results set message_es = %s
            where company_id = %s""",
            [message, company],
        )

    query = (
        "select message_es, message_en from reporting.model_gates where company_id = %s"
    )

    english = "Look at what was loaded."
    assert tuples(warehouse, query, pair.acme) == [("Mire lo que se cargó.", english)]
    assert tuples(warehouse, query, pair.bolt) == [(english, english)]


def test_the_gates_are_those_of_the_newest_fit(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company in (pair.acme, pair.bolt):
        fit(warehouse, company, "fit", "2026-01-31")
        warehouse.execute(PREDICTION, [company, "fit"])
        warehouse.execute(GATE, [company, "fit", "recent_orders", "passed"])
    fit(warehouse, pair.acme, "bad", "2026-02-01", status="blocked")
    warehouse.execute(GATE, [pair.acme, "bad", "recent_orders", "passed"])
    warehouse.execute(GATE, [pair.acme, "bad", "same_past", "blocked"])

    query = """
        select fit_id, gate, outcome, observed, threshold, status, is_current
        from reporting.model_gates where company_id = %s order by gate
    """

    assert tuples(warehouse, query, pair.acme) == [
        ("bad", "recent_orders", "passed", 0.3, 0.2, "blocked", False),
        ("bad", "same_past", "blocked", 0.3, 0.2, "blocked", False),
    ]
    assert tuples(warehouse, query, pair.bolt) == [
        ("fit", "recent_orders", "passed", 0.3, 0.2, "published", True)
    ]


@pytest.fixture
def backtested(warehouse: Warehouse, pair: Pair) -> Pair:
    """Acme was tested by two versions, the newer one first by alphabet; bolt by one.

    120 orders worth 1000 came in the 90 days after the month end.
    """
    for company, version, orders, value in (
        (pair.acme, "9.0", 300, 5000),
        (pair.acme, "10.0", 130, 1200),
        (pair.bolt, "9.0", 90, 950),
    ):
        values = {"company": company, "version": version, "rmse": 0.8}
        values["computed_at"] = f"2026-01-0{2 if version == '10.0' else 1} 02:00+00"
        chosen = {"model": "chosen", "orders": orders, "value": value}
        naive = {"model": "naive", "orders": None, "value": None, "rmse": 1.0}
        warehouse.execute(BACKTEST, {**values, **chosen})
        warehouse.execute(BACKTEST, {**values, **naive})
        warehouse.execute(DECILE, [company, version])
        warehouse.execute(TRACKING, [company, version, orders / 10])
        came = 150 if company == pair.acme else 170
        warehouse.execute(CHANNEL, [company, version, came])
    return pair


def test_backtests_are_those_of_the_version_computed_last(
    warehouse: Warehouse, backtested: Pair
) -> None:
    query = """
        select model_version, model, expected_orders, actual_orders,
            is_orders_total_inside, is_value_total_inside, rmse
        from reporting.model_backtests where company_id = %s order by model
    """

    # 110 to 150 holds 120 orders, 1100 to 1300 not their worth of 1000.
    assert tuples(warehouse, query, backtested.acme) == [
        ("10.0", "chosen", 130, 120, True, False, 0.8),
        ("10.0", "naive", None, 120, None, None, 1.0),
    ]
    # 70 to 110 holds not the orders, 850 to 1050 their worth.
    assert tuples(warehouse, query, backtested.bolt) == [
        ("9.0", "chosen", 90, 120, False, True, 0.8),
        ("9.0", "naive", None, 120, None, None, 1.0),
    ]


def test_deciles_and_tracking_are_of_the_same_backtests(
    warehouse: Warehouse, backtested: Pair
) -> None:
    deciles = """
        select model_version, origin_date, decile, horizon_days, customer_count,
            predicted_share, actual_share
        from reporting.model_backtest_deciles where company_id = %s
    """
    tracking = """
        select model_version, days, horizon_days, through_date, expected_orders,
            expected_orders_lower, expected_orders_upper, actual_orders
        from reporting.model_backtest_tracking where company_id = %s
    """

    assert tuples(warehouse, deciles, backtested.acme) == [
        ("10.0", dt.date(2025, 9, 30), 10, 90, 5, 0.75, 0.6)
    ]
    assert tuples(warehouse, tracking, backtested.acme) == [
        ("10.0", 15, 90, dt.date(2025, 10, 15), 20, 14, 27, 13)
    ]
    assert tuples(warehouse, tracking, backtested.bolt) == [
        ("9.0", 15, 90, dt.date(2025, 10, 15), 20, 14, 27, 9)
    ]


def test_values_of_channels_are_of_the_same_backtests(
    warehouse: Warehouse, backtested: Pair
) -> None:
    query = """
        select model_version, channel_label_es, customer_count, expected_value,
            actual_value, is_value_total_inside
        from reporting.model_backtest_channels where company_id = %s
    """

    # 60 to 160 holds 150, not 170.
    assert tuples(warehouse, query, backtested.acme) == [
        ("10.0", "Meta Ads", 5, 100, 150, True)
    ]
    assert tuples(warehouse, query, backtested.bolt) == [
        ("9.0", "Meta Ads", 5, 100, 170, False)
    ]


def test_a_forecast_stands_beside_what_came_of_it(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company in (pair.acme, pair.bolt):
        for days, orders, value in ((30, 40, 300), (90, 110, 900), (365, 400, 3600)):
            values = {"company": company, "days": days}
            told = {"orders": orders, "value": value}
            warehouse.execute(FORECAST, {**values, **told})
    nothing = {"days": 30, "came": 0, "came_value": 0}
    something = {"days": 90, "came": 100, "came_value": 1000}
    for came in (nothing, something):
        inside = {"inside": came["days"] == 90, "value_inside": False}
        warehouse.execute(GRADE, {"company": pair.acme, **came, **inside})

    query = """
        select horizon_days, due_date, expected_orders, actual_orders,
            orders_error_share, is_orders_total_inside, actual_value,
            value_error_share, is_value_total_inside, is_graded
        from reporting.forecast_grades where company_id = %s order by horizon_days
    """

    forecasts = tuples(warehouse, query, pair.acme)
    due = [dt.date(2026, 3, 2), dt.date(2026, 5, 1), dt.date(2027, 1, 31)]
    tenth = pytest.approx(0.1)
    assert forecasts == [
        # What is expected where nothing came is no share of it.
        (30, due[0], 40, 0, None, False, 0, None, False, True),
        # 110 / 100 - 1 and 900 / 1000 - 1.
        (90, due[1], 110, 100, tenth, True, 1000, pytest.approx(-0.1), False, True),
        (365, due[2], 400, None, None, None, None, None, None, False),
    ]
    graded = "select is_graded from reporting.forecast_grades where company_id = %s"
    assert tuples(warehouse, graded, pair.bolt) == [(False,)] * 3


def test_every_reason_of_a_prediction_has_words(warehouse: Warehouse) -> None:
    seed = warehouse.rows("select * from staging.customer_value_reasons")

    assert sorted(row["code"] for row in seed) == sorted(REASON_CODES)
    # Reasons are joined by semicolons.
    assert not [row for row in seed if ";" in row["label_es"] + row["label_en"]]


def test_every_gate_has_words(warehouse: Warehouse) -> None:
    seed = warehouse.rows("select * from staging.gate_labels")

    assert sorted(row["gate"] for row in seed) == sorted([*GATES, *MEDIA_GATES])


def test_a_gate_without_words_is_shown_by_its_name(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, gate in ((pair.acme, "recent_orders"), (pair.bolt, "brand_new")):
        fit(warehouse, company, "fit", "2026-01-31")
        warehouse.execute(GATE, [company, "fit", gate, "passed"])

    query = """
        select gate_label_es, gate_label_en
        from reporting.model_gates where company_id = %s
    """

    assert tuples(warehouse, query, pair.acme) == [
        ("El último pedido es reciente", "The last order is recent")
    ]
    assert tuples(warehouse, query, pair.bolt) == [("brand_new", "brand_new")]


def test_every_gate_that_may_block_has_words() -> None:
    folder = PROJECT_ROOT / "dbt_project" / "models" / "reporting"
    (file,) = folder.rglob("customer_value_totals.yml")
    told = parsed(file)
    (column,) = [
        one for one in told["models"][0]["columns"] if one["name"] == "stale_reason"
    ]
    accepted = column["data_tests"][0]["accepted_values"]["arguments"]["values"]
    labels = PROJECT_ROOT / "metabase" / "labels" / "es.yml"

    states = {"no_purchases", "no_predictions", "older_predictions"}
    assert set(accepted) == states | set(GATES)
    assert set(parsed(labels)["stale"]) == states | set(GATES)
