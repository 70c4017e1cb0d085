"""What keeps rows apart is a constraint of the table, and no check of every night.

A staging model reads one table and neither joins nor multiplies its rows (rules of the
house), so its rows are unique within a company because those of the table are. Views
above it say their key (``meta: key``), which is held against their rows where much has
happened to them: after sixty days and after the demo.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode

from tests.dbt_project.dbt_commands import written
from tests.dbt_project.warehouse import Warehouse

KEYS = """
    select relnamespace::regnamespace || '.' || relname as name,
        array(
            select attname::text from unnest(indkey) with ordinality as key (number, at)
            inner join pg_attribute on attrelid = indrelid and attnum = number
            order by at
        ) as columns
    from pg_index inner join pg_class on pg_class.oid = indrelid
    where indisunique and indpred is null
"""


@pytest.fixture(scope="module")
def staging(parsed_project: Manifest) -> list[dict[str, Any]]:
    """The staging models."""
    nodes = written(parsed_project)["nodes"].values()
    return [
        node
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "staging"
    ]


def test_every_table_behind_a_staging_model_has_a_key_within_the_company(
    warehouse: Warehouse, staging: list[dict[str, Any]], parsed_project: Manifest
) -> None:
    keys: dict[str, list[list[str]]] = {}
    for row in warehouse.rows(KEYS):
        keys.setdefault(row["name"], []).append(row["columns"])
    read = {name for node in staging for name in node["depends_on"]["nodes"]}
    tables = {
        f"{source.schema}.{source.identifier}"
        for name, source in parsed_project.sources.items()
        if name in read
    }

    without = {
        table
        for table in tables
        if not any("company_id" in columns for columns in keys.get(table, ()))
    }

    assert len(tables) > 40
    assert without == set()


def test_a_staging_model_multiplies_no_row(staging: list[dict[str, Any]]) -> None:
    words = r"\b(?:join|lateral|unnest|union|generate_series|jsonb_array_elements\w*)\b"
    found = {
        (node["name"], word)
        for node in staging
        for word in re.findall(words, node["raw_code"].lower())
    }

    assert found == set()


def test_every_mart_has_a_key(warehouse: Warehouse) -> None:
    keyed = {row["name"] for row in warehouse.rows(KEYS)}
    marts = warehouse.rows(
        "select schemaname || '.' || tablename as name from pg_tables"
        " where schemaname = 'marts'"
    )

    assert len(marts) > 30
    assert {row["name"] for row in marts} - keyed == set()


def test_every_view_that_is_read_says_its_key(parsed_project: Manifest) -> None:
    without = {
        node.name
        for node in parsed_project.nodes.values()
        if isinstance(node, ModelNode)
        and node.schema == "reporting"
        and node.config.materialized == "view"
        and "key" not in node.config.meta
    }

    assert without == set()


def test_who_follows_a_mart_is_told_what_changed_in_it(
    parsed_project: Manifest,
) -> None:
    """What a mart is rebuilt by is written down by the mart that it follows."""
    marts = {
        node.name: node
        for node in parsed_project.nodes.values()
        if isinstance(node, ModelNode) and node.schema == "marts"
    }
    followed = {
        (name, mart): set() if columns == "all" else set(columns)
        for name, node in marts.items()
        for mart, columns in node.config.meta.get("rebuilt_by", {})
        .get("changes", {})
        .items()
        # Raw rows are noted before any model (macros/source_orders.sql).
        if not mart.startswith("source_")
    }
    silent = {
        (name, mart)
        for (name, mart), columns in followed.items()
        if "changes_kept" not in marts[mart].config.meta
        or columns - {*marts[mart].config.meta["changes_kept"], *key_of(marts[mart])}
    }

    assert len(followed) > 10
    assert silent == set()


def test_who_follows_a_mart_is_built_after_it(parsed_project: Manifest) -> None:
    """Else it learns of a change a run too late."""
    nodes = parsed_project.nodes
    too_early = {
        (node.name, mart)
        for key, node in nodes.items()
        if isinstance(node, ModelNode)
        for mart in node.config.meta.get("rebuilt_by", {}).get("changes", {})
        if not mart.startswith("source_")
        and f"model.timonel.{mart}" not in before(key, parsed_project)
    }

    assert too_early == set()


def before(key: str, manifest: Manifest) -> set[str]:
    """Every node that stands when this one is built."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        node = manifest.nodes.get(waiting.pop())
        told = node.depends_on_nodes if node is not None else []
        waiting += [each for each in told if each not in found]
        found |= set(told)
    return found


def key_of(mart: ModelNode) -> list[str]:
    """The columns of its primary key, which every change holds."""
    return [column for one in mart.constraints for column in one.columns]
