"""Marts that a company has nothing for are left out of its build, and seen anyway.

Dagster skips what reads an asset that a run did not make.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from graphlib import TopologicalSorter
from itertools import chain
from typing import Any

import dagster as dg

from orchestration.lib.operations.run_tags import ALL_TESTS
from orchestration.lib.tenancy.partitions import CompanyDay
from orchestration.lib.warehouse.idle_marts import forget_builds, idle_marts

__all__ = ["left_out_of", "with_left_out"]


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
