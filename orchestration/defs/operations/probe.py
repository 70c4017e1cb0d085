"""Every five minutes: whether the websites that companies watch answer."""

import dagster as dg

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.probe.rounds import probe_once
from orchestration.lib.operations.by_itself import sensor_status
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=sensor_status(),
    description="Asks the websites that companies watch, and keeps what they said.",
)
def website_probe(warehouse: Warehouse) -> dg.SkipReason:
    """Request no run: to ask takes less than to start one. One that is down is a row.

    The tick counts the sites and names none: whose they are is for the company to read.
    """
    found = probe_once(warehouse.url(), Settings.from_environment())
    down = sum(not each.answer.has_answered for each in found)
    return dg.SkipReason(f"{len(found)} websites were asked; {down} did not answer.")
