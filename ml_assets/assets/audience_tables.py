"""Audiences and what their members spent, out of the marts; uplifts into the room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pandas as pd
import psycopg
from psycopg.rows import class_row

from ml_assets.assets.table_rows import insert
from ml_assets.measurement.means import MeanDifference
from ml_assets.measurement.uplift import Uplift

__all__ = [
    "CountedAudience",
    "list_counted",
    "read_members",
    "replace_uplifts",
    "uplift_row",
]


@dataclass(frozen=True)
class CountedAudience:
    """An audience that was given out, and the days whose purchases count.

    ``data_through_date`` is the last day of which purchases are known, None of none;
    ``contribution_margin_rate`` a share, None if the company told no margin.
    """

    company_id: str
    audience_id: UUID
    counted_from: dt.date
    counted_to: dt.date
    data_through_date: dt.date | None
    currency_code: str
    contribution_margin_rate: float | None

    @property
    def is_due(self) -> bool:
        """Whether all days that count are known."""
        through = self.data_through_date
        return through is not None and through >= self.counted_to


def list_counted(
    database: psycopg.Connection, company_id: str
) -> list[CountedAudience]:
    """The audiences of a company that were given out, as the view counts their days."""
    cursor = database.cursor(row_factory=class_row(CountedAudience))
    return cursor.execute(_COUNTED, {"company": company_id}).fetchall()


def read_members(
    database: psycopg.Connection, audience: CountedAudience
) -> pd.DataFrame:
    """What each member spent on the days counted, for `measure_uplift`."""
    rows = database.execute(_MEMBERS, vars(audience)).fetchall()
    columns = ["is_held_back", "order_count", "net_revenue", "discount_amount"]
    return pd.DataFrame(rows, columns=columns)


def uplift_row(
    audience: CountedAudience, uplift: Uplift, measured_at: dt.datetime
) -> dict[str, Any]:
    """A row of `predictions.audience_uplifts`; money in all, not per member."""
    customers = uplift.customers or (None, None, None)
    count = uplift.contacted_count
    return {
        "company_id": audience.company_id,
        "audience_id": audience.audience_id,
        "counted_from": audience.counted_from,
        "counted_to": audience.counted_to,
        "data_through_date": audience.data_through_date,
        "currency_code": audience.currency_code,
        "contacted_count": count,
        "held_back_count": uplift.held_back_count,
        "contacted_buyer_count": uplift.contacted_buyer_count,
        "held_back_buyer_count": uplift.held_back_buyer_count,
        "result": uplift.result,
        **dict(_in_all("revenue_gained", uplift.revenue, count)),
        **dict(_in_all("margin_gained", uplift.margin, count)),
        "margin_error": uplift.margin.error * count if uplift.margin else None,
        "margin_skewness": uplift.margin.skewness if uplift.margin else None,
        "customers_gained": customers[0],
        "customers_gained_lower": customers[1],
        "customers_gained_upper": customers[2],
        "measured_at": measured_at,
    }


def replace_uplifts(
    database: psycopg.Connection, company_id: str, rows: list[dict[str, Any]]
) -> None:
    """Put rows in place of the company's; the caller commits."""
    database.execute(
        "delete from predictions.audience_uplifts where company_id = %s", (company_id,)
    )
    insert(database, "audience_uplifts", rows)


def _in_all(
    name: str, difference: MeanDifference | None, count: int
) -> Iterator[tuple[str, float | None]]:
    for end, attribute in (("", "estimate"), ("_lower", "lower"), ("_upper", "upper")):
        value = getattr(difference, attribute) * count if difference else None
        yield f"{name}{end}", value


# From the day after, in the company's time zone, so that nothing that was bought before
# counts. A coupon that came later than the list did nothing before it was there.
_COUNTED = """
    with begun as (
        select
            audiences.company_id,
            audiences.audience_id,
            greatest(min(exports.exported_at), min(coupons.starts_at)) as begun_at
        from ops.audiences as audiences
        inner join ops.audience_exports as exports
            on audiences.company_id = exports.company_id
            and audiences.audience_id = exports.audience_id
            and not exports.is_holdout
        left join ops.coupons as coupons
            on audiences.company_id = coupons.company_id
            and audiences.audience_id = coupons.audience_id
            and coupons.state = 'created'
        where audiences.company_id = %(company)s
        group by audiences.company_id, audiences.audience_id
    )
    select
        begun.company_id,
        begun.audience_id,
        (begun.begun_at at time zone companies.time_zone)::date + 1 as counted_from,
        (begun.begun_at at time zone companies.time_zone)::date + 30 as counted_to,
        (
            select max(months.through_date) from marts.company_months as months
            where months.company_id = begun.company_id
        ) as data_through_date,
        companies.currency_code,
        margins.contribution_margin_rate::double precision as contribution_margin_rate
    from begun
    inner join marts.companies as companies using (company_id)
    left join marts.contribution_margins as margins using (company_id)
    order by begun.audience_id
"""

# A person who is a member by two ids counts once, as written to if one of them was.
_MEMBERS = """
    with people as (
        select
            members.company_id,
            coalesce(merged.person_customer_id, members.customer_id) as customer_id,
            bool_and(members.is_held_back) as is_held_back
        from ops.audience_members as members
        left join marts.customer_identities as merged
            on members.company_id = merged.company_id
            and members.customer_id = merged.customer_id
        where members.company_id = %(company_id)s
            and members.audience_id = %(audience_id)s
        group by 1, 2
    )
    select
        people.is_held_back,
        count(orders.order_date),
        coalesce(sum(orders.net_revenue), 0)::double precision,
        coalesce(sum(orders.discount_amount), 0)::double precision
    from people
    left join marts.orders as orders
        on people.company_id = orders.company_id
        and people.customer_id = orders.customer_id
        and orders.is_purchase
        and orders.order_date between %(counted_from)s and %(counted_to)s
    group by people.customer_id, people.is_held_back
    order by people.customer_id
"""
