"""Every minute: what is due to be told or to climb, of every company."""

from datetime import UTC, datetime
from functools import cache

import dagster as dg

from orchestration.lib.alerts.dispatch import Dispatcher
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.by_itself import sensor_status
from orchestration.lib.reporting.client_summaries import summarise_clients
from orchestration.lib.reporting.metrics import Metric, read_metrics
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=sensor_status(),
    description="Looks at the alert rules of every company, tells people, and "
    "writes down for agencies how their clients are doing.",
)
def alert_dispatch(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SkipReason:
    """Request no run. A company that fails stops no other, and the tick names it."""
    settings = Settings.from_environment()
    dispatcher = Dispatcher(warehouse.url(), settings, _metrics())
    found = dispatcher.dispatch_all(datetime.now(UTC))
    summarise_clients(warehouse.url())
    for company_id, reason in found.unjudged.items():
        context.log.error(
            f"The alerts of {company_id} could not be looked at: {reason}"
        )
    for (company_id, channel_id), reason in found.undelivered.items():
        context.log.warning(f"{company_id}, channel {channel_id}: {reason}")
    if found.unjudged:
        return dg.SkipReason(f"Failed for {', '.join(found.unjudged)}: see the log.")
    if found.undelivered:
        return dg.SkipReason(
            "Every rule was looked at; a channel refused: see the log."
        )
    return dg.SkipReason("Every rule was looked at; what was due has been told.")


@cache
def _metrics() -> tuple[Metric, ...]:
    return tuple(read_metrics())
