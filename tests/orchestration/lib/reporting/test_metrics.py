"""The registry reads what columns declare, and refuses what says too little."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from orchestration.lib.reporting.metrics import (
    BEGIN,
    END,
    MetricBroken,
    documented,
    read_metrics,
    undeclared,
)

TOLD = {
    "label_es": "Tasa de onboarding",
    "label_en": "Onboarding rate",
    "formula": "onboarded / registered",
    "unit": "share",
    "direction": "higher_is_better",
    "target": 0.6,
    "warn": 0.5,
    "critical": None,
    "threshold_status": "proposed",
    "owner": "marketing",
    "service_level": "operational",
}


def _manifest(**told: Any) -> dict[str, Any]:
    columns: dict[str, dict[str, Any]] = {
        "company_id": {"data_type": "text", "description": "The company."},
        "hour": {
            "data_type": "integer",
            "description": "Hour of the day.",
            "config": {"meta": {"is_dimension": True}},
        },
        "onboarding_rate": {
            "data_type": "numeric(9, 6)",
            "description": "Share of new users\n  who completed it.",
            "config": {"meta": {"metric": {**TOLD, **told}}},
        },
        "user_count": {"data_type": "bigint", "description": "Users."},
    }
    return {
        "nodes": {
            "model.timonel.acquisition": {
                "resource_type": "model",
                "schema": "reporting",
                "name": "acquisition",
                "config": {"meta": {"page": "acquisition"}},
                "columns": {
                    name: {"name": name, "config": {}, **column}
                    for name, column in columns.items()
                },
            }
        }
    }


def test_a_declared_column_is_a_metric() -> None:
    (metric,) = read_metrics(_manifest())

    assert metric.address == "reporting.acquisition.onboarding_rate"
    assert metric.description == "Share of new users who completed it."
    assert (metric.target, metric.warn, metric.critical) == (0.6, 0.5, None)


def test_a_number_on_a_page_that_is_no_metric_is_found() -> None:
    assert undeclared(_manifest()) == ["reporting.acquisition.user_count"]


def test_a_model_on_no_page_may_hold_any_number() -> None:
    manifest = _manifest()
    manifest["nodes"]["model.timonel.acquisition"]["config"] = {}

    assert undeclared(manifest) == []


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"unit": "furlongs"}, r"onboarding_rate: unit is 'furlongs'; choose"),
        ({"direction": "up"}, "direction is 'up'"),
        ({"threshold_status": "none"}, "does not fit its target, warn and critical"),
        ({"target": "high"}, "target is no number"),
        ({"colour": "red"}, "a metric has no colour"),
    ],
)
def test_a_wrong_declaration_says_where_and_what(
    told: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(MetricBroken, match=complaint):
        read_metrics(_manifest(**told))


def test_a_metric_lacking_its_formula_is_refused() -> None:
    manifest = copy.deepcopy(_manifest())
    columns = manifest["nodes"]["model.timonel.acquisition"]["columns"]
    del columns["onboarding_rate"]["config"]["meta"]["metric"]["formula"]

    with pytest.raises(MetricBroken, match="the metric lacks formula"):
        read_metrics(manifest)


def test_the_document_keeps_what_stands_around_the_registry() -> None:
    once = documented(
        read_metrics(_manifest()), f"# Ours\n{BEGIN}\nold\n{END}\nafter\n"
    )

    assert once.startswith("# Ours\n")
    assert once.endswith(f"{END}\nafter\n")
    assert "old" not in once
    assert "Tasa de onboarding" in once
    assert "target 0.6, warn 0.5 (proposed)" in once
    assert documented(read_metrics(_manifest()), once) == once


def test_a_document_without_marks_is_refused() -> None:
    with pytest.raises(MetricBroken, match="lacks the lines"):
        documented([], "# Ours\n")


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"sample": "users", "sample_minimum": 30}, "which is no column of its model"),
        ({"sample": "user_count"}, "write how many user_count"),
        ({"sample": "user_count", "sample_minimum": 0}, "write how many user_count"),
    ],
)
def test_a_sample_is_a_column_and_a_number(
    told: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(MetricBroken, match=complaint):
        read_metrics(_manifest(**told))


def test_a_sample_is_told_beside_the_limits() -> None:
    (metric,) = read_metrics(_manifest(sample="user_count", sample_minimum=30))

    assert (metric.sample, metric.sample_minimum) == ("user_count", 30)
    assert "judged from 30 user_count on" in documented([metric], f"{BEGIN}{END}")
