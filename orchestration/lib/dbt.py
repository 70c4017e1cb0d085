"""The dbt project: its manifest, and its names as Dagster asset keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.lib.settings import PROJECT_ROOT

__all__ = ["RoomTranslator", "dbt_project", "prepare_manifest"]

_SOURCES_OF_TRUTH = ("models/**/*", "macros/**/*", "seeds/**/*", "tests/**/*", "*.yml")

dbt_project = DbtProject(project_dir=PROJECT_ROOT / "dbt_project")


class RoomTranslator(DagsterDbtTranslator):
    """One thing has one name: the asset key of a table is [schema, table]."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Schema and table, for models, seeds and sources alike."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group by layer, which is also the schema."""
        return f"dbt_{dbt_resource_props['schema']}"


def prepare_manifest() -> None:
    """Parse the dbt project if a file of it is newer than the last manifest.

    Raises
    ------
    Whatever dbt says of a project that does not parse.
    """
    manifest = dbt_project.manifest_path
    written = manifest.stat().st_mtime if manifest.exists() else 0.0
    files = (
        f for glob in _SOURCES_OF_TRUTH for f in dbt_project.project_dir.glob(glob)
    )
    if any(file.stat().st_mtime > written for file in files if file.is_file()):
        dbt_project.preparer.prepare(dbt_project)
