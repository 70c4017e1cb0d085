"""Every minute: who was not let in by Postgres, Dagster or Metabase."""

import json
from functools import cache

import dagster as dg
import requests

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.refused_logins import (
    MetabaseLog,
    read_logs,
    save,
    watched_files,
)
from orchestration.lib.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Reads the logs of Postgres, Dagster's proxy and Metabase for failed logins, "
        "and counts them for the companies they concern, which are alerted."
    ),
)
def refused_logins(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SensorResult:
    """Request no run; what is counted is told with the next look at alerts.

    The cursor holds how far each log was read. It is written after the counts: a part
    that is read twice counts once.
    """
    known = {
        path: (int(inode), int(end))
        for path, (inode, end) in json.loads(context.cursor or "{}").items()
    }
    found = read_logs(watched_files(Settings.from_environment()), known)
    if (metabase := _metabase()).is_there:
        try:
            found.attempts |= metabase.attempts()
        except requests.RequestException as failure:
            # Its words may hold the address with an account in it.
            context.log.warning(f"Metabase's log: {type(failure).__name__}")
    count = save(warehouse.url(), found.attempts)
    watched = ", ".join(found.positions) or "no log"
    return dg.SensorResult(
        skip_reason=f"{count} failed logins, of {watched}.",
        cursor=json.dumps(found.positions),
    )


@cache
def _metabase() -> MetabaseLog:
    return MetabaseLog()
