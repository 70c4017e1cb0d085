"""Customers that campaigns won, out of the marts."""

from __future__ import annotations

import pandas as pd
import psycopg

from ml_assets.assets.table_rows import read_frame

__all__ = ["read_campaigns"]


def read_campaigns(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Campaigns that won customers of the last 365 days, for `compare_campaigns`.

    Counted are those for whom inactivity_days since the first order are over, by the
    campaign that the link of that order names.
    """
    return read_frame(database, _CAMPAIGNS, company_id)


# Whether a customer came back is known inactivity_days after the first order. A link
# names the campaign as people type it: in lower case it meets the platform's.
_CAMPAIGNS = """
    with due as (
        select
            customers.customer_id,
            customers.first_channel_id as channel_id,
            lower(customers.first_campaign_name) as named_campaign_id,
            customers.first_campaign_name as campaign_name,
            summaries.first_order_date,
            summaries.first_order_date + companies.inactivity_days as due_date
        from marts.customers as customers
        inner join marts.customer_summaries as summaries
            on customers.company_id = summaries.company_id
            and customers.customer_id = summaries.customer_id
        inner join marts.companies as companies
            on customers.company_id = companies.company_id
        where customers.company_id = %(company)s
            and customers.first_campaign_name is not null
            and summaries.first_order_date > summaries.as_of_date - 365
            and summaries.first_order_date + companies.inactivity_days
            <= summaries.as_of_date
    ),

    returned as (
        select distinct due.customer_id
        from due
        inner join marts.orders as orders
            on due.customer_id = orders.customer_id
            and orders.company_id = %(company)s
            and orders.is_purchase
            and due.first_order_date < orders.order_date
            and due.due_date >= orders.order_date
    ),

    counted as (
        select
            due.channel_id,
            due.named_campaign_id,
            min(due.campaign_name) as campaign_name,
            count(*) as customer_count,
            count(*) filter (where returned.customer_id is null) as lost_count
        from due
        left join returned on due.customer_id = returned.customer_id
        group by due.channel_id, due.named_campaign_id
    ),

    reached as (
        select max(as_of_date) as as_of_date from marts.customer_summaries
        where company_id = %(company)s
    ),

    spent as (
        select
            days.channel_id,
            lower(coalesce(days.campaign_name, days.campaign_id)) as named_campaign_id,
            sum(days.spend)::double precision as spend_30d
        from marts.campaign_days as days
        cross join reached
        where days.company_id = %(company)s
            and days.exclusion_reason is null
            and days.spend_date > reached.as_of_date - 30
            and days.spend_date <= reached.as_of_date
        group by 1, 2
    )

    select
        companies.company_id,
        counted.channel_id,
        counted.named_campaign_id,
        counted.campaign_name,
        counted.customer_count,
        counted.lost_count,
        spent.spend_30d,
        companies.inactivity_days,
        companies.currency_code,
        reached.as_of_date
    from counted
    cross join reached
    inner join marts.companies as companies on companies.company_id = %(company)s
    left join spent
        on counted.channel_id = spent.channel_id
        and counted.named_campaign_id = spent.named_campaign_id
    order by counted.channel_id, counted.named_campaign_id
"""
