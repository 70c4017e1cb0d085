"""What a run leaves out: marts that a company has nothing for, and what stands.

Dagster skips what reads an asset that a run did not make. So a run of the schedule
reports the marts it left out as made. A phase of a command is a run of its own, which
nothing else is part of: what stands is not part of it either (decision 0136).
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from graphlib import TopologicalSorter
from itertools import chain
from typing import Any

import dagster as dg

from orchestration.lib.operations.run_tags import ALL_TESTS, WITHOUT_STANDING
from orchestration.lib.tenancy.partitions import CompanyDay
from orchestration.lib.warehouse.idle_marts import forget_builds, idle_marts
from orchestration.lib.warehouse.standing import are_standing

__all__ = [
    "is_without_standing",
    "left_out_of",
    "marts_left_out",
    "refuse_changed",
    "selectors_of",
    "with_left_out",
]


def left_out_of(
    context: dg.AssetExecutionContext, url: str, company_day: CompanyDay
) -> frozenset[str]:
    """Marts that stay as empty as they are; none where everything is to be built."""
    if ALL_TESTS.keys() <= context.run.tags.keys():
        return frozenset()
    company_id = company_day.company_id(context)
    idle = idle_marts(url, company_id)
    forget_builds(url, company_id, idle)
    return idle


def is_without_standing(run: dg.DagsterRun) -> bool:
    """Whether who asked for the run left out what stands."""
    return WITHOUT_STANDING.keys() <= run.tags.keys()


def refuse_changed(context: dg.AssetExecutionContext, url: str, schema: str) -> None:
    """Build nothing on views that do not stand any more as the run was told.

    Raises
    ------
    dagster.Failure
        Another version of the project made them anew, or somebody dropped one.
    """
    keys = context.assets_def.node_keys_by_output_name.values()
    if not are_standing(url, schema, keys):
        raise dg.Failure(
            f"The views in {schema} changed since this run began, by another version "
            "of Timonel or by hand. Run it again: it makes them anew.",
            allow_retries=False,
        )


def marts_left_out(context: dg.AssetExecutionContext) -> frozenset[str]:
    """Names of the marts of this step that the run is without."""
    definition = context.assets_def
    keys = set(definition.node_keys_by_output_name.values()) - set(definition.keys)
    return frozenset(key.path[-1] for key in keys if key.path[0] == "marts")


def selectors_of(manifest: Mapping[str, Any], marts: Collection[str]) -> list[str]:
    """The marts in dbt's words: a folder where all in it are meant, or the name.

    dbt compares every node of the project with every word.
    """
    paths = [
        (node["name"], tuple(node["fqn"][1:]))
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ]
    others = {
        path[:depth]
        for name, path in paths
        if name not in marts
        for depth in range(1, len(path))
    }
    return sorted(
        {
            next(
                f"{'.'.join(path[:depth])},resource_type:model"
                if depth < len(path)
                else name
                for depth in range(1, len(path) + 1)
                if path[:depth] not in others
            )
            for name, path in paths
            if name in marts
        }
    )


def with_left_out(
    context: dg.AssetExecutionContext, idle: Container[str], events: Iterator[Any]
) -> Iterator[Any]:
    """Report what needs no build among what dbt built, each before what reads it."""
    graph = TopologicalSorter(context.assets_def.asset_deps).static_order()
    left_out = [
        key
        for key in graph
        if key in context.assets_def.keys
        and key.path[0] == "marts"
        and key.path[-1] in idle
    ]
    for event in chain(events, [None]):
        reached = _asset_of(context, event)
        above = None if reached is None else _with_those_above(context, reached)
        for key in left_out.copy():
            if event is None or (above and key in above):
                left_out.remove(key)
                yield dg.MaterializeResult(
                    asset_key=key, metadata={"has_no_rows": True}
                )
        if event is not None:
            yield event


def _asset_of(context: dg.AssetExecutionContext, event: object) -> dg.AssetKey | None:
    if isinstance(event, dg.Output):
        keys: Mapping[str, dg.AssetKey] = context.assets_def.keys_by_output_name
        return keys[event.output_name]
    if isinstance(event, dg.AssetCheckResult):
        return event.asset_key
    return None


def _with_those_above(
    context: dg.AssetExecutionContext, key: dg.AssetKey
) -> set[dg.AssetKey]:
    """The asset, and all of this step that it reads, however far above."""
    found, waiting = set(), [key]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += context.assets_def.asset_deps.get(one, ())
    return found
