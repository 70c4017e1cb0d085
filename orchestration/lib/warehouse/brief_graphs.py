"""dbt's graph without what is drawn of it for nobody, and SQL written where it failed.

For each command dbt looks for cycles with a library that is made for harder questions,
and writes every node out in full, twice, for a summary in a file of diagnostics. To let
a node wait for the tests of what it is made from, it walks the graph once for each
node. The SQL of each node becomes two files, of which somebody looks at those of one
that failed.

Its `USE_FAST_TEST_EDGES` stays off: with it a test of a model and a source, as those of
company ids are, holds back nothing of what is built from a source as well (dbt 1.11).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from typing import Any
from unittest.mock import patch

from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import NodeStatus
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest
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
        patch.object(Linker, "add_test_edges_1", _let_wait_for_tests),
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


def _let_wait_for_tests(linker: Linker, manifest: Manifest) -> None:
    """Put an edge from each test to what is made of all that the test looks at.

    The edges of `add_test_edges_1`. What a node is made of is a number, a bit for each
    node above it, so that each comes from those of its parents.
    """
    graph = linker.graph
    bits = {node: 1 << place for place, node in enumerate(graph)}
    above: dict[str, int] = {}
    parents = {node: graph.pred[node] for node in graph}
    for node in TopologicalSorter(parents).static_order():
        above[node] = 0
        for parent in parents[node]:
            above[node] |= above[parent] | bits[parent]
    tests: dict[int, list[str]] = defaultdict(list)
    for node in manifest.nodes.values():
        # One that looks at nothing of the project holds back nothing.
        if node.unique_id.startswith("test.") and (looks_at := node.depends_on_nodes):
            tests[sum(bits[each] for each in set(looks_at))].append(node.unique_id)
    waiting = [
        node
        for node in graph
        if node in manifest.nodes
        and manifest.nodes[node].resource_type != NodeType.Test
    ]
    graph.add_edges_from(
        (
            (test, node)
            for node in waiting
            for looks_at, those in tests.items()
            if looks_at & above[node] == looks_at
            for test in those
        ),
        edge_type="parent_test",
    )


def _write_later(node: ParsedNode, *place_and_code: str) -> None:
    node.__dict__.setdefault(_WRITTEN_LATER, []).append(place_and_code)


def _run(runner: BaseRunner, manifest: Any) -> Any:
    result = _RUN(runner, manifest)  # type: ignore[no-untyped-call]
    for place_and_code in runner.node.__dict__.pop(_WRITTEN_LATER, ()):
        if result.status in _LOOKED_INTO:
            _WRITE(runner.node, *place_and_code)
    return result
