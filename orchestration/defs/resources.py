"""The one dictionary of resources."""

import dagster as dg

from orchestration.lib.tenancy.partitions import CompanyDay
from orchestration.lib.warehouse.dbt import dbt_as_runs_start_it
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.definitions
def resources() -> dg.Definitions:
    """Resources shared by every asset; none touches the network before it is used."""
    return dg.Definitions(
        resources={
            "company_day": CompanyDay(),
            "dbt": dbt_as_runs_start_it(),
            "warehouse": Warehouse(),
        }
    )
