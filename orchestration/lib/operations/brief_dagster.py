"""Dagster without what it works out again for each table, and of what is not there."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any
from weakref import WeakKeyDictionary

import dagster as dg
from dagster._core.execution.context.system import StepExecutionContext
from dagster.components.core import load_defs
from dagster.components.core.component_tree import ComponentTree

__all__ = [
    "brief_dagster",
    "no_components_described",
    "one_day_is_no_range",
    "tables_worked_out_once",
]

_KEYS_IN_RANGE = dg.MultiPartitionsDefinition.get_partition_keys_in_range

_WORK_OUT = StepExecutionContext.get_output_asset_keys
_known: WeakKeyDictionary[StepExecutionContext, Set[dg.AssetKey]] = WeakKeyDictionary()


def brief_dagster() -> None:
    """Have Dagster spare both of these, wherever assets run."""
    tables_worked_out_once()
    one_day_is_no_range()


def tables_worked_out_once() -> None:
    """Have a step's tables worked out once, and not again for each of them.

    They stay the same while it runs. Dagster asks at each table, to refuse one that
    comes before what it is made of, and builds the set of all for each entry of all:
    time grows with their number cubed, to a third of a night's work on 500.
    """
    StepExecutionContext.get_output_asset_keys = _output_asset_keys  # type: ignore[method-assign]


def _output_asset_keys(self: StepExecutionContext) -> Set[dg.AssetKey]:
    if self not in _known:
        _known[self] = _WORK_OUT(self)
    return _known[self]


def one_day_is_no_range() -> None:
    """Have a run's company and day taken as they are, and not looked for as a range.

    They were looked up when the run began. Dagster does it again for each table and
    each table that it is made of, in four questions to its store.
    """
    dg.MultiPartitionsDefinition.get_partition_keys_in_range = _keys_in_range  # type: ignore[method-assign, assignment]


def no_components_described() -> None:
    """Have what is loaded not told with what its kinds of components could be given.

    Dagster writes a schema of each kind of every package that is installed, half a
    second of each command that loads definitions. Ours are of none of these kinds.
    """
    load_defs.get_library_json_enriched_defs = _without_kinds


def _without_kinds(tree: ComponentTree | None) -> dg.Definitions:
    return dg.Definitions(component_tree=tree)


def _keys_in_range(
    definition: dg.MultiPartitionsDefinition,
    partition_key_range: dg.PartitionKeyRange,
    dynamic_partitions_store: Any = None,
) -> Sequence[str]:
    start, end = partition_key_range.start, partition_key_range.end
    if start == end:
        return [definition.get_partition_key_from_str(start)]
    return _KEYS_IN_RANGE(definition, partition_key_range, dynamic_partitions_store)
