"""The rules about what a dbt model declares: contract, key, layer, documentation.

A model may be excused from the rules on its SQL by `meta: {spans_companies: <reason>}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.warehouse.column_descriptions import described_above
from tests.dbt_project.house_rules import sql_violations

__all__ = ["Node", "column_violations", "manifest_violations", "model_violations"]

Node = Mapping[str, Any]

_READABLE = {
    "staging": (),
    "intermediate": ("staging", "intermediate"),
    "personal": (),
    "marts": ("staging", "intermediate", "marts"),
    "reporting": ("marts", "reporting"),
}
_SOURCES = {
    "staging": ("ops", "webhooks", "probe", *SOURCES),
    "personal": ("files", "shopify"),
    "reporting": ("predictions", "ops"),
}
_TABLES = ("table", "incremental")


def manifest_violations(manifest: Mapping[str, Any]) -> list[str]:
    """Every breach in a compiled project, as `<model>: <sentence>`."""
    nodes: Mapping[str, Node] = {**manifest["nodes"], **manifest["sources"]}
    return [
        f"{node['name']}: {breach}"
        for node in manifest["nodes"].values()
        for breach in _node_violations(node, nodes)
    ]


def _node_violations(node: Node, nodes: Mapping[str, Node]) -> list[str]:
    if node["resource_type"] == "model":
        return model_violations(node, nodes)
    if node["resource_type"] == "test" and not node.get("test_metadata"):
        return list(_sql(node, nodes))
    return []


def model_violations(node: Node, nodes: Mapping[str, Node]) -> list[str]:
    """Breaches of one model, given the nodes it may depend on."""
    checks = (
        _contract(node),
        _key(node),
        _doors(node, nodes),
        _documentation(node),
        _sql(node, nodes),
    )
    return [breach for check in checks for breach in check]


def _layer(node: Node) -> str:
    return str(node["fqn"][1])


def _contract(node: Node) -> Iterator[str]:
    # What others read. What the models before them give is held by the marts' own.
    if _layer(node) in {"staging", "intermediate"}:
        return
    if not node["contract"]["enforced"]:
        yield "its contract is not enforced"


def column_violations(
    manifest: Mapping[str, Any], name: str, columns: Sequence[str]
) -> Iterator[str]:
    """Breaches of one relation's columns as they are in the database, in their order.

    A column that its model does not describe is described above it
    (`orchestration/lib/warehouse/column_descriptions.py`).
    """
    told = manifest["nodes"][name]["columns"]
    if columns[0] != "company_id":
        yield "company_id is not its first column"
    for missing in told.keys() - set(columns):
        yield f"it describes {missing}, which it does not have"
    for column in columns:
        if column not in told and not described_above(manifest, name, column):
            yield f"the column {column} is not described"


def _key(node: Node) -> Iterator[str]:
    if node["config"]["materialized"] not in _TABLES:
        return
    keys = [c["columns"] for c in node["constraints"] if c["type"] == "primary_key"]
    if not keys:
        yield "it has no primary key"
    elif keys[0][0] != "company_id":
        yield f"its primary key {keys[0]} does not start with company_id"
    if node["config"]["incremental_strategy"] != "replace_companies":
        yield "it does not replace a company's rows in one statement"


def _doors(node: Node, nodes: Mapping[str, Node]) -> Iterator[str]:
    layer = _layer(node)
    if layer not in _READABLE:
        yield f"{layer} is not one of the layers {', '.join(_READABLE)}"
        return
    for parent in map(nodes.__getitem__, node["depends_on"]["nodes"]):
        if parent["resource_type"] == "source":
            if parent["source_name"] not in _SOURCES.get(layer, ()):
                yield f"{layer} may not read the source {parent['source_name']}"
        elif not _may_read(layer, parent):
            yield f"{layer} may not read {_layer(parent)} ({parent['name']})"
    if layer == "staging" and len(node["depends_on"]["nodes"]) != 1:
        yield "a staging model reads exactly one table"


def _may_read(layer: str, parent: Node) -> bool:
    return parent["resource_type"] == "seed" or _layer(parent) in _READABLE[layer]


def _documentation(node: Node) -> Iterator[str]:
    stem = PurePosixPath(node["original_file_path"]).with_suffix(".yml").name
    # Models of an API's tables are described together, beside them.
    together = f"_{node['name'].removeprefix('stg_').split('__')[0]}__models.yml"
    places = [stem, together] if _layer(node) == "staging" else [stem]
    if not str(node["patch_path"]).endswith(tuple(f"/{each}" for each in places)):
        yield f"it is not described in a {stem} beside it"
    last = node["description"].strip().rstrip(".").rsplit(". ", 1)[-1]
    if not last.startswith("One row per "):
        yield "its description does not end with its grain, 'One row per ...'"
    for column in node["columns"].values():
        if len(column["description"].split()) < 2:
            yield f"the column {column['name']} is not described"


def _sql(node: Node, nodes: Mapping[str, Node]) -> Iterator[str]:
    if reason := node["config"].get("meta", {}).get("spans_companies"):
        if len(str(reason).split()) < 3:
            yield "spans_companies does not say why"
        return
    shared = {
        n["name"]
        for n in nodes.values()
        if n["config"].get("meta", {}).get("is_reference_table")
    }
    yield from sql_violations(node["compiled_code"], shared)
