"""What dbt's selectors mean, found in an index and not by a look at each node.

A command of ours names some hundred models, or leaves them out. dbt compares each name
with all nodes, and draws the set of all nodes anew for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast
from unittest.mock import patch

from dbt.graph.graph import Graph, UniqueId
from dbt.graph.selector_methods import QualifiedNameSelectorMethod

__all__ = ["brief_selections"]

_SEARCH, _SUBGRAPH = QualifiedNameSelectorMethod.search, Graph.subgraph
_BY_NAME = "_timonel_by_name"
_WILDCARDS = frozenset("*?[]")


@contextmanager
def brief_selections() -> Iterator[None]:
    """Have dbt find what is selected as above."""
    with (
        patch.object(QualifiedNameSelectorMethod, "search", _search),
        patch.object(Graph, "subgraph", _subgraph),
    ):
        yield


def _search(
    method: QualifiedNameSelectorMethod, included: set[UniqueId], name: str
) -> Iterator[str]:
    """Dbt's own answer; to a name without wildcards from the index."""
    # Kept with what it is of, so that no other project is answered from it.
    kept = method.manifest.__dict__
    if _BY_NAME not in kept:
        kept[_BY_NAME] = _by_name(method)
    by_name: Mapping[str, Sequence[str]] | None = kept[_BY_NAME]
    if by_name is None or not _WILDCARDS.isdisjoint(name):
        return cast("Iterator[str]", _SEARCH(method, included, name))
    return (found for found in by_name.get(name, ()) if found in included)


def _by_name(method: QualifiedNameSelectorMethod) -> Mapping[str, Sequence[str]] | None:
    """Nodes by each name that means them: their own, and where their paths begin.

    None where a model has versions, of which dbt compares more.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for unique_id, node in method.non_source_nodes(_Everything()):
        if node.is_versioned:
            return None
        for name in {node.fqn[-1], *_beginnings(node.fqn), *_beginnings(node.fqn[1:])}:
            names[name].append(unique_id)
    return names


def _beginnings(path: Iterable[str]) -> Iterator[str]:
    """`a`, `a.b` and `a.b.c` of [a, b.c]."""
    begun = ""
    for part in ".".join(path).split("."):
        begun = f"{begun}.{part}" if begun else part
        yield begun


class _Everything(set[UniqueId]):
    """Whatever somebody looks for is in it."""

    def __contains__(self, _one: object) -> bool:
        return True


def _subgraph(graph: Graph, nodes: Iterable[UniqueId]) -> Graph:
    """Dbt's own; of all its nodes the graph itself, and no filter upon it."""
    wanted = set(nodes)
    if wanted == graph.nodes():
        return graph
    return _SUBGRAPH(graph, wanted)
