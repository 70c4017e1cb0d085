"""`timonel dev`: the Dagster UI on this project."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from orchestration.cli.console import console, plain_errors, step
from orchestration.lib.core.settings import PROJECT_ROOT, Settings
from orchestration.lib.warehouse.database import open_database

__all__ = ["dev"]


def dev(
    port: Annotated[int, typer.Option(help="Port of the UI on 127.0.0.1.")] = 3000,
) -> None:
    """Open the Dagster UI: the asset graph, its partitions, checks and schedules."""
    from orchestration.lib.operations.dagster_home import (
        end_orphaned_runs,
        open_instance,
    )
    from orchestration.lib.operations.guarded_webserver import run_dev

    settings = Settings.from_environment()
    with plain_errors(), step("Opening the database"):
        open_database(settings)
    with open_instance(settings) as instance:
        end_orphaned_runs(instance, datetime.now(UTC))
    console.print(f"Dagster UI at http://127.0.0.1:{port} (Ctrl-C stops it)")
    os.chdir(PROJECT_ROOT)
    run_dev(["-m", "orchestration.definitions", "-p", str(port)])
