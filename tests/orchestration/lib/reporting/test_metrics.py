"""The registry declares each metric once, columns name it, and mistakes are told."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.lib.core.translations import LANGUAGES
from orchestration.lib.core.yaml_files import parsed
from orchestration.lib.reporting.metric_registry import (
    REGISTRY,
    Declaration,
    MetricBroken,
    read_registry,
)
from orchestration.lib.reporting.metrics import read_metrics, undeclared

LIMITS = {"relation": "acquisition", "status": "proposed", "target": 0.6, "warn": 0.5}
TOLD = {
    "label": {"es": "Tasa de onboarding", "en": "Onboarding rate"},
    "formula": "onboarded / registered",
    "unit": "share",
    "direction": "higher_is_better",
    "owner": "marketing",
    "service_level": "operational",
    "limits": LIMITS,
}


def _registry(folder: Path, **told: Any) -> dict[str, Declaration]:
    declared = {"onboarding_rate": {**TOLD, **told}}
    (folder / "community.yml").write_text(yaml.safe_dump(declared))
    return read_registry(folder)


def _manifest(name: str = "onboarding_rate", **meta: Any) -> dict[str, Any]:
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
            "config": {"meta": {"metric": name}},
        },
        "user_count": {"data_type": "bigint", "description": "Users."},
    }
    return {
        "nodes": {
            "model.timonel.acquisition": {
                "resource_type": "model",
                "schema": "reporting",
                "name": "acquisition",
                "config": {"meta": {"page": "acquisition", **meta}},
                "columns": {
                    name: {"name": name, "config": {}, **column}
                    for name, column in columns.items()
                },
            }
        }
    }


def test_the_projects_metrics_have_one_label_per_language() -> None:
    registry = read_registry()

    assert len(registry) > 100
    for language in LANGUAGES:
        labels = [one.label[language] for one in registry.values()]
        assert len(set(labels)) == len(labels)


def test_a_column_is_the_metric_that_it_names(tmp_path: Path) -> None:
    (metric,) = read_metrics(_manifest(), _registry(tmp_path))

    assert metric.address == "reporting.acquisition.onboarding_rate"
    assert metric.description == "Share of new users who completed it."
    assert (metric.domain, metric.label_es) == ("community", "Tasa de onboarding")
    assert (metric.target, metric.warn, metric.critical) == (0.6, 0.5, None)
    assert metric.threshold_status == "proposed"


def test_limits_hold_on_the_relation_they_are_declared_for(tmp_path: Path) -> None:
    registry = _registry(tmp_path, limits={**LIMITS, "relation": "kpi_months"})

    (metric,) = read_metrics(_manifest(), registry)

    assert (metric.target, metric.warn) == (None, None)
    assert metric.threshold_status == "none"


def test_a_column_of_a_model_of_several_pages_is_where_its_metric_says(
    tmp_path: Path,
) -> None:
    manifest = _manifest(page="several")

    (metric,) = read_metrics(manifest, _registry(tmp_path, page="retention"))

    assert metric.page == "retention"
    with pytest.raises(MetricBroken, match="names the page None; choose one of cust"):
        read_metrics(manifest, _registry(tmp_path))


def test_a_column_that_names_no_metric_is_told(tmp_path: Path) -> None:
    with pytest.raises(MetricBroken, match=r"onboarding_rate: no metric is called 'x'"):
        read_metrics(_manifest("x"), _registry(tmp_path))


def test_what_nobody_defined_is_no_metric_yet(tmp_path: Path) -> None:
    pending = {"label": TOLD["label"], "formula": "not defined", "is_pending": True}
    (tmp_path / "community.yml").write_text(yaml.safe_dump({"ilt": pending}))
    registry = read_registry(tmp_path)

    assert registry == {}
    with pytest.raises(MetricBroken, match="no metric is called 'ilt'"):
        read_metrics(_manifest("ilt"), registry)
    (tmp_path / "community.yml").write_text(
        yaml.safe_dump({"ilt": {**pending, "unit": "count"}})
    )
    with pytest.raises(MetricBroken, match="ilt has 'unit'"):
        read_registry(tmp_path)
    told = parsed(REGISTRY / "community.yml")
    assert {name for name in told if told[name].get("is_pending")} == {
        *("ilt", "tav", "vnr")
    }


def test_a_number_on_a_page_that_is_no_metric_is_found() -> None:
    assert undeclared(_manifest()) == ["reporting.acquisition.user_count"]


def test_a_model_on_no_page_may_hold_any_number() -> None:
    manifest = copy.deepcopy(_manifest())
    manifest["nodes"]["model.timonel.acquisition"]["config"] = {}

    assert undeclared(manifest) == []


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        (
            {"unit": "furlongs"},
            r"onboarding_rate: unit is 'furlongs'; c",
        ),
        ({"direction": "up"}, "direction is 'up'"),
        ({"label": {"es": "Tasa"}}, r"label has \['es'\]"),
        ({"colour": "red"}, "onboarding_rate has 'colour'; it may have direction"),
        (
            {"limits": {**LIMITS, "status": "none"}},
            "status is 'none'; write owner",
        ),
        ({"limits": {**LIMITS, "target": "high"}}, "limits: 'high' is no number"),
        ({"limits": {"relation": "x", "status": "owner"}}, "one of target, warn, crit"),
        ({"limits": {**LIMITS, "status": "company"}}, "or company, and none of them"),
        ({"limits": {**LIMITS, "sample": "user_count"}}, "write how many user_count"),
        (
            {"limits": {**LIMITS, "sample": "user_count", "sample_minimum": 0}},
            "sample_minimum is 0; write how many user_count",
        ),
    ],
)
def test_a_wrong_declaration_says_where_and_what(
    tmp_path: Path, told: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(MetricBroken, match=complaint):
        _registry(tmp_path, **told)


def test_a_metric_lacking_its_formula_is_refused(tmp_path: Path) -> None:
    told = {key: one for key, one in TOLD.items() if key != "formula"}
    (tmp_path / "community.yml").write_text(yaml.safe_dump({"rate": told}))

    with pytest.raises(MetricBroken, match=r"community.yml: rate lacks formula"):
        read_registry(tmp_path)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("onboarding_rate", "onboarding_rate is declared in commerce.yml too"),
        ("another_rate", "'Onboarding rate' is the label of another_rate"),
    ],
)
def test_a_name_and_a_label_are_declared_once(
    tmp_path: Path, name: str, complaint: str
) -> None:
    (tmp_path / "commerce.yml").write_text(yaml.safe_dump({name: TOLD}))

    with pytest.raises(MetricBroken, match=complaint):
        _registry(tmp_path)


def test_a_sample_is_a_column_of_the_relation(tmp_path: Path) -> None:
    counted = {"sample": "users", "sample_minimum": 30}
    registry = _registry(tmp_path, limits={**LIMITS, **counted})

    with pytest.raises(MetricBroken, match="'users', which is no column of its model"):
        read_metrics(_manifest(), registry)


def test_a_sample_is_told_beside_the_limits(tmp_path: Path) -> None:
    counted = {"sample": "user_count", "sample_minimum": 30}

    (metric,) = read_metrics(
        _manifest(), _registry(tmp_path, limits={**LIMITS, **counted})
    )

    assert (metric.sample, metric.sample_minimum) == ("user_count", 30)
