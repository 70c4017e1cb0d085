"""Every model declares, documents and joins as the house rules ask."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from dbt.contracts.graph.manifest import Manifest as ParsedProject

from orchestration.lib.warehouse.column_descriptions import inherit_descriptions
from orchestration.lib.warehouse.flat_sql import flat_sql
from tests.conftest import NewDatabase
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.manifest_rules import (
    column_violations,
    manifest_violations,
    model_violations,
)

Manifest = dict[str, Any]
ORDERS = "model.timonel.orders"
STAGED_ORDERS = "model.timonel.stg_files__purchases"


@pytest.fixture(scope="module")
def built(new_installation: NewDatabase) -> Iterator[str]:
    """URL of a database in which every model stands."""
    with new_installation() as url:
        yield url


@pytest.fixture(scope="module")
def manifest(
    built: str, parsed_project: ParsedProject, tmp_path_factory: pytest.TempPathFactory
) -> Manifest:
    """The project, compiled for that database."""
    environment = {"PGDATABASE": built.rsplit("/", 1)[1]}
    work = tmp_path_factory.mktemp("dbt")
    compiled = DbtProject(environment, work, parsed_project).compiled_manifest()
    inherit_descriptions(compiled)
    return compiled


@pytest.fixture(scope="module")
def columns(built: str, manifest: Manifest) -> dict[str, list[str]]:
    """Columns of every relation in their order, by the unique id of its model."""
    with psycopg.connect(built) as database:
        found = database.execute(
            "select table_schema, table_name, "
            "array_agg(column_name::text order by ordinal_position) "
            "from information_schema.columns group by 1, 2"
        )
        there = {f"{schema}.{name}": names for schema, name, names in found}
    return {
        key: there[f"{node['schema']}.{node['name']}"]
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["config"]["materialized"] != "sql_function"
    }


def test_no_model_breaks_a_house_rule(manifest: Manifest) -> None:
    assert manifest_violations(manifest) == []


def test_every_column_that_is_there_is_described(
    manifest: Manifest, columns: dict[str, list[str]]
) -> None:
    assert [
        f"{key}: {breach}"
        for key, names in columns.items()
        for breach in column_violations(manifest, key, names)
    ] == []


@pytest.mark.parametrize(
    ("spoil", "breach"),
    [
        (lambda names: [*names, "surprise"], "surprise is not described"),
        (lambda names: names[1:], "company_id is not its first column"),
        (
            lambda names: [name for name in names if name != "purchase_id"],
            "describes purchase_id, which it does not have",
        ),
    ],
)
def test_a_column_out_of_place_is_found(
    manifest: Manifest, columns: dict[str, list[str]], spoil: Any, breach: str
) -> None:
    spoilt = spoil(columns[STAGED_ORDERS])

    assert any(
        breach in said for said in column_violations(manifest, STAGED_ORDERS, spoilt)
    )


def test_every_layer_has_models_to_check(manifest: Manifest) -> None:
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]

    layers = {node["fqn"][1] for node in models}
    assert layers == {"staging", "personal", "intermediate", "marts", "reporting"}
    assert all(node["compiled_code"] for node in models)


def test_a_mart_is_planned_as_it_is_written(manifest: Manifest, built: str) -> None:
    marts = [
        node["compiled_code"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    ]
    flattened = [flat_sql(written) for written in marts]

    with psycopg.connect(built) as database:

        def plan(statement: str) -> list[tuple[str]]:
            return database.execute(f"explain {statement}".encode()).fetchall()

        assert [plan(sql) for sql in flattened] == [plan(sql) for sql in marts]
    assert sum(a != b for a, b in zip(marts, flattened, strict=True)) > len(marts) / 2


def _without_contract(node: Manifest) -> None:
    node["contract"]["enforced"] = False


def _without_key(node: Manifest) -> None:
    node["constraints"] = []


def _with_key_of_another_order(node: Manifest) -> None:
    node["constraints"][0]["columns"] = ["order_id", "company_id"]


def _reading_a_source(node: Manifest) -> None:
    node["depends_on"]["nodes"] = ["source.timonel.files.purchases"]


def _reading_a_later_layer(node: Manifest) -> None:
    node["depends_on"]["nodes"] = ["model.timonel.customer_values"]


def _without_grain(node: Manifest) -> None:
    node["description"] = "One row per order is what people expect. It is long."


def _with_a_silent_column(node: Manifest) -> None:
    node["columns"]["net_revenue"]["description"] = ""


def _joining_without_company(node: Manifest) -> None:
    node["compiled_code"] = "select a.company_id from a join b on a.x = b.x"


def _excused_without_reason(node: Manifest) -> None:
    node["config"]["meta"] = {"spans_companies": "yes"}


@pytest.mark.parametrize(
    ("spoil", "breach"),
    [
        (_without_contract, "contract is not enforced"),
        (_without_key, "no primary key"),
        (_with_key_of_another_order, "does not start with company_id"),
        (_reading_a_source, "marts may not read the source files"),
        (_reading_a_later_layer, "marts may not read reporting"),
        (_without_grain, "does not end with its grain"),
        (_with_a_silent_column, "net_revenue is not described"),
        (_joining_without_company, "A join without equality"),
        (_excused_without_reason, "does not say why"),
    ],
)
def test_a_spoilt_model_is_found(manifest: Manifest, spoil: Any, breach: str) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    model = copy.deepcopy(nodes[ORDERS])

    spoil(model)

    found = model_violations(model, nodes)
    assert any(breach in sentence for sentence in found), found


def test_a_staging_model_that_joins_another_is_found(manifest: Manifest) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    model = copy.deepcopy(nodes[STAGED_ORDERS])

    model["depends_on"]["nodes"].append("model.timonel.stg_files__files")

    found = model_violations(model, nodes)
    assert "staging may not read staging (stg_files__files)" in found
    assert "a staging model reads exactly one table" in found


def test_a_model_may_be_excused_with_a_reason(manifest: Manifest) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    model = copy.deepcopy(nodes[ORDERS])
    _joining_without_company(model)

    model["config"]["meta"] = {"spans_companies": "A total over the whole platform."}

    assert model_violations(model, nodes) == []
