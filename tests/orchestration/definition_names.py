"""Every asset, check, job, schedule and sensor by name, as in `definitions.txt`.

``python -m tests.orchestration.definition_names`` writes that file anew: look at what
changed in it before you commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.definitions import defs

__all__ = ["KEPT", "names"]

KEPT = Path(__file__).with_name("definitions.txt")


def names() -> list[str]:
    """A line each, sorted: what it is, its name, and what must not change unseen."""
    return sorted({*_assets(), *_checks(), *_automation()})


def _assets() -> Iterator[str]:
    graph = defs().resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        if not node.is_materializable:
            yield f"source {key.to_user_string()}"
            continue
        partitions = node.partitions_def
        by = (
            " x ".join(partitions.partition_dimension_names)
            if isinstance(partitions, dg.MultiPartitionsDefinition)
            else "nothing"
        )
        yield f"asset {key.to_user_string()} in {node.group_name} by {by}"


def _checks() -> Iterator[str]:
    graph = defs().resolve_asset_graph()
    for key in graph.asset_check_keys:
        blocks = "blocks" if graph.get(key).blocking else "tells"
        yield f"check {key.asset_key.to_user_string()} {key.name} {blocks}"


def _automation() -> Iterator[str]:
    repository = defs().get_repository_def()
    for job in repository.get_all_jobs():
        if not job.name.startswith("__"):
            yield f"job {job.name}"
    for schedule in repository.schedule_defs:
        at = f"at {schedule.cron_schedule} {schedule.execution_timezone}"
        yield f"schedule {schedule.name} of {schedule.job_name} {at}"
    for sensor in repository.sensor_defs:
        yield f"sensor {sensor.name}"


def main() -> None:
    """Write the file anew."""
    KEPT.write_text("\n".join(names()) + "\n")


if __name__ == "__main__":
    main()
