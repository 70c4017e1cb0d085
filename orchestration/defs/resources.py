"""The one dictionary of resources."""

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.lib.dbt import dbt_program, dbt_project
from orchestration.lib.partitions import CompanyDay
from orchestration.lib.warehouse import Warehouse


@dg.definitions
def resources() -> dg.Definitions:
    """Resources shared by every asset; none touches the network before it is used."""
    return dg.Definitions(
        resources={
            "company_day": CompanyDay(),
            "dbt": DbtCliResource(
                project_dir=dbt_project, dbt_executable=dbt_program()
            ),
            "warehouse": Warehouse(),
        }
    )
