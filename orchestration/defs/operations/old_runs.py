"""Dagster's own history stays small, however often companies are read."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.lib.operations.run_retention import forget_old_runs


@dg.sensor(
    minimum_interval_seconds=900,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Deletes runs from Dagster's history: the frequent that went well after three "
        "hours, all others after 90 days."
    ),
)
def old_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Delete what is old, 200 runs at a time."""
    count = forget_old_runs(context.instance, datetime.now(UTC))
    return dg.SkipReason(f"Deleted {count} old runs from the history.")
