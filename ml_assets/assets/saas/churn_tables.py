"""First purchases and who came back, out of the marts."""

from __future__ import annotations

import pandas as pd
import psycopg

from ml_assets.assets.table_rows import read_frame

__all__ = ["read_first_purchases"]


def read_first_purchases(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """One row with the counts of the company, for `compare_churn`; none of nobody.

    Counted are those for whom inactivity_days since the first order were over in the
    last 30 days, and in the 30 days before those.
    """
    return read_frame(database, _COUNTED, company_id)


# Whether a customer came back is known inactivity_days after the first order.
_COUNTED = """
    with due as (
        select
            summaries.customer_id,
            summaries.as_of_date,
            summaries.first_order_date,
            summaries.first_order_date + companies.inactivity_days as due_date,
            companies.inactivity_days
        from marts.customer_summaries as summaries
        inner join marts.companies as companies
            on summaries.company_id = companies.company_id
        where summaries.company_id = %(company)s
    ),

    judged as (
        select
            due.as_of_date,
            due.inactivity_days,
            due.due_date > due.as_of_date - 30 as is_now,
            not exists (
                select 1 from marts.orders as orders
                where orders.company_id = %(company)s
                    and orders.customer_id = due.customer_id
                    and orders.is_purchase
                    and orders.order_date > due.first_order_date
                    and orders.order_date <= due.due_date
            ) as is_lost
        from due
        where due.due_date > due.as_of_date - 60 and due.due_date <= due.as_of_date
    )

    select
        %(company)s as company_id,
        max(as_of_date) as as_of_date,
        max(inactivity_days) as inactivity_days,
        count(*) filter (where is_now) as customer_count,
        count(*) filter (where is_now and is_lost) as lost_count,
        count(*) filter (where not is_now) as customer_count_before,
        count(*) filter (where not is_now and is_lost) as lost_count_before
    from judged
    having count(*) > 0
"""
