"""The asset graph runs from the tap to the dashboard, and says who is who."""

from functools import cache
from typing import Any

import dagster as dg

from orchestration.definitions import defs


@cache
def _graph() -> Any:
    return defs().resolve_asset_graph()


def _materialised() -> list[dg.AssetKey]:
    graph = _graph()
    return [k for k in graph.get_all_asset_keys() if graph.get(k).is_materializable]


def test_every_room_of_the_graph_is_there() -> None:
    names = {key.to_user_string() for key in _materialised()}

    assert names >= {
        "raw_files/files",
        "raw_files/purchases",
        "raw_files/shopify_order_lines",
        "raw_files/ad_spend",
        "staging/stg_files__purchases",
        "marts/orders",
        "marts/customers",
        "marts/customer_summaries",
        "predictions/model_fits",
        "predictions/predictions_customer",
        "predictions/predictions_customer_history",
        "reporting/customer_values",
        "dashboards/clientes",
    }


def test_the_dashboard_descends_from_the_tap() -> None:
    graph = _graph()
    ancestors: set[dg.AssetKey] = set()
    waiting = [dg.AssetKey(["dashboards", "clientes"])]
    while waiting:
        parents = graph.get(waiting.pop()).parent_keys
        waiting += parents - ancestors
        ancestors |= parents

    assert dg.AssetKey(["raw_files", "purchases"]) in ancestors
    assert dg.AssetKey(["predictions", "predictions_customer"]) in ancestors


def test_nothing_reaches_back() -> None:
    order = ["raw_files", "ops", "staging", "intermediate", "marts", "predictions"]
    order += ["reporting", "dashboards"]
    graph = _graph()

    for key in graph.get_all_asset_keys():
        for parent in graph.get(key).parent_keys:
            assert order.index(parent.path[0]) <= order.index(key.path[0]), key


def test_every_asset_is_described_owned_grouped_and_partitioned() -> None:
    graph = _graph()

    for key in _materialised():
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.group_name != "default", key
        assert node.partitions_def is not None, key
        assert set(node.partitions_def.partition_dimension_names) == {"company", "day"}


def test_every_gate_is_a_blocking_check() -> None:
    checks = {
        check.name
        for check in _graph().asset_check_keys
        if check.asset_key.path[0] in {"predictions", "raw_files"}
    }

    assert checks == {
        "rows_and_totals_match_the_files",
        "enough_data",
        "recent_orders",
        "independence_of_frequency_and_value",
        "converged",
        "probabilities_in_range",
        "reconciles_with_mart",
    }


def test_the_schedule_and_the_sensor_are_on() -> None:
    schedule = defs().get_schedule_def("daily_refresh")
    sensor = defs().get_sensor_def("company_added")

    assert schedule.job_name == "refresh_company"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
