"""Every five minutes: what was delivered by webhook becomes events."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lib.ingestion.webhooks.reading import DeliveriesRead, read_deliveries
from orchestration.lib.tenancy.companies import UnknownCompany, list_companies
from orchestration.lib.warehouse.warehouse import Warehouse

_EVENTS = dg.AssetKey(["raw_webhooks", "events"])


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reads what the receiver keeps, of every company, into events.",
)
def webhook_deliveries(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SensorResult:
    """Request no run; what was read stands in Dagster as a materialization."""
    told = list(_read_all(warehouse.url()))
    for company_id, read in told:
        if read.quarantined_count:
            context.log.warning(
                f"{company_id}: {read.quarantined_count} deliveries are in quarantine. "
                "See: timonel quarantine list"
            )
    return dg.SensorResult(
        skip_reason=None if told else "Nothing was delivered.",
        asset_events=[
            dg.AssetMaterialization(
                _EVENTS,
                description=f"Deliveries of {company_id}",
                metadata=vars(read) | {"company_id": company_id},
            )
            for company_id, read in told
        ],
    )


def _read_all(url: str) -> Iterator[tuple[str, DeliveriesRead]]:
    for company in list_companies(url):
        try:
            read = read_deliveries(url, company.company_id)
        except UnknownCompany:  # removed meanwhile
            continue
        if read.delivery_count:
            yield company.company_id, read
