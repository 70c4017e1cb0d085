"""What the customers that channels won are worth, summed and compared for readers."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd
import psycopg

from ml_assets.assets.channel_value_tables import (
    read_channels,
    read_days,
    read_months,
)
from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.table_rows import replace_frame
from ml_assets.measurement.customer_values import (
    compare_channels,
    sum_values,
    total_margin,
)
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["channel_values", "measure_values"]

_SCHEMA = "predictions"
_TABLES = {
    "channel_values": (
        "Spend of 365 days and 12-month value of the customers that a channel won in "
        "them, with intervals, beside the other channels. One row per company and "
        "channel with spend or sessions."
    ),
    "channel_month_values": (
        "12-month value of the customers won, with its interval. One row per company, "
        "month of the first order and channel."
    ),
    "paid_value_margins": (
        "How far the 12-month value of the customers of all channels with spend may be "
        "off. One row per company."
    ),
}
_ERRORS = ["independent_variance", "shared_error"]


@dg.multi_asset(
    name="channel_values",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[["marts", "channel_days"], [_SCHEMA, "new_customer_values"]],
            # Measured every day, also where predictions are told weekly.
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version="2",
        )
        for table, description in _TABLES.items()
    ],
    partitions_def=company_days,
)
def channel_values(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Sum and compare what the channels of one company won."""
    counts = measure_values(warehouse.url(), company_day.company_id(context))
    yield from with_row_counts(counts)


def measure_values(url: str, company_id: str) -> dict[str, int]:
    """Sum and compare what channels won so far; how many rows, by table.

    Raises
    ------
    CompanyRemoved
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        values = _values(database, company_id)
        for table, rows in values.items():
            replace_frame(database, table, company_id, rows)
    return {table: len(rows) for table, rows in values.items()}


def _values(database: psycopg.Connection, company_id: str) -> dict[str, pd.DataFrame]:
    summed = sum_values(read_channels(database, company_id))
    told = summed[["channel_id", "spend_told", "value_per_customer"]]
    compared = compare_channels(
        read_days(database, company_id), told.rename(columns={"spend_told": "spend"})
    )
    paid = summed[summed["spend_told"].gt(0) & summed["customer_count"].notna()]
    margin = {"value_12m_margin": total_margin(paid)}
    return {
        "channel_values": summed.drop(
            columns=[*_ERRORS, "spend_told", "value_per_customer"]
        ).merge(compared, on="channel_id", how="left"),
        "channel_month_values": sum_values(read_months(database, company_id)).drop(
            columns=_ERRORS
        ),
        "paid_value_margins": pd.DataFrame([margin] if len(paid) else []),
    }
