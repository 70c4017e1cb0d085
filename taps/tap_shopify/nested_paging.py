"""Reads nested connections to their ends: more lines, more sales than a page holds."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from taps.api_source.errors import SourceError
from taps.tap_shopify.client import ShopifyClient, converted
from taps.tap_shopify.nodes import Agreement, Edges, Page, PageInfo, Sale
from taps.tap_shopify.queries import (
    AGREEMENT_FIELDS,
    NESTED_FIRST,
    NEXT_PAGE,
    SALE_FIELDS,
)

__all__ = ["drain", "drain_agreements"]

_Node = TypeVar("_Node")

_PAGE = 50


def drain(  # noqa: PLR0913 - whose connection it is, and of what
    client: ShopifyClient,
    page: Page[_Node],
    shape: type[_Node],
    *,
    owner: tuple[str, str],
    path: str,
    fields: str,
) -> list[_Node]:
    """All nodes of a connection whose first page is known.

    Parameters
    ----------
    shape
        Type of the nodes.
    owner
        GraphQL type and global id of the object the connection belongs to.
    path
        The connection's name; ``a.T:b`` for connection ``b`` of object ``a``, which is
        of type ``T`` of an interface or union.
    fields
        What is asked of a node.
    """
    nodes, info = page.nodes, page.page_info
    while info.has_next_page:
        connection = f"""(first: {_PAGE}, after: $after) {{
          nodes {{ {fields} }} {NEXT_PAGE} }}"""
        raw = _ask(client, owner, path, connection, info)
        more: Page[_Node] = converted(raw, Page[shape], path)  # type: ignore[valid-type]
        nodes.extend(more.nodes)
        info = more.page_info
    return nodes


def drain_agreements(
    client: ShopifyClient, order_id: str, first: Edges[Agreement]
) -> list[Agreement]:
    """All agreements of an order with all their sales.

    An agreement cannot be asked for by its id, only found again behind the cursor of
    the one before it.
    """
    edges, info = first.edges, first.page_info
    while info.has_next_page:
        connection = f"""(first: 1, after: $after) {{
          edges {{ cursor node {{ {AGREEMENT_FIELDS} {sales_page()} }} }}
          {NEXT_PAGE} }}"""
        raw = _ask(client, ("Order", order_id), "agreements", connection, info)
        more = converted(raw, Edges[Agreement], "agreements")
        edges.extend(more.edges)
        info = more.page_info
    before = None
    for edge in edges:
        _drain_sales(client, order_id, edge.node, before)
        before = edge.cursor
    return [edge.node for edge in edges]


def sales_page() -> str:
    """The first sales of an agreement, in a query for pages."""
    return f"sales(first: {NESTED_FIRST}) {{ nodes {{ {SALE_FIELDS} }} {NEXT_PAGE} }}"


class _SalesOnly(msgspec.Struct):
    id: str
    sales: Page[Sale]


def _drain_sales(
    client: ShopifyClient, order_id: str, agreement: Agreement, before: str | None
) -> None:
    assert agreement.sales is not None  # noqa: S101 - this is the paging query
    sales, info = agreement.sales.nodes, agreement.sales.page_info
    text = f"""query Sales($id: ID!, $before: String, $after: String) {{
      node(id: $id) {{ ... on Order {{
        agreements(first: 1, after: $before) {{ nodes {{ id
          sales(first: {_PAGE}, after: $after) {{
            nodes {{ {SALE_FIELDS} }} {NEXT_PAGE} }}
        }} }}
      }} }}
    }}"""
    while info.has_next_page:
        variables = {"id": order_id, "before": before, "after": info.end_cursor}
        call = f"sales of {order_id}"
        data = client.query(text, variables, call, dict[str, Any]).data
        found = _inside(data["node"], "agreements.nodes", call)
        (more,) = converted(found, list[_SalesOnly], call)
        if more.id != agreement.id:
            raise _changed(call)
        sales.extend(more.sales.nodes)
        info = more.sales.page_info


def _ask(
    client: ShopifyClient,
    owner: tuple[str, str],
    path: str,
    connection: str,
    info: PageInfo,
) -> Any:
    kind, owner_id = owner
    selection = ""
    for step in reversed(path.split(".")):
        type_, _, name = step.rpartition(":")
        inner = f"{name} {{ {selection} }}" if selection else f"{name}{connection}"
        selection = f"... on {type_} {{ {inner} }}" if type_ else inner
    text = f"""query More($id: ID!, $after: String) {{
      node(id: $id) {{ ... on {kind} {{ {selection} }} }}
    }}"""
    call = f"{path} of {owner_id}"
    variables = {"id": owner_id, "after": info.end_cursor}
    found = client.query(text, variables, call, dict[str, Any]).data["node"]
    return _inside(found, path, call)


def _inside(found: Any, path: str, call: str) -> Any:
    for step in path.split("."):
        if found is None:
            raise _changed(call)
        found = found[step.rpartition(":")[2]]
    return found


def _changed(call: str) -> SourceError:
    return SourceError(
        "it was changed or deleted while it was read",
        call=call,
        remedy="The bookmark was not moved; run it again.",
    )
