"""Customers that channels won, out of marts and predictions."""

from __future__ import annotations

import pandas as pd
import psycopg

from ml_assets.assets.table_rows import read_frame

__all__ = ["read_channels", "read_days", "read_months"]


def read_channels(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Spend and customers of each channel in 365 days, for `sum_values`.

    The days end with the as-of date of the values, those of spend, too. `spend_told`
    and `value_per_customer` are those that pages tell, to the cent. What a channel won
    is null, not 0, where no customer's order says which channel it came by.
    """
    return read_frame(database, _CHANNELS, company_id)


def read_days(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The same customers by channel and day, for `compare_channels`."""
    return read_frame(database, _DAYS, company_id)


def read_months(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The customers of each channel and month of their first order."""
    return read_frame(database, _MONTHS, company_id)


_CHANNELS = """
    with reached as (
        select max(as_of_date) as as_of_date from predictions.new_customer_values
        where company_id = %(company)s
    ),

    spent as (
        select
            days.channel_id,
            reached.as_of_date,
            sum(days.spend) as spend,
            sum(days.reported_revenue) as reported_revenue
        from marts.channel_days as days
        inner join reached
            on days.calendar_date > reached.as_of_date - 365
            and days.calendar_date <= reached.as_of_date
        where days.company_id = %(company)s
        group by days.channel_id, reached.as_of_date
    ),

    won as (
        select
            days.channel_id,
            sum(days.customer_count) as customer_count,
            sum(days.observed_value) as observed_value,
            sum(days.value_12m) as value_12m,
            -- Doubles: in another order their last digit is another.
            sum(days.independent_variance order by days.first_order_date)
                as independent_variance,
            sum(days.shared_error order by days.first_order_date) as shared_error
        from predictions.new_customer_values as days
        inner join reached on days.first_order_date > reached.as_of_date - 365
        where days.company_id = %(company)s
        group by days.channel_id
    ),

    -- Orders that never say where they came from are no proof against anybody.
    told as (
        select
            case
                when coalesce(bool_or(channel_id <> 'unknown'), true) then 0
            end as nobody
        from won
        where customer_count > 0
    )

    select
        spent.channel_id,
        spent.as_of_date,
        spent.spend,
        spent.spend::numeric(18, 2)::double precision as spend_told,
        (won.value_12m / nullif(won.customer_count, 0))::numeric(18, 2)
        ::double precision as value_per_customer,
        spent.reported_revenue,
        coalesce(won.customer_count, told.nobody) as customer_count,
        coalesce(won.observed_value, told.nobody) as observed_value,
        coalesce(won.value_12m, told.nobody) as value_12m,
        coalesce(won.independent_variance, told.nobody) as independent_variance,
        coalesce(won.shared_error, told.nobody) as shared_error
    from spent
    cross join told
    left join won on spent.channel_id = won.channel_id
    order by spent.channel_id
"""

_DAYS = """
    select
        channel_id,
        customer_count,
        value_12m::double precision as value_12m,
        independent_variance,
        shared_error
    from predictions.new_customer_values
    where company_id = %(company)s
        and first_order_date > (
            select max(as_of_date) - 365 from predictions.new_customer_values
            where company_id = %(company)s
        )
    order by channel_id, first_order_date
"""

_MONTHS = """
    select
        date_trunc('month', first_order_date)::date as month_start_date,
        channel_id,
        max(as_of_date) as as_of_date,
        sum(customer_count) as customer_count,
        sum(observed_value) as observed_value,
        sum(value_12m) as value_12m,
        sum(independent_variance order by first_order_date) as independent_variance,
        sum(shared_error order by first_order_date) as shared_error
    from predictions.new_customer_values
    where company_id = %(company)s
    group by 1, 2
    order by 1, 2
"""
