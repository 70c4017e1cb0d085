"""The dbt project: its manifest, and its names as Dagster asset keys."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.lib.settings import PROJECT_ROOT

__all__ = [
    "DbtProjectBroken",
    "RoomTranslator",
    "dbt_program",
    "dbt_project",
    "prepare_manifest",
]

_SOURCES_OF_TRUTH = ("models/**/*", "macros/**/*", "seeds/**/*", "tests/**/*", "*.yml")

dbt_project = DbtProject(project_dir=PROJECT_ROOT / "dbt_project")


class DbtProjectBroken(RuntimeError):
    """The dbt project does not parse; the message is dbt's own."""


class RoomTranslator(DagsterDbtTranslator):
    """One thing has one name: the asset key of a table is [schema, table]."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Schema and table, for models, seeds and sources alike."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group by layer, which is also the schema."""
        return f"dbt_{dbt_resource_props['schema']}"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """One team owns every model until a model says otherwise."""
        return list(super().get_owners(dbt_resource_props) or ["team:data"])


def prepare_manifest() -> None:
    """Parse the dbt project if a file of it is newer than the last manifest.

    Raises
    ------
    DbtProjectBroken
        With what dbt says of the project.
    """
    manifest = dbt_project.manifest_path
    written = manifest.stat().st_mtime if manifest.exists() else 0.0
    folder = dbt_project.project_dir
    files = (file for glob in _SOURCES_OF_TRUTH for file in folder.glob(glob))
    if all(file.stat().st_mtime <= written for file in files if file.is_file()):
        return
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        parsed = subprocess.run(
            [
                *(dbt_program(), "parse", "--no-use-colors"),
                *("--profiles-dir", folder, "--target-path", fresh),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if parsed.returncode:
            raise DbtProjectBroken(parsed.stdout.strip())
        # In one step: a killed parse must not leave half a manifest.
        manifest.parent.mkdir(exist_ok=True)
        for name in ("partial_parse.msgpack", manifest.name):
            (Path(fresh) / name).replace(manifest.parent / name)


def dbt_program() -> str:
    """The dbt of this environment, whether or not it is on the PATH."""
    return str(Path(sys.executable).with_name("dbt"))
