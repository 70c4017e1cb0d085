"""Dagster without what it works out again for each table that a step makes."""

from __future__ import annotations

from collections.abc import Set
from weakref import WeakKeyDictionary

import dagster as dg
from dagster._core.execution.context.system import StepExecutionContext

__all__ = ["tables_worked_out_once"]

_WORK_OUT = StepExecutionContext.get_output_asset_keys
_known: WeakKeyDictionary[StepExecutionContext, Set[dg.AssetKey]] = WeakKeyDictionary()


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
