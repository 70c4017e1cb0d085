"""What a command leaves out, because building it would change nothing."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.transformation.dbt import dbt_marts, dbt_reporting
from orchestration.defs.transformation.left_out import selectors_of
from orchestration.lib.warehouse.dbt_relations import are_all_there, outgrown_marts
from orchestration.lib.warehouse.standing import standing_assets
from tests.dbt_project.warehouse import Warehouse

VIEWS = {key for key in dbt_marts.keys if key.path[0] != "marts"}
# Its step keeps, in each run, what people are shown.
KEPT = dg.AssetKey(["reporting", "insights"])


def test_a_command_does_not_ask_for_what_stands(own_warehouse: Warehouse) -> None:
    company_id = own_warehouse.add_pair().acme
    views = VIEWS | dbt_reporting.keys - {KEPT}
    standing = standing_assets(own_warehouse.url, company_id)

    own_warehouse.execute("drop view reporting.insight_feed")
    without_a_view = standing_assets(own_warehouse.url, company_id)
    # As if nobody knew what the others were made from.
    own_warehouse.execute("comment on schema staging is null")

    # Of a company without any row all marts are built, to tell that nothing came.
    assert standing == views
    assert without_a_view == VIEWS
    assert standing_assets(own_warehouse.url, company_id) == set()


def test_a_mart_whose_columns_may_be_null_or_no_longer_is_of_an_earlier_version(
    own_warehouse: Warehouse,
) -> None:
    before = outgrown_marts(own_warehouse.url)
    own_warehouse.execute(
        "alter table marts.web_source_months alter engaged_session_count set not null"
    )
    own_warehouse.execute("alter table marts.orders alter status drop not null")

    assert before == []
    assert outgrown_marts(own_warehouse.url) == ["orders", "web_source_months"]


def test_a_folder_is_left_out_by_its_name_only_when_all_of_it_is() -> None:
    manifest = {
        "nodes": {
            name: {
                "name": name,
                "resource_type": "model",
                "schema": "marts",
                "fqn": ["timonel", "marts", *folder, name],
            }
            for name, *folder in (
                *(("visits", "web"), ("pages", "web")),
                *(("orders", "shop"), ("carts", "shop"), ("scores", "shop", "value")),
            )
        }
    }
    left_out = {"visits", "pages", "carts", "scores"}

    assert selectors_of(manifest, left_out) == [
        "carts",
        "marts.shop.value,resource_type:model",
        "marts.web,resource_type:model",
    ]
    assert selectors_of(manifest, {"visits"}) == ["visits"]
    assert selectors_of(manifest, set()) == []


def test_a_missing_view_is_noticed(warehouse: Warehouse) -> None:
    missing = dg.AssetKey(["reporting", "not_made_yet"])

    assert are_all_there(warehouse.url, dbt_marts.keys | dbt_reporting.keys)
    assert not are_all_there(warehouse.url, dbt_reporting.keys | {missing})
