"""The one dictionary of resources."""

import dagster as dg

from orchestration.lib.tenancy.partitions import CompanyDay
from orchestration.lib.warehouse.dbt import Dbt, dbt_program, dbt_project
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.definitions
def resources() -> dg.Definitions:
    """Resources shared by every asset; none touches the network before it is used."""
    return dg.Definitions(
        resources={
            "company_day": CompanyDay(),
            "dbt": Dbt(
                project_dir=str(dbt_project.project_dir), dbt_executable=dbt_program()
            ),
            "warehouse": Warehouse(),
        }
    )
