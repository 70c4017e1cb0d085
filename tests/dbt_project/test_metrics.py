"""Every number on a page is in the registry."""

from __future__ import annotations

import pytest

from orchestration.lib.metrics import read_metrics, undeclared
from tests.dbt_project.dbt_commands import DbtProject


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The parsed project."""
    return DbtProject({}, tmp_path_factory.mktemp("dbt")).parsed_manifest()


def test_every_number_on_a_page_is_a_metric(manifest: dict[str, object]) -> None:
    assert undeclared(manifest) == []


def test_labels_of_a_page_are_not_used_twice(manifest: dict[str, object]) -> None:
    metrics = read_metrics(manifest)

    shown = [(metric.relation, metric.label_es) for metric in metrics]
    assert len(shown) == len(set(shown))
