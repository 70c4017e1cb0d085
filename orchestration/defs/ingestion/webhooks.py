"""Every minute: what was delivered by webhook becomes events, and goes to the marts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.defs.jobs import refresh_delivered
from orchestration.lib.ingestion.webhooks.reading import (
    DeliveriesRead,
    last_told,
    read_deliveries,
)
from orchestration.lib.operations.active_runs import run_under_way
from orchestration.lib.operations.by_itself import sensor_status
from orchestration.lib.tenancy.companies import (
    Company,
    UnknownCompany,
    list_companies,
)
from orchestration.lib.tenancy.partitions import partition_key
from orchestration.lib.warehouse.warehouse import Warehouse

_EVENTS = dg.AssetKey(["raw_webhooks", "events"])
# A minute until it is read, this until it may be run, and the run: five in all.
_BETWEEN_RUNS = timedelta(minutes=2, seconds=30)


@dg.sensor(
    job=refresh_delivered,
    minimum_interval_seconds=60,
    default_status=sensor_status(),
    description=(
        "Reads what the receiver keeps, of every company, into events, and requests "
        "the marts of companies that have new ones. One that is being run waits."
    ),
)
def webhook_deliveries(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SensorResult:
    """What was read stands in Dagster as a materialization, whatever is run.

    The cursor holds, by company, up to which event the marts were requested, and when.
    """
    url, now = warehouse.url(), datetime.now(UTC)
    asked: dict[str, list[str]] = json.loads(context.cursor or "{}")
    told, requests = [], []
    for company, read in _read_all(url):
        if read.delivery_count:
            told.append(_materialization(company, read))
        if read.quarantined_count:
            context.log.warning(
                f"{company.company_id}: {read.quarantined_count} deliveries are in "
                "quarantine. See: timonel quarantine list"
            )
        written = last_told(url, company.company_id)
        if written is None or not _is_due(
            context.instance, company, asked.get(company.company_id), written, now
        ):
            continue
        asked[company.company_id] = [written.isoformat(), now.isoformat()]
        requests.append(
            dg.RunRequest(
                run_key=f"webhooks {company.company_id} {written.isoformat()}",
                partition_key=partition_key(
                    company.company_id, company.last_complete_day(now)
                ),
            )
        )
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if told or requests else "Nothing new was delivered.",
        asset_events=told,
        cursor=json.dumps(asked),
    )


def _is_due(
    instance: dg.DagsterInstance,
    company: Company,
    asked: list[str] | None,
    written: datetime,
    now: datetime,
) -> bool:
    """Whether there are events that no run was requested for, and it may be run."""
    if asked is not None:
        until, at = map(datetime.fromisoformat, asked)
        if written <= until or now - at < _BETWEEN_RUNS:
            return False
    # The sensor of companies adds the partition of a new one within a minute.
    return (
        instance.has_dynamic_partition("companies", company.company_id)
        and run_under_way(instance, company.company_id) is None
    )


def _materialization(company: Company, read: DeliveriesRead) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        _EVENTS,
        description=f"Deliveries of {company.company_id}",
        metadata=vars(read) | {"company_id": company.company_id},
    )


def _read_all(url: str) -> Iterator[tuple[Company, DeliveriesRead]]:
    for company in list_companies(url):
        try:
            yield company, read_deliveries(url, company.company_id)
        except UnknownCompany:  # removed meanwhile
            continue
