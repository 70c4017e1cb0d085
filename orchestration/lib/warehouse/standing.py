"""What of dbt's models stands in a database as a build would leave it."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from orchestration.lib.warehouse.dbt import current_manifest, project_fingerprint
from orchestration.lib.warehouse.dbt_relations import are_all_there, built_from
from orchestration.lib.warehouse.idle_marts import idle_marts

__all__ = ["are_standing", "standing_assets"]

# The rooms of each of dbt's two steps, its views first; what the first one was made
# from is told of all of them.
_BELOW = ("staging", "personal", "intermediate")
_REPORTING = "reporting"
# Each run keeps what people are shown, in the step that makes this view.
_KEPT = dg.AssetKey(["reporting", "insights"])


def standing_assets(url: str, company_id: str) -> frozenset[dg.AssetKey]:
    """What a company's run can leave out, because making it would change nothing.

    Views, where the project is the one they were made from, and the marts that have no
    row of the company and can get none.
    """
    found: set[dg.AssetKey] = set()
    if are_standing(url, _BELOW[0], _keys(*_BELOW, "marts")):
        found |= _keys(*_BELOW)
        found |= {dg.AssetKey(["marts", each]) for each in idle_marts(url, company_id)}
    reporting = _keys(_REPORTING)
    if are_standing(url, _REPORTING, reporting):
        found |= reporting - {_KEPT}
    return frozenset(found)


def are_standing(url: str, schema: str, keys: Iterable[dg.AssetKey]) -> bool:
    """Whether all of these are there, and the schema's views are of this project."""
    return built_from(url, schema) == project_fingerprint() and are_all_there(url, keys)


def _keys(*schemas: str) -> set[dg.AssetKey]:
    return {
        dg.AssetKey([node["schema"], node["name"]])
        for node in current_manifest()["nodes"].values()
        if node["resource_type"] in {"model", "seed"} and node["schema"] in schemas
    }
