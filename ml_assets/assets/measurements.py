"""What facts say of lists, campaigns and customers who bought once, for readers."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg

from ml_assets.assets.audience_tables import (
    list_counted,
    read_members,
    replace_uplifts,
    uplift_row,
)
from ml_assets.assets.campaign_tables import read_campaigns
from ml_assets.assets.discount_tables import discount_rows
from ml_assets.assets.saas.churn_tables import read_first_purchases
from ml_assets.assets.table_rows import replace_frame
from ml_assets.measurement.campaigns import compare_campaigns
from ml_assets.measurement.churn import compare_churn
from ml_assets.measurement.uplift import measure_uplift
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["measure_audiences", "measure_campaigns", "measure_churn", "measurements"]
__all__ += ["measure_discounts"]

_SCHEMA = "predictions"
_COMMON: dict[str, Any] = {
    # Measured every day, also where predictions are told weekly.
    "group_name": "measurement",
    "kinds": {"python", "numpy"},
    "owners": ["team:data"],
    "code_version": "1",
}


_SPECS = [
    dg.AssetSpec(
        [_SCHEMA, "audience_uplifts"],
        description=(
            "Revenue, margin and customers that writing to an audience brought, "
            "against those kept back by lot. One row per company and audience that "
            "was given out."
        ),
        deps=[
            ["marts", "companies"],
            ["marts", "company_months"],
            ["marts", "contribution_margins"],
            ["marts", "customer_identities"],
            ["marts", "orders"],
        ],
        **_COMMON,
    ),
    dg.AssetSpec(
        [_SCHEMA, "campaign_comparisons"],
        description=(
            "Customers of a campaign who did not come back, against those of all "
            "others: association, not cause. One row per company, channel and "
            "campaign name."
        ),
        deps=[
            ["marts", "campaign_days"],
            ["marts", "companies"],
            ["marts", "customer_summaries"],
            ["marts", "customers"],
            ["marts", "orders"],
        ],
        **_COMMON,
    ),
    dg.AssetSpec(
        [_SCHEMA, "churn_comparisons"],
        description=(
            "Customers who bought once and did not come back in time, against a "
            "month before. One row per company with such customers."
        ),
        deps=[
            ["marts", "companies"],
            ["marts", "customer_summaries"],
            ["marts", "orders"],
        ],
        **_COMMON,
    ),
    dg.AssetSpec(
        [_SCHEMA, "discount_break_evens"],
        description=(
            "How many of the customers who went quiet come back unasked, and how many "
            "would have to for a discount to earn its cost. One row per company and "
            "percent."
        ),
        deps=[
            ["marts", "companies"],
            ["marts", "contribution_margins"],
            ["marts", "customer_summaries"],
            ["marts", "orders"],
        ],
        **_COMMON,
    ),
]


@dg.multi_asset(name="measurements", specs=_SPECS, partitions_def=company_days)
def measurements(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Measure what was done at one company by what its marts hold."""
    url, company_id = warehouse.url(), company_day.company_id(context)
    for table, count in (
        ("audience_uplifts", measure_audiences(url, company_id)),
        ("campaign_comparisons", measure_campaigns(url, company_id)),
        ("churn_comparisons", measure_churn(url, company_id)),
        ("discount_break_evens", measure_discounts(url, company_id)),
    ):
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata={"dagster/row_count": dg.MetadataValue.int(count)},
        )


def measure_audiences(url: str, company_id: str) -> int:
    """Measure what every audience that was given out brought so far; how many.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id):
        rows = list(_measured(url, company_id, dt.datetime.now(dt.UTC)))
        with connect(url, "scientist") as database:
            replace_uplifts(database, company_id, rows)
    return len(rows)


def measure_campaigns(url: str, company_id: str) -> int:
    """Hold every campaign of a company against its others; how many.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        compared = compare_campaigns(read_campaigns(database, company_id))
        replace_frame(database, "campaign_comparisons", company_id, compared)
    return len(compared)


def measure_churn(url: str, company_id: str) -> int:
    """Hold those who bought once and were lost against a month before; how many rows.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        compared = compare_churn(read_first_purchases(database, company_id))
        replace_frame(database, "churn_comparisons", company_id, compared)
    return len(compared)


def measure_discounts(url: str, company_id: str) -> int:
    """Weigh discounts for a company's quiet customers; how many percents.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id):
        # Which coupon went to which audience is nothing for the scientist.
        with connect(url, "orchestrator") as database:
            rows = discount_rows(database, company_id)
        with connect(url, "scientist") as database:
            replace_frame(database, "discount_break_evens", company_id, rows)
    return len(rows)


def _measured(
    url: str, company_id: str, measured_at: dt.datetime
) -> Iterator[dict[str, Any]]:
    # Who is in an audience is no number, and nothing for the scientist.
    with connect(url, "orchestrator") as database:
        for audience in list_counted(database, company_id):
            uplift = measure_uplift(
                read_members(database, audience),
                margin_rate=audience.contribution_margin_rate,
                is_due=audience.is_due,
            )
            yield uplift_row(audience, uplift, measured_at)
