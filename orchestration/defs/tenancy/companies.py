"""A company that is added becomes a partition, without a restart."""

import dagster as dg

from orchestration.lib.companies import list_companies
from orchestration.lib.partitions import companies
from orchestration.lib.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Turns every row of ops.companies into a partition.",
)
def company_added(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SensorResult | dg.SkipReason:
    """Add the partitions of companies that have none yet."""
    known = set(context.instance.get_dynamic_partitions("companies"))
    ids = [company.company_id for company in list_companies(warehouse.url())]
    missing = [company_id for company_id in ids if company_id not in known]
    if not missing:
        return dg.SkipReason("Every company has its partition.")
    return dg.SensorResult(
        dynamic_partitions_requests=[companies.build_add_request(missing)]
    )
