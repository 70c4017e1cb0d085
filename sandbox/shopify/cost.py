"""What a query costs, and the bucket it is paid from.

An object costs 1, scalars and mere values (`_FREE`) nothing, a mutation 10. Connections
cost 2 and, for their nodes, floor(2 ln(page size)) times what one node costs. Shopify
documents only that connections are "sized by first and last"; the curve fits the costs
that public connectors state for their queries: 11 for the ids of 100 customers, 12 for
those of 200 products, 31 for 100 prices of three objects each.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from graphql import FieldNode, GraphQLObjectType, get_named_type, is_leaf_type

from sandbox.shopify.projection import Compiler, is_connection

__all__ = [
    "MOST_COST",
    "MUTATION_COST",
    "Bucket",
    "Buckets",
    "actual_cost",
    "requested_cost",
    "weight",
]

MOST_COST: Final = 1_000
MUTATION_COST: Final = 10
_FREE: Final = frozenset(
    {
        "Count",
        "CustomerEmailAddress",
        "CustomerPhoneNumber",
        "MoneyBag",
        "MoneyV2",
        "PageInfo",
        "PricingPercentageValue",
        "PricingValue",
    }
)
_DEFAULT_SIZE: Final = 10
_RESTORE_RATES: Final = {
    "Basic": 100,
    "Shopify": 100,
    "Advanced": 200,
    "Shopify Plus": 1_000,
    "Enterprise": 2_000,
}
_BUCKET_SECONDS: Final = 20


def requested_cost(
    compiler: Compiler, kind: GraphQLObjectType, selections: list[Any]
) -> int:
    """The cost of a selection before it is known how much there is to find."""
    return sum(
        _field_cost(compiler, kind, nodes)
        for nodes in compiler.selected(kind, selections).values()
    )


def actual_cost(
    compiler: Compiler, kind: GraphQLObjectType, selections: list[Any], data: Any
) -> int:
    """The cost of what was found: nulls and empty lists cost nothing.

    The nodes of a connection are charged at their mean cost, by how many came.
    """
    return math.ceil(_found(compiler, kind, selections, data))


def _found(compiler: Compiler, kind: Any, selections: list[Any], data: Any) -> float:
    if not isinstance(kind, GraphQLObjectType):
        return _dearest(compiler, kind, selections)
    cost = 0.0
    for key, nodes in compiler.selected(kind, selections).items():
        value = data.get(key)
        name = nodes[0].name.value
        if not value or name.startswith("__"):
            continue
        named = get_named_type(kind.fields[name].type)
        if is_leaf_type(named) or named.name in _FREE:
            continue
        below = [node.selection_set for node in nodes if node.selection_set]
        if is_connection(named):
            cost += 2 + _found_nodes(compiler, named, below, value)
        elif isinstance(value, list):
            found = (_found(compiler, named, below, one) for one in value if one)
            cost += 1 + max(found, default=0)
        else:
            cost += 1 + _found(compiler, named, below, value)
    return cost


def _found_nodes(
    compiler: Compiler, connection: Any, selections: list[Any], data: Any
) -> float:
    for key, nodes in compiler.selected(connection, selections).items():
        name = nodes[0].name.value
        if name not in {"nodes", "edges"} or not data[key]:
            continue
        kind: Any = get_named_type(connection.fields[name].type)
        below = [node.selection_set for node in nodes if node.selection_set]
        sizes = [_found(compiler, kind, below, one) for one in data[key]]
        # An edge's node counts itself; a node of `nodes` is the object.
        own = 1 if name == "nodes" else 0
        return weight(len(sizes)) * (own + sum(sizes) / len(sizes))
    return 0.0


def _field_cost(
    compiler: Compiler, kind: GraphQLObjectType, nodes: list[FieldNode]
) -> int:
    name = nodes[0].name.value
    if name.startswith("__"):
        return 0
    field = kind.fields[name]
    named = get_named_type(field.type)
    if is_leaf_type(named) or named.name in _FREE:
        return 0
    below = [node.selection_set for node in nodes if node.selection_set]
    if is_connection(named):
        arguments = compiler.arguments(field, nodes[0])
        size = arguments.get("first") or arguments.get("last") or _DEFAULT_SIZE
        return 2 + weight(size) * _node_cost(compiler, named, below)
    return 1 + _dearest(compiler, named, below)


def _node_cost(compiler: Compiler, connection: Any, selections: list[Any]) -> int:
    """What one node costs, itself included, through `nodes` or `edges { node }`."""
    cost = 0
    for nodes in compiler.selected(connection, selections).values():
        field = connection.fields[nodes[0].name.value]
        below = [node.selection_set for node in nodes if node.selection_set]
        if nodes[0].name.value == "edges":
            edge: Any = get_named_type(field.type)
            cost += _node_cost(compiler, edge, below)
        elif nodes[0].name.value in {"nodes", "node"}:
            cost += 1 + _dearest(compiler, get_named_type(field.type), below)
    return cost


def _dearest(compiler: Compiler, kind: Any, selections: list[Any]) -> int:
    if isinstance(kind, GraphQLObjectType):
        return requested_cost(compiler, kind, selections)
    members = compiler.schema.get_possible_types(kind)
    return max(requested_cost(compiler, member, selections) for member in members)


def weight(size: int) -> int:
    """How often a node's cost counts on a page of this size."""
    return max(1, math.floor(2 * math.log(size))) if size > 0 else 0


class Status(NamedTuple):
    """`throttleStatus` of an answer."""

    maximum: int
    available: int
    rate: int

    def told(self) -> dict[str, float]:
        """As the answer has it."""
        return {
            "maximumAvailable": float(self.maximum),
            "currentlyAvailable": self.available,
            "restoreRate": float(self.rate),
        }


class Bucket:
    """Points of one app in one shop; they come back with time."""

    def __init__(self, plan: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = _RESTORE_RATES.get(plan, _RESTORE_RATES["Basic"])
        self._maximum = self._rate * _BUCKET_SECONDS
        self._clock = clock
        self._lock = threading.Lock()
        self._available = float(self._maximum)
        self._at = clock()

    def take(self, points: int) -> bool:
        """Pay for a query; False when the bucket does not hold that much."""
        with self._lock:
            self._refill()
            if points > self._available:
                return False
            self._available -= points
            return True

    def give_back(self, points: int) -> None:
        """What was asked for and not used."""
        with self._lock:
            self._refill()
            self._available = min(self._maximum, self._available + points)

    def drain(self) -> None:
        """Leave nothing in it, as another program of the same app would."""
        with self._lock:
            self._refill()
            self._available = 0.0

    def status(self) -> Status:
        """What is in it now."""
        with self._lock:
            self._refill()
            return Status(self._maximum, int(self._available), self._rate)

    def _refill(self) -> None:
        now = self._clock()
        self._available = min(
            self._maximum, self._available + (now - self._at) * self._rate
        )
        self._at = now


class Buckets:
    """One bucket per shop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}

    def of(self, shop: str, plan: str) -> Bucket:
        """The shop's bucket, full when first asked for."""
        with self._lock:
            return self._buckets.setdefault(shop, Bucket(plan))
