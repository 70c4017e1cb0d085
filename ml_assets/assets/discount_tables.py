"""Quiet customers, and what coupons did to margins, out of the marts and the room."""

from __future__ import annotations

import pandas as pd
import psycopg

from ml_assets.measurement.discounts import QuietCustomers, weigh_discounts

__all__ = ["discount_rows"]


def discount_rows(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Rows of `predictions.discount_break_evens`, none of a company without a date."""
    found = database.execute(_QUIET, {"company": company_id}).fetchone()
    if found is None or found[0] is None:
        return pd.DataFrame()
    as_of, days, margin, count, returned = found
    quiet = QuietCustomers(count, returned)
    tested = database.execute(_TESTED, {"company": company_id}).fetchall()
    weighed = weigh_discounts(quiet, margin, dict(tested))
    return weighed.assign(
        company_id=company_id,
        as_of_date=as_of,
        inactivity_days=days,
        customer_count=count,
        returned_count=returned,
        gross_margin_rate=margin,
    )


# Whoever had not bought for inactivity_days 30 days ago.
_QUIET = """
    with company as (
        select
            companies.company_id,
            companies.inactivity_days,
            companies.gross_margin_rate::double precision as margin_rate,
            max(summaries.as_of_date) as as_of_date
        from marts.companies as companies
        inner join marts.customer_summaries as summaries
            on companies.company_id = summaries.company_id
        where companies.company_id = %(company)s
        group by companies.company_id, companies.inactivity_days, margin_rate
    ),

    bought as (
        select
            orders.customer_id,
            max(orders.order_date) filter (
                where orders.order_date <= company.as_of_date - 30
            ) as last_before,
            bool_or(orders.order_date > company.as_of_date - 30) as is_back
        from company
        inner join marts.orders as orders on company.company_id = orders.company_id
        where
            orders.company_id = %(company)s
            and orders.is_purchase
            and orders.customer_id is not null
            and orders.order_date <= company.as_of_date
        group by orders.customer_id
    )

    select
        company.as_of_date,
        company.inactivity_days,
        company.margin_rate,
        count(bought.customer_id) as customer_count,
        count(bought.customer_id) filter (where bought.is_back) as returned_count
    from company
    left join bought
        on bought.last_before < company.as_of_date - 30 - company.inactivity_days
    group by company.as_of_date, company.inactivity_days, company.margin_rate
"""

# Of several audiences with the same percent: the last one that told something.
_TESTED = """
    select distinct on (coupons.percent)
        coupons.percent::double precision as percent,
        case
            when uplifts.margin_gained_lower > 0 then 'gained'
            when uplifts.margin_gained_upper < 0 then 'lost'
            else 'no_evidence'
        end as result
    from predictions.audience_uplifts as uplifts
    inner join ops.coupons as coupons
        on uplifts.company_id = coupons.company_id
        and uplifts.audience_id = coupons.audience_id
        and coupons.state = 'created'
    where uplifts.company_id = %(company)s and uplifts.margin_gained is not null
    order by coupons.percent, uplifts.counted_to desc
"""
