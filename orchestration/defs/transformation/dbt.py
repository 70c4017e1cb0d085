"""The dbt models, rebuilt for the company at hand and nobody else."""

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from orchestration.lib.database import (
    has_reporting,
    libpq_environment,
    one_at_a_time,
)
from orchestration.lib.dbt import RoomTranslator, dbt_project, prepare_manifest
from orchestration.lib.partitions import CompanyDay, company_days
from orchestration.lib.warehouse import Warehouse

# Costs a look at file dates unless a model changed since the last load.
prepare_manifest()

_TRANSLATOR = RoomTranslator()


@dbt_assets(
    manifest=dbt_project.manifest_path,
    exclude="reporting",
    dagster_dbt_translator=_TRANSLATOR,
    partitions_def=company_days,
    name="dbt_marts",
)
def dbt_marts(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[Any]:
    """Staging, intermediate and marts, with their tests."""
    yield from _build(context, dbt, warehouse, company_day)
    with one_at_a_time(warehouse.url(), "dbt"):
        if not has_reporting(warehouse.url()):
            # A first run that a gate blocks still needs a page to say so on.
            dbt.cli(["run", "--select", "reporting"]).wait()


@dbt_assets(
    manifest=dbt_project.manifest_path,
    select="reporting",
    dagster_dbt_translator=_TRANSLATOR,
    partitions_def=company_days,
    name="dbt_reporting",
)
def dbt_reporting(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[Any]:
    """The views that dashboards read."""
    yield from _build(context, dbt, warehouse, company_day)


def _build(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    warehouse: Warehouse,
    company_day: CompanyDay,
) -> Iterator[Any]:
    company_id = company_day.company_id(context)
    variables = {
        "company_ids": [company_id],
        "as_of_dates": {company_id: company_day.as_of(context).isoformat()},
    }
    # dbt is a process of its own and takes the connection from libpq's variables.
    os.environ.update(libpq_environment(warehouse.url()))
    with one_at_a_time(warehouse.url(), "dbt"):
        yield from _stream(context, dbt, variables)


def _stream(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, variables: dict[str, Any]
) -> Iterator[Any]:
    arguments = ["build", "--vars", json.dumps(variables)]
    # Unit tests judge the models, not the data: they run in the test suite.
    arguments += ["--exclude-resource-type", "unit_test"]
    invocation = dbt.cli(arguments, context=context)
    yield from invocation.stream()
    # Kept after a failure, to look into.
    shutil.rmtree(invocation.target_path, ignore_errors=True)
