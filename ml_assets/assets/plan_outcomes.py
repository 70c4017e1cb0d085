"""What came of advice and of saved plans, for readers."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ml_assets.assets.plan_outcome_tables import (
    read_advised,
    read_draws,
    read_planned,
)
from ml_assets.assets.table_rows import replace_frame
from ml_assets.media_plan.plan_outcomes import advice_outcomes, scenario_outcomes
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["measure_plans", "plan_outcomes"]

_SCHEMA = "predictions"
_COMMON: dict[str, Any] = {
    # Measured every day, also where predictions are told weekly.
    "group_name": "measurement",
    "kinds": {"python", "numpy"},
    "owners": ["team:data"],
    "code_version": "1",
}


@dg.multi_asset(
    name="plan_outcomes",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, "advice_outcomes"],
            description=(
                "How far spend followed what people were advised, and what it "
                "brought more than before, by curves that saw its days. One row per "
                "company and insight that advised spend."
            ),
            deps=[["marts", "channel_days"], [_SCHEMA, "marketing_curve_draws"]],
            **_COMMON,
        ),
        dg.AssetSpec(
            [_SCHEMA, "scenario_outcomes"],
            description=(
                "What was spent and sold in the days of saved plans, and what that "
                "spend brought more than going on as before. One row per company and "
                "scenario."
            ),
            deps=[
                ["marts", "channel_days"],
                ["marts", "company_days"],
                [_SCHEMA, "marketing_curve_draws"],
                [_SCHEMA, "scenarios"],
                [_SCHEMA, "scenario_channels"],
            ],
            **_COMMON,
        ),
    ],
    partitions_def=company_days,
)
def plan_outcomes(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Measure what came of the advice and the plans of one company."""
    counts = measure_plans(warehouse.url(), company_day.company_id(context))
    for table, count in counts.items():
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata={"dagster/row_count": dg.MetadataValue.int(count)},
        )


def measure_plans(url: str, company_id: str) -> dict[str, int]:
    """Measure what came of every advice and plan so far; how many, by table.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id):
        # What people were shown is nothing for the scientist.
        with connect(url, "orchestrator") as database:
            draws = read_draws(database, company_id)
            outcomes = {
                "advice_outcomes": advice_outcomes(
                    read_advised(database, company_id), draws
                ),
                "scenario_outcomes": scenario_outcomes(
                    read_planned(database, company_id), draws
                ),
            }
        with connect(url, "scientist") as database:
            for table, rows in outcomes.items():
                replace_frame(database, table, company_id, rows)
    return {table: len(rows) for table, rows in outcomes.items()}
