"""Companies that come and go are partitions that do, without a restart."""

import dagster as dg

from orchestration.lib.tenancy.companies import with_data
from orchestration.lib.tenancy.partitions import companies
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps one partition per row of ops.companies.",
)
def company_added(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SensorResult | dg.SkipReason:
    """Add partitions of companies that have none, drop those of removed ones."""
    known = set(context.instance.get_dynamic_partitions("companies"))
    ids = [company.company_id for company in with_data(warehouse.url())]
    missing = [company_id for company_id in ids if company_id not in known]
    gone = sorted(known - set(ids))
    if not missing and not gone:
        return dg.SkipReason("Every company has its partition.")
    return dg.SensorResult(
        dynamic_partitions_requests=[
            *([companies.build_add_request(missing)] if missing else []),
            *([companies.build_delete_request(gone)] if gone else []),
        ]
    )
