"""The entrance: everything under ``defs/`` is discovered, nothing is listed here."""

from pathlib import Path

from dagster import Definitions, definitions, load_from_defs_folder

from orchestration.lib.operations.brief_dagster import no_components_described


@definitions
def defs() -> Definitions:
    """Every asset, check, job, schedule, sensor and resource of the platform."""
    no_components_described()
    return load_from_defs_folder(path_within_project=Path(__file__).parent)
