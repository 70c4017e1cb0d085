"""How fast a company's accounts come to value, and which features they use."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from ml_assets.assets.row_counts import with_row_counts
from ml_assets.assets.saas.adoption_tables import adoption_table
from ml_assets.assets.table_rows import read_frame, replace_frame
from ml_assets.assets.value_pace import pace_tables
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["account_value", "measure_first_values"]

_SCHEMA = "predictions"
_TABLES = {
    "time_to_value": (
        "Days to the first value, accounts that wait included. One row per company and "
        "kind of start."
    ),
    "time_to_value_days": (
        "Who is there by each day. One row per company, kind of start and day."
    ),
    "value_retention": (
        "Who stays, by how fast value came. One row per company and bucket of days."
    ),
    "onboarding_steps": (
        "Who reached which step by when. One row per company, kind of start, step and "
        "day."
    ),
    "company_adoption": (
        "Which part of the features of their plan accounts use. One row per company "
        "and tier."
    ),
}
_PACE = ("account_first_uses", "account_first_values")
_ADOPTION = ("account_feature_days", "account_plan_features")


@dg.multi_asset(
    name="account_value",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[
                ["marts", mart]
                for mart in (_ADOPTION if table == "company_adoption" else _PACE)
            ],
            group_name="measurement",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version="1",
        )
        for table, description in _TABLES.items()
    ],
    partitions_def=company_days,
)
def account_value(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Measure how fast value comes to the accounts of one company."""
    counts = measure_first_values(warehouse.url(), company_day.company_id(context))
    yield from with_row_counts(counts)


def measure_first_values(url: str, company_id: str) -> dict[str, int]:
    """Measure a company's accounts; how many rows, by table.

    Who says of no feature that it is the first value gets no days to it, who lists no
    features no adoption.

    Raises
    ------
    CompanyRemoved, InvalidAccounts
    """
    with company_held(url, company_id), connect(url, "scientist") as database:
        starts = read_frame(database, _STARTS, company_id)
        tables = dict.fromkeys(_TABLES, pd.DataFrame()) | pace_tables(starts)
        plans, uses = (read_frame(database, q, company_id) for q in (_PLANS, _USES))
        tables["company_adoption"] = adoption_table(plans, uses)
        for table, found in tables.items():
            replace_frame(database, table, company_id, found)
    return {table: len(found) for table, found in tables.items()}


_STARTS = """
    select
        reached.account_id,
        reached.start_kind,
        reached.as_of_date,
        reached.age_days,
        reached.days_to_departure,
        reached.days_to_value,
        uses.days_to_login,
        uses.days_to_feature,
        uses.days_to_habit
    from marts.account_first_values as reached
    inner join marts.account_first_uses as uses
        on reached.company_id = uses.company_id
        and reached.account_id = uses.account_id
        and reached.start_kind = uses.start_kind
    where reached.company_id = %(company)s and uses.company_id = %(company)s
    order by reached.start_kind, reached.account_id
"""
_PLANS = """
    select account_id, feature as feature_id, feature_tier, released_on, seat_count,
        as_of_date
    from marts.account_plan_features
    where company_id = %(company)s
    order by account_id, feature
"""
# Once in the 28 days is enough.
_USES = """
    select days.account_id, days.feature as feature_id, max(days.activity_date) as day
    from marts.account_feature_days as days
    where days.company_id = %(company)s
        and days.activity_date > (
            select max(as_of_date) - 28 from marts.account_plan_features
            where company_id = %(company)s
        )
    group by days.account_id, days.feature
"""
