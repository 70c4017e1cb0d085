"""What the customers won on a day are worth, in `predictions.new_customer_values`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import psycopg

from ml_assets.assets.table_rows import read_frame

__all__ = ["refresh_new_customer_values"]

# Half a 90 % interval of a normal, in standard deviations.
_SPREAD = 1.6448536269514722


def refresh_new_customer_values(
    database: psycopg.Connection, company_id: str, as_of_date: dt.date
) -> pd.DataFrame:
    """Value of new customers by day, and how unsure it is.

    Replaces the company's rows of `predictions.new_customer_values`.

    Returns
    -------
    DataFrame
        `first_order_date`, `value_12m`, `shared_error` (standard deviation that the
        values of all days have together), `independent_variance` (of single customers).
    """
    values = {"company": company_id, "as_of": as_of_date, "spread": 2 * _SPREAD}
    error = _shared_error(database, values)
    database.execute(
        "delete from predictions.new_customer_values where company_id = %(company)s",
        values,
    )
    database.execute(_NEW_CUSTOMERS, {**values, "error": error})
    return read_frame(
        database,
        """select first_order_date, sum(value_12m) as value_12m,
            sum(shared_error order by channel_id) as shared_error,
            sum(independent_variance order by channel_id)
                as independent_variance
        from predictions.new_customer_values where company_id = %(company)s
        group by first_order_date order by first_order_date""",
        company_id,
    )


def _shared_error(database: psycopg.Connection, values: dict[str, Any]) -> float:
    """What is left of the total's spread when chance, customer by customer, is out."""
    row = database.execute(_TOTAL_SPREAD, values).fetchone()
    if row is None or not row[0]:
        return 0.0
    expected, spread, chance = map(float, row)
    return float(np.sqrt(max(0.0, spread**2 - chance)) / expected)


# Everybody's next 12 months together, their spread, and the part of it that is chance.
_TOTAL_SPREAD = """
    with current_fit as (
        select min(fit_id) as fit_id
        from predictions.predictions_customer where company_id = %(company)s
    ),

    chance as (
        select coalesce(sum(
            ((predicted_value_12m_upper - predicted_value_12m_lower) / %(spread)s) ^ 2
            order by customer_id
        ), 0) as variance
        from predictions.predictions_customer where company_id = %(company)s
    )

    select
        totals.expected_value,
        (totals.expected_value_upper - totals.expected_value_lower) / %(spread)s,
        chance.variance
    from predictions.forecast_totals as totals
    inner join current_fit on totals.fit_id = current_fit.fit_id
    cross join chance
    where totals.company_id = %(company)s and totals.horizon_days = 365
"""

# A customer's first 365 days: what they bought in those that are over, and the part of
# the predicted 12 months that falls into the others. Purchases are spread over the 12
# months as they are expected in 30, 90 and 365 days, evenly in between. Doubles are
# added up in one order: in another, as after a restart, their last digit is another.
_NEW_CUSTOMERS = """
    insert into predictions.new_customer_values
    with customers as (
        select
            customers.customer_id,
            customers.first_order_date,
            customers.first_channel_id,
            customers.first_order_revenue,
            customers.currency_code,
            greatest(0, 364 - (%(as_of)s::date - customers.first_order_date))
                as days_left
        from marts.customers as customers
        where customers.company_id = %(company)s
            and customers.first_order_date <= %(as_of)s
    ),

    observed as (
        select customers.customer_id, sum(orders.net_revenue) as value
        from customers
        inner join marts.orders as orders
            on orders.company_id = %(company)s
            and orders.customer_id = customers.customer_id
            and orders.is_purchase
            and orders.order_date between customers.first_order_date
            and least(customers.first_order_date + 364, %(as_of)s)
        group by customers.customer_id
    ),

    expected as (
        select
            customers.customer_id,
            predictions.predicted_value_12m as value,
            predictions.predicted_value_12m_upper
            - predictions.predicted_value_12m_lower as width,
            case
                when predictions.expected_orders_365d <= 0 then 0
                when customers.days_left <= 30
                    then predictions.expected_orders_30d * customers.days_left / 30.0
                when customers.days_left <= 90
                    then predictions.expected_orders_30d
                    + (predictions.expected_orders_90d
                       - predictions.expected_orders_30d)
                    * (customers.days_left - 30) / 60.0
                else predictions.expected_orders_90d
                    + (predictions.expected_orders_365d
                       - predictions.expected_orders_90d)
                    * (customers.days_left - 90) / 275.0
            end / greatest(predictions.expected_orders_365d, 1e-12) as share
        from customers
        inner join predictions.predictions_customer as predictions
            on predictions.company_id = %(company)s
            and predictions.customer_id = customers.customer_id
        where customers.days_left > 0
    )

    select
        %(company)s,
        customers.first_order_date,
        customers.first_channel_id,
        count(*),
        sum(customers.first_order_revenue),
        sum(coalesce(observed.value, 0)),
        sum(coalesce(expected.share * expected.value, 0)
            order by customers.customer_id),
        sum(coalesce(observed.value, 0) + coalesce(expected.share * expected.value, 0)
            order by customers.customer_id),
        sum(coalesce((expected.share * expected.width / %(spread)s) ^ 2, 0)
            order by customers.customer_id),
        sum(coalesce(expected.share * expected.value, 0)
            order by customers.customer_id) * %(error)s,
        min(customers.currency_code),
        %(as_of)s
    from customers
    left join observed on customers.customer_id = observed.customer_id
    left join expected on customers.customer_id = expected.customer_id
    group by customers.first_order_date, customers.first_channel_id
"""
