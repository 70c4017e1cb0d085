"""Fields of the query root and of mutations."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from graphql import FieldNode, GraphQLObjectType, get_named_type

from sandbox.shopify.access import denial, earliest_order, versions
from sandbox.shopify.bulk import BulkOperations
from sandbox.shopify.context import Context
from sandbox.shopify.coupons import (
    discount_by_code,
    discount_created,
    segment_created,
    segments,
)
from sandbox.shopify.fields.shops import ApiVersion, ShopNow
from sandbox.shopify.paging import CONNECTIONS, COUNTS, counted, page_of
from sandbox.shopify.projection import Compiler
from sandbox.shopify.reports import report
from sandbox.shopify.slices import LARGEST_PAGE, BadPage, slice_of
from sandbox.shopify.tags import tags_added, tags_removed

__all__ = ["Roots"]

_STORED: Final = {
    "Order": ("orders", "read_orders"),
    "Customer": ("customers", "read_customers"),
    "AbandonedCheckout": ("checkouts", "read_orders"),
    "DiscountCodeNode": ("discounts", "read_discounts"),
}


class Roots:
    """Answers root fields for one request."""

    def __init__(
        self,
        context: Context,
        compiler: Compiler,
        operations: BulkOperations,
        base_url: str,
    ) -> None:
        self._context = context
        self._compiler = compiler
        self._operations = operations
        self._base_url = base_url
        self._shop = ShopNow(context.company, context.now)
        self._sources: dict[str, Callable[[dict[str, Any]], Any]] = {
            "shop": lambda _: self._shop,
            "currentAppInstallation": lambda _: self._shop,
            "publicApiVersions": lambda _: self._versions(),
            "shopifyqlQuery": lambda a: report(context, a["query"]),
            "node": lambda a: self._node(a["id"]),
            "nodes": lambda a: self._nodes(a["ids"]),
            "order": lambda a: self._node(a["id"], "Order"),
            "customer": lambda a: self._node(a["id"], "Customer"),
            "codeDiscountNode": lambda a: self._node(a["id"], "DiscountCodeNode"),
            "bulkOperation": lambda a: self._node(a["id"], "BulkOperation"),
            "currentBulkOperation": lambda a: self._newest_operation(a["type"]),
            "bulkOperationRunQuery": self._run,
            "codeDiscountNodeByCode": lambda a: discount_by_code(context, a["code"]),
            "discountCodeBasicCreate": lambda a: discount_created(
                context, a["basicCodeDiscount"]
            ),
            "segmentCreate": lambda a: segment_created(context, a["name"], a["query"]),
            "tagsAdd": lambda a: tags_added(context, a["id"], a["tags"]),
            "tagsRemove": lambda a: tags_removed(context, a["id"], a["tags"]),
            "bulkOperationCancel": lambda a: operations.cancel(
                context.company.slug, a["id"]
            ),
        }

    def answer(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Any:
        """The JSON of one root field."""
        node = nodes[0]
        name = node.name.value
        if name == "__typename":
            return kind.name
        if error := denial(self._context, kind.name, name, node):
            self._context.errors.append({**error, "path": [key]})
            return None
        field = kind.fields[name]
        arguments = self._compiler.arguments(field, node)
        if name in CONNECTIONS or name in {"bulkOperations", "segments"}:
            return self._connection(field.type, key, nodes, arguments)
        if name in COUNTS:
            count = counted(self._context, COUNTS[name], arguments, [key])
            source: Any = count
        else:
            source = self._sources[name](arguments)
        with self._compiler.below(key):
            project = self._compiler.completed(field, nodes, lambda _: source)
        return project(None)

    def _connection(
        self, kind: Any, key: str, nodes: list[FieldNode], arguments: dict[str, Any]
    ) -> Any:
        name = nodes[0].name.value
        if name == "bulkOperations":
            page = slice_of(self._operations.of(self._context.company.slug), arguments)
        elif name == "segments":
            page = slice_of(segments(self._context), arguments)
        else:
            page = page_of(self._context, CONNECTIONS[name], arguments, [key])
        named = get_named_type(kind)
        selections = [node.selection_set for node in nodes if node.selection_set]
        with self._compiler.below(key):
            project = self._compiler.connection(named, selections)
        return project(page)

    def _node(self, identifier: str, wanted: str | None = None) -> Any:
        """What a gid stands for; None when the app cannot see it."""
        *_, kind, number = ["", "", *identifier.partition("?")[0].split("/")]
        if wanted not in {None, kind}:
            return None
        if kind == "BulkOperation":
            return self._operations.get(self._context.company.slug, identifier)
        if kind == "Shop":
            return self._shop
        return self._document(kind, number) if kind in _STORED else None

    def _nodes(self, identifiers: list[str]) -> list[Any]:
        if len(identifiers) > LARGEST_PAGE:
            raise BadPage(
                f"The input array size of {len(identifiers)} is greater than the "
                f"maximum allowed of {LARGEST_PAGE}."
            )
        return [self._node(identifier) for identifier in identifiers]

    def _document(self, kind: str, number: str) -> Any:
        collection, scope = _STORED[kind]
        if not self._context.has_scope(scope):
            return None
        facts = self._context.get(collection, number)
        wall = earliest_order(self._context) if kind == "Order" else None
        if facts is None or (
            wall is not None and datetime.fromisoformat(facts.created_at) < wall
        ):
            return None
        return facts

    def _run(self, arguments: dict[str, Any]) -> Any:
        return self._operations.run(
            self._context,
            arguments["query"],
            is_grouped=arguments["groupObjects"],
            base_url=self._base_url,
        )

    def _newest_operation(self, kind: str) -> Any:
        operations = self._operations.of(self._context.company.slug)
        if kind != "QUERY" or not operations:
            return None
        operations[0].was_polled = True
        return operations[0]

    def _versions(self) -> list[ApiVersion]:
        return [ApiVersion(handle, True) for handle in versions(self._context.now)]
