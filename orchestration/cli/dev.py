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
    schedules: Annotated[
        bool,
        typer.Option(
            "--schedules",
            help="Start with every schedule on, as a server has them: companies are "
            "run at night, reports and alerts are sent.",
        ),
    ] = False,
) -> None:
    """Open the Dagster UI: the asset graph, its partitions, checks and schedules.

    Nothing runs by itself until it is asked to: with --schedules, or one by one under
    Automation, where a switch outlasts the next start.
    """
    from orchestration.lib.operations.by_itself import SCHEDULES
    from orchestration.lib.operations.dagster_home import (
        end_orphaned_runs,
        open_instance,
    )
    from orchestration.lib.operations.guarded_webserver import run_dev

    os.environ[SCHEDULES] = "on" if schedules else "off"
    settings = Settings.from_environment()
    with plain_errors(), step("Opening the database"):
        open_database(settings)
    with open_instance(settings) as instance:
        end_orphaned_runs(instance, datetime.now(UTC))
    console.print(f"Dagster UI at http://127.0.0.1:{port} (Ctrl-C stops it)")
    if not schedules:
        console.print("Schedules are off, except those somebody switched on there.")
    os.chdir(PROJECT_ROOT)
    run_dev(["-m", "orchestration.definitions", "-p", str(port)])
