"""What writing to each audience brought, published for readers."""

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
from ml_assets.experiments.uplift import measure_uplift
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["audience_uplifts", "measure_audiences"]

_KEY = dg.AssetKey(["predictions", "audience_uplifts"])


@dg.multi_asset(
    name="audience_uplifts",
    specs=[
        dg.AssetSpec(
            _KEY,
            description=(
                "Revenue, margin and customers that writing to an audience brought, "
                "against those kept back by lot. One row per company and audience that "
                "was given out."
            ),
            deps=[
                ["marts", "companies"],
                ["marts", "company_months"],
                ["marts", "orders"],
            ],
            # Measured every day, also where predictions are told weekly.
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version="1",
        )
    ],
    partitions_def=company_days,
)
def audience_uplifts(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Measure all audiences of one company by what its marts hold."""
    count = measure_audiences(warehouse.url(), company_day.company_id(context))
    yield dg.MaterializeResult(
        asset_key=_KEY, metadata={"dagster/row_count": dg.MetadataValue.int(count)}
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


def _measured(
    url: str, company_id: str, measured_at: dt.datetime
) -> Iterator[dict[str, Any]]:
    # Who is in an audience is no number, and nothing for the scientist.
    with connect(url, "orchestrator") as database:
        for audience in list_counted(database, company_id):
            uplift = measure_uplift(
                read_members(database, audience),
                margin_rate=audience.gross_margin_rate,
                is_due=audience.is_due,
            )
            yield uplift_row(audience, uplift, measured_at)
