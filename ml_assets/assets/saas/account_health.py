"""How a company's accounts fare, who leaves, and how well that was told before."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.saas.account_queue import queue_tables
from ml_assets.assets.saas.account_tables import (
    account_tables,
    read_departures,
    read_inputs,
)
from ml_assets.assets.table_rows import replace_frame
from ml_assets.subscriptions.standing import score, warnings
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["account_health", "judge_accounts"]

_SCHEMA = "predictions"
_READ = ("account_health_inputs", "account_departures")
_ASKED = ("account_activities", "accounts")
_TABLES = {
    "account_health": (
        "Score of each account that pays, its parts and what moved it. One row per "
        "company and account."
    ),
    "account_signals": (
        "Early warnings of each account. One row per company, account and signal."
    ),
    "account_churn": (
        "Who leaves within 30 and 90 days. One row per company, account and horizon."
    ),
    "account_churn_fits": (
        "Whether that can be told, and how well. One row per company and horizon."
    ),
    "account_grades": (
        "What flags found of who left. One row per company, period and flag."
    ),
    "account_rivals": (
        "The score beside cheap rivals. One row per company, period and rival."
    ),
    "account_verdicts": "What the grades say. One row per company.",
}
_QUEUE_TABLES = {
    "account_queue": (
        "Accounts to bring back, from their first warning until it is over. One row "
        "per company, account and day it came in."
    ),
    "account_queue_effects": (
        "Those acted on beside those only watched. One row per company and effect."
    ),
}


@dg.multi_asset(
    name="account_health",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[["marts", mart] for mart in marts],
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version="1",
        )
        for tables, marts in ((_TABLES, _READ), (_QUEUE_TABLES, (*_READ, *_ASKED)))
        for table, description in tables.items()
    ],
    partitions_def=company_days,
)
def account_health(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Score and grade the accounts of one company."""
    counts = judge_accounts(warehouse.url(), company_day.company_id(context))
    yield from with_row_counts(counts)


def judge_accounts(url: str, company_id: str) -> dict[str, int]:
    """Score and grade a company's accounts; how many rows, by table.

    Who has no accounts gets no rows; who had a queue keeps it.

    Raises
    ------
    CompanyRemoved, InvalidAccounts
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        inputs = read_inputs(database, company_id)
        tables: dict[str, pd.DataFrame] = dict.fromkeys(_TABLES, pd.DataFrame())
        if len(inputs):
            scored = score(inputs)
            raised, gone = warnings(scored), read_departures(database, company_id)
            tables |= account_tables(scored, raised, gone)
            tables |= queue_tables(database, company_id, scored, raised, gone)
        for table, found in tables.items():
            replace_frame(database, table, company_id, found)
    return {table: len(tables.get(table, ())) for table in (*_TABLES, *_QUEUE_TABLES)}
