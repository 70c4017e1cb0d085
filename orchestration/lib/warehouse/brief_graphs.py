"""dbt's graph without what is drawn of it for nobody, and SQL written where it failed.

For each command dbt looks for cycles with a library that is made for harder questions,
and writes every node out in full, twice, for a summary in a file of diagnostics. The
SQL of each node becomes two files, of which somebody looks at those of one that failed.

Its `USE_FAST_TEST_EDGES` stays off: with it a test of a model and a source, as those of
company ids are, holds back nothing of what is built from a source as well (dbt 1.11).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from typing import Any
from unittest.mock import patch

from dbt.artifacts.schemas.results import NodeStatus
from dbt.compilation import Linker
from dbt.contracts.graph.nodes import ParsedNode
from dbt.task.base import BaseRunner

__all__ = ["brief_graphs"]

_RUN, _WRITE = BaseRunner.run_with_hooks, ParsedNode.write_node
_WRITTEN_LATER = "_written_later"
_LOOKED_INTO = frozenset({NodeStatus.Error, NodeStatus.Fail, NodeStatus.Warn})


@contextmanager
def brief_graphs() -> Iterator[None]:
    """Have dbt see its graph, and keep SQL, as above."""
    with (
        patch.object(Linker, "get_graph_summary", _no_summary),
        patch.object(Linker, "find_cycles", _cycle),
        patch.object(ParsedNode, "write_node", _write_later),
        patch.object(BaseRunner, "run_with_hooks", _run),
    ):
        yield


def _no_summary(_linker: Linker, _manifest: Any) -> dict[int, Any]:
    return {}


def _cycle(linker: Linker) -> str | None:
    """One that was found, in the words of dbt."""
    graph = linker.graph
    try:
        TopologicalSorter({node: graph.pred[node] for node in graph}).prepare()
    except CycleError as error:
        return " --> ".join(error.args[1])
    return None


def _write_later(node: ParsedNode, *place_and_code: str) -> None:
    node.__dict__.setdefault(_WRITTEN_LATER, []).append(place_and_code)


def _run(runner: BaseRunner, manifest: Any) -> Any:
    result = _RUN(runner, manifest)  # type: ignore[no-untyped-call]
    for place_and_code in runner.node.__dict__.pop(_WRITTEN_LATER, ()):
        if result.status in _LOOKED_INTO:
            _WRITE(runner.node, *place_and_code)
    return result
