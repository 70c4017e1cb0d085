"""Values of the customers won on a day, whatever order their rows lie in."""

import datetime as dt
import random

import psycopg

from ml_assets.assets.new_customer_values import refresh_new_customer_values
from ml_assets.assets.table_rows import append

_AS_OF = dt.date(2026, 6, 30)
_TABLES = """
    create table marts.customers (
        company_id text, customer_id text, first_order_date date,
        first_channel_id text, first_order_revenue numeric, currency_code text
    );
    create table marts.orders (
        company_id text, customer_id text, order_date date, net_revenue numeric,
        is_purchase boolean
    );
"""
_SUMS = """
    select customer_count, value_12m, independent_variance, shared_error
    from predictions.new_customer_values where company_id = 'acme'
"""


def _prediction(number: int) -> dict[str, object]:
    share = 1 / (number + 3)
    return {
        "company_id": "acme",
        "customer_id": f"c{number}",
        "as_of_date": _AS_OF,
        "fit_id": "fit",
        "model_version": "2",
        "status": "fitted",
        **dict.fromkeys(("frequency", "recency_days", "age_days"), 0),
        "order_count": 1,
        "historic_value": 10,
        "currency_code": "EUR",
        "probability_no_purchase_90d": share,
        "expected_orders_30d": share,
        "expected_orders_90d": 2 * share,
        "expected_orders_365d": 3 * share,
        "expected_order_value": 10,
        "predicted_value_12m": round(30 * share, 2),
        "predicted_value_12m_lower": 0,
        "predicted_value_12m_upper": round(90 * share, 2),
        "data_through_date": _AS_OF,
        "fitted_at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
        "reason_codes": "{}",
    }


def test_sums_of_doubles_are_the_same_in_whatever_order_rows_lie(
    database_url: str,
) -> None:
    people = [f"c{number}" for number in range(200)]
    predictions = [_prediction(number) for number in range(200)]
    found = []
    with psycopg.connect(database_url) as database:
        database.execute(_TABLES)
        for chance in (random.Random(seed) for seed in range(4)):
            chance.shuffle(people)
            chance.shuffle(predictions)
            database.execute(
                "truncate marts.customers, predictions.predictions_customer"
            )
            with database.cursor() as cursor:
                cursor.executemany(
                    """insert into marts.customers
                    values ('acme', %s, '2026-03-01', 'meta', 10, 'EUR')""",
                    [(each,) for each in people],
                )
            append(database, "predictions_customer", predictions)
            refresh_new_customer_values(database, "acme", _AS_OF)
            found.append(database.execute(_SUMS).fetchall())

    assert found[0][0][0] == 200
    assert all(each == found[0] for each in found)
