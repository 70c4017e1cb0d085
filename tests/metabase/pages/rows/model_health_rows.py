"""The views of `reporting` that say how good predictions are, filled by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import psycopg

__all__ = [
    "TABLES",
    "Backtest",
    "Forecast",
    "MixBacktest",
    "ModelHealth",
    "fill_health",
]

TABLES = """
create table reporting.model_backtests (
    company_id text, origin_date date, model text, expected_orders double precision,
    expected_orders_lower double precision, expected_orders_upper double precision,
    actual_orders double precision, is_orders_total_inside boolean,
    mae double precision, next_order_share double precision,
    next_order_mae double precision, next_order_coverage double precision,
    horizon_days integer default 90, brier double precision
);
create table reporting.model_backtest_deciles (
    company_id text, origin_date date, decile integer,
    predicted_share double precision, actual_share double precision
);
create table reporting.model_backtest_tracking (
    company_id text, origin_date date, days integer, expected_orders double precision,
    expected_orders_lower double precision, expected_orders_upper double precision,
    actual_orders double precision
);
create table reporting.model_backtest_channels (
    company_id text, origin_date date, channel_id text, channel_label_es text,
    customer_count integer, expected_value numeric, expected_value_lower numeric,
    expected_value_upper numeric, actual_value numeric, is_value_total_inside boolean,
    horizon_days integer default 365
);
create table reporting.model_gates (
    company_id text, gate text, gate_label_es text, outcome text, as_of_date date,
    message_es text
);
create table reporting.alerts (
    company_id text, severity_rank integer, severity_label_es text, state text,
    state_rank integer, state_label_es text, title_es text, advice_es text,
    since timestamptz, acknowledged_by text
);
create table reporting.forecast_grades (
    company_id text, as_of_date date, horizon_days integer, due_date date,
    expected_orders double precision, expected_orders_lower double precision,
    expected_orders_upper double precision, actual_orders double precision,
    is_orders_total_inside boolean, is_graded boolean, made_at timestamptz
);
create table reporting.media_mix_backtests (
    company_id text, outcome_unit text, origin_date date, expected double precision,
    expected_lower double precision, expected_upper double precision,
    actual double precision, is_inside boolean, mape double precision,
    naive_mape double precision, coverage double precision, sentence_es text
);
create table reporting.accuracy_totals (
    company_id text, subject_order integer, subject_label_es text,
    prediction_count integer, graded_count integer, inside_share double precision,
    promised_share numeric, median_error_share double precision, next_due_date date
);
create table reporting.recommendations (
    company_id text, trace_id text, as_of_date date, sentence_es text,
    state_label_es text, is_action boolean,
    followed_share double precision, promised double precision,
    promised_lower double precision, promised_upper double precision,
    outcome double precision, is_outcome_inside boolean, answer text,
    answer_note text, rule_id text, acted_on boolean
);
create table reporting.scenario_grades (
    company_id text, scenario_id text, scenario_name text, state text,
    start_date date, end_date date, projected_spend numeric, actual_spend numeric,
    projected_income double precision, actual_income numeric,
    income_error double precision, is_gain_inside boolean
);
"""


#: Of probabilities, by forecaster.
_BRIER = {"chosen": 0.1587, "naive": 0.2041}


@dataclass(frozen=True)
class Backtest:
    """A month end: orders expected, give or take 20, and those that came."""

    origin: date
    expected: float
    actual: float
    mae: float
    naive_mae: float


@dataclass(frozen=True)
class MixBacktest:
    """Thirteen weeks after a day: what the mix would have told, and what came."""

    origin: date
    expected: float
    actual: float
    mape: float


@dataclass(frozen=True)
class Forecast:
    """What was published on a day, give or take 20; None came before it is due."""

    as_of: date
    days: int
    expected: float
    actual: float | None = None


@dataclass(frozen=True)
class ModelHealth:
    """How good one company's predictions are; gates are label and outcome."""

    backtests: tuple[Backtest, ...] = ()
    gates: tuple[tuple[str, str], ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    mix_backtests: tuple[MixBacktest, ...] = ()


def fill_health(
    connection: psycopg.Connection, company_id: str, health: ModelHealth
) -> None:
    """Insert one company's rows.

    The groups of a backtest buy as said in the first half, less in the second; a
    third of the orders comes every 30 days.
    """
    for test in health.backtests:
        _add_backtest(connection, company_id, test)
    for label, outcome in health.gates:
        connection.execute(
            """insert into reporting.model_gates
            values (%s, %s, %s, %s, '1997-09-30', 'Faltan 1.234,5.')""",
            (company_id, label, label, outcome),
        )
    for mix in health.mix_backtests:
        for unit, share in (("revenue", 1), ("orders", 0.01)):
            connection.execute(
                """insert into reporting.media_mix_backtests
                values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0.2, 0.846, %s)""",
                (
                    *(company_id, unit, mix.origin),
                    *(share * mix.expected * end for end in (1, 0.9, 1.1)),
                    share * mix.actual,
                    0.9 <= mix.actual / mix.expected <= 1.1,
                    mix.mape,
                    f"{mix.expected / 1000:.0f}k",
                ),
            )
    for forecast in health.forecasts:
        _add_forecast(connection, company_id, forecast)


def _add_backtest(
    connection: psycopg.Connection, company_id: str, test: Backtest
) -> None:
    key = (company_id, test.origin)
    between = (test.expected, test.expected - 20, test.expected + 20)
    is_inside = abs(test.expected - test.actual) <= 20
    for row in (
        ("chosen", *between, test.actual, is_inside, test.mae, 0.4, 21.5, 0.79),
        ("bg_nbd", None, None, None, test.actual, None, 99, None, None, None),
        ("naive", None, None, None, test.actual, None, test.naive_mae, None, 26, None),
    ):
        connection.execute(
            "insert into reporting.model_backtests"
            " values (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,90,%s)",
            (*key, *row, _BRIER.get(row[0])),
        )
    for decile in range(1, 11):
        share = decile / 10
        connection.execute(
            "insert into reporting.model_backtest_deciles values (%s,%s,%s,%s,%s)",
            (*key, decile, share, share if decile < 6 else share - 0.05),
        )
    connection.execute(
        "insert into reporting.model_backtest_channels"
        " values (%s,%s,'meta_ads','Meta Ads',%s,%s,%s,%s,%s,%s)",
        (*key, 12, *(20 * one for one in (*between, test.actual)), is_inside),
    )
    for days in (30, 60, 90):
        so_far = [one * days / 90 for one in (*between, test.actual)]
        connection.execute(
            "insert into reporting.model_backtest_tracking"
            " values (%s,%s,%s,%s,%s,%s,%s)",
            (*key, days, *so_far),
        )


def _add_forecast(
    connection: psycopg.Connection, company_id: str, forecast: Forecast
) -> None:
    came = forecast.actual
    is_inside = None if came is None else abs(forecast.expected - came) <= 20
    connection.execute(
        "insert into reporting.forecast_grades values (%s,%s,%s,%s,%s,%s,%s,%s,%s,"
        "%s,%s)",
        (
            company_id,
            forecast.as_of,
            forecast.days,
            forecast.as_of + timedelta(days=forecast.days),
            forecast.expected,
            forecast.expected - 20,
            forecast.expected + 20,
            came,
            is_inside,
            came is not None,
            forecast.as_of,
        ),
    )
