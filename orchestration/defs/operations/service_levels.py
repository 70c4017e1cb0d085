"""Whether a company reads what happened as soon as it was promised, as a check.

Dagster's freshness policies look at an asset, whoever it was materialised for: one
company that is on time would hide those that are late. So freshness is measured per
company, in the database, and this check says what was measured.
"""

import dagster as dg

from orchestration.lib.operations.service_levels import ServiceLevel, load_levels
from orchestration.lib.tenancy.partitions import company_days, days_by_company
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.asset_check(
    asset=["reporting", "service_levels"],
    partitions_def=company_days,
    description="What happened at the sources can be read within the promised time.",
)
def service_levels_are_met(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    """Warn of what is late of the run's companies; measured when marts were built.

    A company without sources was promised nothing.
    """
    url = warehouse.url()
    levels = []
    for company_id in days_by_company(context.op_execution_context):
        levels += [(company_id, level) for level in load_levels(url, company_id)]
    late = [
        _message(company_id, level) for company_id, level in levels if not level.is_met
    ]
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(late) or "Every service level is met.",
        metadata={
            f"{company_id}_{level.service_level}_age_minutes": level.age_minutes
            for company_id, level in levels
            if level.age_minutes is not None
        },
    )


def _message(company_id: str, level: ServiceLevel) -> str:
    what = f"{company_id}, {level.service_level}"
    if level.age_minutes is None:
        return f"{what}: {level.source_slug} was never read to its end."
    return (
        f"{what}: {level.source_slug} is {level.age_minutes:,.0f} minutes behind, "
        f"{level.target_minutes:,} are promised."
    )
