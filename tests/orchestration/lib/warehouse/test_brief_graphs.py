"""dbt finds circles as it always did, and keeps the SQL of what failed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.artifacts.schemas.results import RunStatus, TestStatus
from dbt.compilation import Linker
from dbt.contracts.graph.nodes import ParsedNode
from dbt.task.base import BaseRunner

from orchestration.lib.warehouse import brief_graphs


def test_a_circle_is_told() -> None:
    linker = Linker()
    for after, before in (("b", "a"), ("c", "b"), ("b", "c")):
        linker.dependency(after, before)  # type: ignore[no-untyped-call]

    with brief_graphs.brief_graphs():
        told: str = linker.find_cycles()  # type: ignore[no-untyped-call]

    assert set(told.split(" --> ")) == {"b", "c"}


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
