"""dbt finds circles as it always did, and keeps the SQL of what failed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.artifacts.schemas.results import RunStatus, TestStatus
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ParsedNode
from dbt.task.base import BaseRunner

from orchestration.lib.warehouse import brief_graphs

WAITS = {"edge_type": "parent_test"}


def test_a_circle_is_told() -> None:
    linker = Linker()
    for after, before in (("b", "a"), ("c", "b"), ("b", "c")):
        linker.dependency(after, before)  # type: ignore[no-untyped-call]

    with brief_graphs.brief_graphs():
        told: str = linker.find_cycles()  # type: ignore[no-untyped-call]

    assert set(told.split(" --> ")) == {"b", "c"}


def test_the_same_nodes_wait_for_the_same_tests(parsed_project: Manifest) -> None:
    with brief_graphs.brief_graphs():
        ours = _graph(parsed_project)
    theirs = _graph(parsed_project)

    assert ours == theirs
    test = "test.timonel.assert_file_totals_equal_their_visible_orders"
    assert ours[(test, "model.timonel.customers")] == WAITS


def _graph(project: Manifest) -> dict[tuple[str, str], dict[str, str]]:
    """Each edge with what is told of it."""
    linker = Linker()
    project.build_parent_and_child_maps()  # type: ignore[no-untyped-call]
    linker.link_graph(project)
    linker.add_test_edges_1(project)
    return {(one, other): told for one, other, told in linker.graph.edges(data=True)}


@pytest.mark.parametrize(
    ("status", "is_kept"),
    [
        *((RunStatus.Success, False), (TestStatus.Pass, False)),
        *((RunStatus.Error, True), (TestStatus.Fail, True), (TestStatus.Warn, True)),
    ],
)
def test_the_sql_of_what_failed_is_kept(
    status: str, is_kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ("compiled/orders.sql", "run/orders.sql")

    def build(runner: Any, _manifest: object) -> SimpleNamespace:
        for place in places:
            ParsedNode.write_node(runner.node, str(tmp_path), place, "select 1")
        return SimpleNamespace(status=status)

    monkeypatch.setattr(brief_graphs, "_RUN", build)
    with brief_graphs.brief_graphs():
        BaseRunner.run_with_hooks(SimpleNamespace(node=SimpleNamespace()), None)  # type: ignore[no-untyped-call, arg-type]

    kept = [place for place in places if (tmp_path / place).exists()]
    assert kept == (list(places) if is_kept else [])
