"""A shop that answers GraphQL over HTTP, and misbehaves as a test asks.

Queries are validated against the sandbox's schema, which has Shopify's own names, and
answered from plain documents: lists under a connection's name become pages of it.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
    value_from_ast_untyped,
)

from sandbox.shopify.schema import schema_of

Document = dict[str, Any]
Reply = tuple[int, Any]

_SCHEMA: GraphQLSchema = schema_of("2026-10")
_FILTER = re.compile(r"(\w+):(>=|<)'([^']+)'")
_FIELDS = {"updated_at": "updatedAt", "created_at": "createdAt"}
_DATA = {
    "orders": "orders",
    "customers": "customers",
    "abandonedCheckouts": "checkouts",
    "codeDiscountNodes": "discounts",
}
_COUNTS = {
    "ordersCount": "orders",
    "customersCount": "customers",
    "abandonedCheckoutsCount": "checkouts",
    "discountCodesCount": "discounts",
}
_MOST_IDS = 250
_RECENT = timedelta(days=60)


@functools.cache
def _parsed(text: str) -> tuple[DocumentNode, Sequence[GraphQLError]]:
    """A query, and what is wrong with it; most are asked again and again."""
    document = parse(text)
    return document, validate(_SCHEMA, document)


@dataclass
class Shop:
    """What the shop holds, and how it is to behave."""

    url: str = ""
    orders: list[Document] = field(default_factory=list)
    customers: list[Document] = field(default_factory=list)
    checkouts: list[Document] = field(default_factory=list)
    discounts: list[Document] = field(default_factory=list)
    scopes: list[str] = field(
        default_factory=lambda: [
            "read_all_orders",
            "read_customers",
            "read_discounts",
            "read_orders",
        ]
    )
    token: str = "shpat_good"
    served_version: str = "2026-10"
    #: What the shop's clock shows; None for the real time.
    now: datetime | None = None
    #: What the tap's clock shows; None for the same.
    our_now: datetime | None = None
    #: Sees every request first; what it returns is the answer, None lets it pass.
    intercept: Callable[[str, Document], Reply | None] | None = None
    #: Outcomes of bulk operations to come: changes of the operation, or of its lines.
    bulk_outcomes: list[Document] = field(default_factory=list)
    shuffle: Callable[[list[str]], list[str]] = lambda lines: lines
    denied: set[str] = field(default_factory=set)
    #: Fields of orders that answers do not hold, though they were asked for.
    left_out: set[str] = field(default_factory=set)
    requests: list[tuple[str, Document, str]] = field(default_factory=list)
    operations: dict[str, Document] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    tokens_issued: int = 0
    #: What Shopify counts exactly; of more it says only that there are so many.
    exact_to: int = 25_000
    #: By collection, how many its count is off.
    miscounts: dict[str, int] = field(default_factory=dict)

    def asked(self, operation: str) -> list[Document]:
        """Variables of every request of a name."""
        return [v for name, v, _ in self.requests if name == operation]

    # --- GraphQL -------------------------------------------------------------------

    def execute(self, text: str, variables: Document) -> Document:
        document, problems = _parsed(text)
        if problems:
            details = {"code": "undefinedField"}
            return {
                "errors": [
                    {"message": p.message, "extensions": details} for p in problems
                ]
            }
        (definition,) = document.definitions
        assert isinstance(definition, OperationDefinitionNode)
        defaults = {
            d.variable.name.value: None for d in definition.variable_definitions or ()
        }
        self._refusals: list[Document] = []
        data = self._roots(definition.selection_set, {**defaults, **variables})
        cost = {
            "requestedQueryCost": 100,
            "actualQueryCost": 10,
            "throttleStatus": {
                "maximumAvailable": 2000.0,
                "currentlyAvailable": 1900,
                "restoreRate": 100.0,
            },
        }
        answer: Document = {"data": data, "extensions": {"cost": cost}}
        if self._refusals:
            answer["errors"] = self._refusals
        return answer

    def _roots(self, selection: SelectionSetNode, variables: Document) -> Document:
        found = {}
        for node in selection.selections:
            assert isinstance(node, FieldNode)
            name, arguments = node.name.value, _arguments(node, variables)
            alias = node.alias.value if node.alias else name
            value = self._root(name, arguments)
            found[alias] = self._value(value, node, variables, [alias])
        return found

    def _root(self, name: str, arguments: Document) -> Any:
        if name in _DATA:
            rows = _matching(self._visible(_DATA[name]), arguments.get("query"))
            sort_key = arguments.get("sortKey") or "ID"
            by = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt"}.get(sort_key)
            return sorted(rows, key=lambda row: (row[by] if by else "", row["id"]))
        if name in _COUNTS:
            rows = _matching(self._visible(_COUNTS[name]), arguments.get("query"))
            number = len(rows) + self.miscounts.get(_COUNTS[name], 0)
            precision = "EXACT" if number <= self.exact_to else "AT_LEAST"
            return {"count": min(number, self.exact_to), "precision": precision}
        if name == "nodes":
            if len(arguments["ids"]) > _MOST_IDS:
                self._refusals.append(_too_many(len(arguments["ids"])))
                return None
            return [self._find(i) for i in arguments["ids"]]
        return getattr(self, f"_{name}")(**arguments)

    def _visible(self, collection: str) -> list[Document]:
        rows: list[Document] = getattr(self, collection)
        if collection != "orders" or "read_all_orders" in self.scopes:
            return rows
        wall = ((self.now or datetime.now(UTC)) - _RECENT).isoformat()
        return [row for row in rows if row["createdAt"] >= wall[:19]]

    def _node(self, **arguments: str) -> Document | None:
        return self._find(arguments["id"])

    def _find(self, gid: str) -> Document | None:
        if gid in self.operations:
            return self.operations[gid]
        refunds = [refund for order in self.orders for refund in order["refunds"]]
        everything = [
            *self.orders,
            *self.customers,
            *self.checkouts,
            *self.discounts,
            *refunds,
        ]
        return next((d for d in everything if d["id"] == gid), None)

    def _shop(self) -> Document:
        return {
            "id": "gid://shopify/Shop/1",
            "name": "Tienda Norte",
            "myshopifyDomain": "tienda-norte.myshopify.com",
            "currencyCode": "EUR",
            "ianaTimezone": "Europe/Madrid",
            "plan": {"publicDisplayName": "Basic"},
        }

    def _currentAppInstallation(self) -> Document:  # noqa: N802
        return {"accessScopes": [{"handle": scope} for scope in self.scopes]}

    def _shopifyqlQuery(self, query: str) -> Document:  # noqa: N802
        rows = [{"day": "2026-11-01", "total_sales": "60.00", "net_sales": "50.00"}]
        columns = [{"name": name} for name in rows[0]]
        return {"parseErrors": [], "tableData": {"columns": columns, "rows": rows}}

    def _bulkOperations(  # noqa: N802
        self, reverse: bool = False, **_: Any
    ) -> list[Document]:
        oldest_first = list(self.operations.values())
        return oldest_first if reverse else oldest_first[::-1]

    def _bulkOperationCancel(self, **arguments: str) -> Document:  # noqa: N802
        self.operations[arguments["id"]]["status"] = "CANCELED"
        return {"userErrors": []}

    def _bulkOperationRunQuery(  # noqa: N802
        self,
        query: str,
        groupObjects: bool,  # noqa: N803
    ) -> Document:
        assert not groupObjects
        number = len(self.operations) + 1
        lines = self.shuffle(self._bulk_lines(query))
        outcome = self.bulk_outcomes.pop(0) if self.bulk_outcomes else {}
        path = f"/files/{number}.jsonl"
        cut = outcome.pop("cut", None)
        self.files[path] = "".join(f"{text}\n" for text in lines).encode()[:cut]
        roots = sum('"__parentId"' not in text for text in lines)
        operation = {
            "__typename": "BulkOperation",
            "id": f"gid://shopify/BulkOperation/{number}",
            "status": "COMPLETED",
            "errorCode": None,
            "objectCount": str(len(lines)),
            "rootObjectCount": str(roots),
            "fileSize": str(len(self.files[path])),
            "url": f"{self.url}{path}" if lines else None,
            "partialDataUrl": None,
            "query": query,
            "createdAt": "2026-11-20T00:00:00Z",
            **outcome,
        }
        self.operations[operation["id"]] = operation
        return {"bulkOperation": operation, "userErrors": []}

    def _bulk_lines(self, query: str) -> list[str]:
        document, problems = _parsed(query)
        assert not problems
        (definition,) = document.definitions
        assert isinstance(definition, OperationDefinitionNode)
        (root,) = definition.selection_set.selections
        assert isinstance(root, FieldNode)
        rows = self._root(root.name.value, _arguments(root, {}))
        return list(self._lines(rows, root, None))

    def _lines(
        self, rows: list[Document], connection: FieldNode, parent: str | None
    ) -> Iterator[str]:
        (edges,) = _fields(connection.selection_set, "")
        (node,) = _fields(edges.selection_set, "")
        for row in rows:
            plain, below = {}, []
            for child in _fields(node.selection_set, row.get("__typename", "")):
                if _names(child.selection_set) & {"edges"}:
                    below.append(child)
                else:
                    name = child.name.value
                    if name in self.left_out:
                        continue
                    plain[name] = self._value(row.get(name), child, {}, [name])
            if parent:
                plain["__parentId"] = parent
            yield json.dumps(plain)
            for child in below:
                yield from self._lines(row[child.name.value], child, row["id"])

    # --- projection ----------------------------------------------------------------

    def _value(
        self, value: Any, node: FieldNode, variables: Document, path: list[Any]
    ) -> Any:
        if node.name.value in self.denied:
            self._refusals.append(
                {
                    "message": f"Access denied for {node.name.value} field.",
                    "path": path,
                    "extensions": {
                        "code": "ACCESS_DENIED",
                        "requiredAccess": f"`read_{node.name.value}` access scope.",
                    },
                }
            )
            return None
        if node.selection_set is None or value is None:
            return value
        if isinstance(value, list):
            if _names(node.selection_set) & {"nodes", "edges", "pageInfo"}:
                return self._page(value, node, variables, path)
            return [
                self._object(row, node.selection_set, variables, [*path, n])
                for n, row in enumerate(value)
            ]
        return self._object(value, node.selection_set, variables, path)

    def _object(
        self,
        value: Document | None,
        selection: SelectionSetNode,
        variables: Document,
        path: list[Any],
    ) -> Document | None:
        if value is None:
            return None
        return {
            name: self._value(value.get(name), child, variables, [*path, name])
            for child in _fields(selection, value.get("__typename", ""))
            for name in (child.name.value,)
            if name not in self.left_out
        }

    def _page(
        self,
        rows: list[Document],
        node: FieldNode,
        variables: Document,
        path: list[Any],
    ) -> Document:
        arguments = _arguments(node, variables)
        start = int(arguments.get("after") or 0)
        end = start + arguments["first"]
        page: Document = {}
        for child in _fields(node.selection_set, ""):
            name = child.name.value
            shown = list(enumerate(rows[start:end], start=start))
            if name == "nodes":
                assert child.selection_set
                page["nodes"] = [
                    self._object(row, child.selection_set, variables, [*path, name, n])
                    for n, row in shown
                ]
            elif name == "edges":
                page["edges"] = [
                    self._edge(row, child, variables, [*path, name, n], n + 1)
                    for n, row in shown
                ]
            else:
                page["pageInfo"] = {
                    "hasNextPage": end < len(rows),
                    "endCursor": str(min(end, len(rows))) if shown else None,
                }
        return page

    def _edge(
        self,
        row: Document,
        edge: FieldNode,
        variables: Document,
        path: Any,
        cursor: int,
    ) -> Document:
        (node,) = (f for f in _fields(edge.selection_set, "") if f.name.value == "node")
        assert node.selection_set
        inner = self._object(row, node.selection_set, variables, path)
        return {"cursor": str(cursor), "node": inner}


def _too_many(number: int) -> Document:
    return {
        "message": f"The input array size of {number} is greater than the maximum "
        f"allowed of {_MOST_IDS}.",
        "extensions": {"code": "MAX_INPUT_SIZE_EXCEEDED"},
    }


def _arguments(node: FieldNode, variables: Document) -> Document:
    return {
        a.name.value: value_from_ast_untyped(a.value, variables) for a in node.arguments
    }


def _fields(selection: SelectionSetNode | None, typename: str) -> list[FieldNode]:
    found: list[FieldNode] = []
    for node in selection.selections if selection else ():
        assert not isinstance(node, FragmentSpreadNode)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            if condition is None or condition.name.value == typename:
                found += _fields(node.selection_set, typename)
        elif isinstance(node, FieldNode):
            found.append(node)
    return found


def _names(selection: SelectionSetNode | None) -> set[str]:
    return {node.name.value for node in _fields(selection, "")}


def _matching(rows: list[Document], search: str | None) -> list[Document]:
    for name, operator, value in _FILTER.findall(search or ""):
        key = _FIELDS[name]
        if operator == "<":
            rows = [row for row in rows if row[key] < value]
        else:
            rows = [row for row in rows if row[key] >= value]
    return rows


@contextmanager
def serving() -> Iterator[Shop]:
    """A shop with a server of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    shop = Shop(f"http://127.0.0.1:{server.server_port}")
    server.shop = shop  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def shop(self) -> Shop:
        return self.server.shop  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        self._answer(200, self.shop.files[self.path])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/admin/oauth/access_token":
            self._issue_token(body.decode())
        elif self.headers.get("X-Shopify-Access-Token") != self.shop.token:
            self._answer(401, b'{"errors":"[API] Invalid API key or access token"}')
        else:
            self._graphql(json.loads(body))

    def _issue_token(self, form: str) -> None:
        if "client_secret=right" not in form:
            self._answer(400, b'{"error":"invalid_client"}')
            return
        self.shop.tokens_issued += 1
        token = {"access_token": self.shop.token, "scope": "", "expires_in": 86399}
        self._answer(200, json.dumps(token).encode())

    def _graphql(self, body: Document) -> None:
        text, variables = body["query"], body.get("variables") or {}
        named = re.search(r"(?:query|mutation) (\w+)", text)
        operation = named[1] if named else ""
        self.shop.requests.append((operation, variables, text))
        intercept = self.shop.intercept
        reply = intercept(operation, variables) if intercept else None
        status, content = reply or (200, self.shop.execute(text, variables))
        encoded = (
            content if isinstance(content, bytes) else json.dumps(content).encode()
        )
        self._answer(status, encoded)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        now = self.shop.now or datetime.now(UTC)
        self.send_header("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.send_header("X-Shopify-API-Version", self.shop.served_version)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Stay quiet."""
