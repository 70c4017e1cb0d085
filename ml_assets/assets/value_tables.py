"""What the customers that channels won are worth, read for plans by value."""

import datetime as dt

import pandas as pd
import psycopg

from ml_assets.media_plan.value_ratios import ValueRatios, value_ratios

__all__ = ["read_value_ratios"]

# As the pages count them (reporting.channel_efficiency).
_DAYS = 365


def read_value_ratios(
    database: psycopg.Connection,
    company_id: str,
    as_of_date: dt.date,
    channels: tuple[str, ...],
) -> ValueRatios:
    """The ratios of the customers won in the 365 days up to the as-of date."""
    values = {
        "company": company_id,
        "as_of": as_of_date,
        "since": as_of_date - dt.timedelta(days=_DAYS - 1),
    }
    cursor = database.execute(_WON, values)
    names = [column.name for column in cursor.description or ()]
    won = pd.DataFrame(cursor.fetchall(), columns=names)
    row = database.execute(_PREDICTED, values).fetchone()
    share = float(row[0]) if row and row[0] is not None else 0.0
    return value_ratios(won, channels, share)


_WON = """
    select channel_id, customer_count, first_order_revenue, observed_value, value_12m,
        independent_variance, shared_error
    from predictions.new_customer_values
    where company_id = %(company)s
        and first_order_date between %(since)s and %(as_of)s
    order by first_order_date, channel_id
"""

# Nobody's next purchases are known of a company whose value model was never published,
# and of those won since it last was.
_PREDICTED = """
    select count(predictions.customer_id)::double precision / nullif(count(*), 0)
    from marts.customers as customers
    left join predictions.predictions_customer as predictions
        on predictions.company_id = customers.company_id
        and predictions.customer_id = customers.customer_id
    where customers.company_id = %(company)s
        and customers.first_order_date between %(since)s and %(as_of)s
"""
