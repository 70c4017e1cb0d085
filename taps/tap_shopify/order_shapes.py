"""Orders as they were asked for: what an answer leaves out is no empty value.

A field that the app is refused comes as null. One that does not come at all has left
Shopify's schema, and whoever took it for empty would write nulls over what is known.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast, get_type_hints

import msgspec

from taps.tap_shopify import nodes

__all__ = ["order_shape"]

_MAY_BE_REFUSED = ("email", "customer", "shippingAddress", "customerJourneySummary")


def order_shape(without: Container[str], *, in_pages: bool) -> type[nodes.Order]:
    """The type of an order of whose fields none may be missing.

    Parameters
    ----------
    without
        Names of fields that are not asked for.
    in_pages
        Whether its connections are in it; in bulk they are lines of their own.
    """
    asked = [name for name in _MAY_BE_REFUSED if name not in without]
    if in_pages and "agreements" not in without:
        asked.append("agreements")
    types = get_type_hints(nodes.Order)
    names = {
        field.encode_name: field.name for field in msgspec.structs.fields(nodes.Order)
    }
    required: list[tuple[str, Any]] = [
        (names[name], types[names[name]]) for name in asked
    ]
    if in_pages:
        required.append(("line_items", nodes.Page[nodes.LineItem]))
    shape = msgspec.defstruct(
        "Order", required, bases=(nodes.Order,), kw_only=True, rename="camel", gc=False
    )
    return cast("type[nodes.Order]", shape)
