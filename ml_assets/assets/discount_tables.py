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
    as_of, days, gross, margin, count, returned = found
    quiet = QuietCustomers(count, returned)
    tested = database.execute(_TESTED, {"company": company_id}).fetchall()
    weighed = weigh_discounts(quiet, margin, dict(tested))
    return weighed.assign(
        company_id=company_id,
        as_of_date=as_of,
        inactivity_days=days,
        customer_count=count,
        returned_count=returned,
        gross_margin_rate=gross,
        contribution_margin_rate=margin,
    )


# Whoever had not bought for inactivity_days 30 days ago. Of the few who bought since
# the orders before tell how long they had been quiet; of the others their last one.
_QUIET = """
    with summaries as (
        select
            summaries.customer_id,
            summaries.last_order_date,
            summaries.as_of_date,
            summaries.as_of_date - 30 as since,
            summaries.as_of_date - 30 - companies.inactivity_days as quiet_from,
            companies.inactivity_days,
            margins.gross_margin_rate::double precision as gross_margin_rate,
            margins.contribution_margin_rate::double precision as margin_rate
        from marts.customer_summaries as summaries
        inner join marts.companies as companies
            on summaries.company_id = companies.company_id
        left join marts.contribution_margins as margins
            on summaries.company_id = margins.company_id
        where summaries.company_id = %(company)s
    ),

    back as (
        select summaries.customer_id
        from summaries
        inner join marts.orders as orders
            on summaries.customer_id = orders.customer_id
        where
            summaries.last_order_date > summaries.since
            and orders.company_id = %(company)s
            and orders.is_purchase
            and orders.order_date <= summaries.since
        group by summaries.customer_id
        having max(orders.order_date) < min(summaries.quiet_from)
    )

    select
        max(as_of_date) as as_of_date,
        max(inactivity_days) as inactivity_days,
        max(gross_margin_rate) as gross_margin_rate,
        max(margin_rate) as margin_rate,
        count(*) filter (where last_order_date < quiet_from)
        + (select count(*) from back) as customer_count,
        (select count(*) from back) as returned_count
    from summaries
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
