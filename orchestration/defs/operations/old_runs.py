"""Dagster's own history stays small, however often companies are read."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.lib.operations.run_retention import (
    forget_old_folders,
    forget_old_runs,
)
from orchestration.lib.warehouse.dbt import dbt_project


@dg.sensor(
    minimum_interval_seconds=900,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Deletes runs from Dagster's history: the frequent that went well after three "
        "hours, others that did after 14 days, the rest after 90; and folders of dbt."
    ),
)
def old_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Delete what is old, 200 runs at a time."""
    now = datetime.now(UTC)
    count = forget_old_runs(context.instance, now)
    forget_old_folders(dbt_project.project_dir / "target", now)
    return dg.SkipReason(f"Deleted {count} old runs from the history.")
