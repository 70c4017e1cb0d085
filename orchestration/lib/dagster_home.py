"""Dagster's own folder: run history and settings, shared by the CLI and the UI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import dagster as dg

from orchestration.lib.settings import PROJECT_ROOT, Settings

__all__ = ["open_instance", "prepare_home"]

_SETTINGS = PROJECT_ROOT / "orchestration" / "deploy" / "dagster.yaml"


def prepare_home(settings: Settings) -> Path:
    """Make the folder ready and name it in ``DAGSTER_HOME``, where Dagster looks."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_SETTINGS, home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance whose runs `timonel dev` shows."""
    prepare_home(settings)
    return dg.DagsterInstance.get()
