"""Dagster without what it works out or reads again and finds as it was."""

from __future__ import annotations

from collections.abc import Set
from weakref import WeakKeyDictionary

import dagster as dg
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.execution.context.system import StepExecutionContext
from dagster._core.storage.sql import ALEMBIC_SCRIPTS_LOCATION

__all__ = ["migrations_read_once", "tables_worked_out_once"]

_READ = ScriptDirectory.from_config
_read: dict[str | None, ScriptDirectory] = {}
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


def migrations_read_once() -> None:
    """Have the migrations of Dagster's own stores read once by a process.

    It reads all of them for each file that it opens: one per run, and three of all.
    """
    ScriptDirectory.from_config = _directory  # type: ignore[method-assign]


def _directory(config: Config) -> ScriptDirectory:
    if config.get_main_option("script_location") != ALEMBIC_SCRIPTS_LOCATION:
        return _READ(config)
    # Each kind of store has settings of its own.
    settings = config.config_file_name and str(config.config_file_name)
    if settings not in _read:
        _read[settings] = _READ(config)
    return _read[settings]
