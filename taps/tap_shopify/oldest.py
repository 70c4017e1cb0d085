"""Where the history of a collection begins."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.windows import parse_instant

__all__ = ["beginning", "oldest"]

# What Shopify tells of the oldest and what it searches by need not be the same.
_MARGIN = timedelta(days=7)


class _Oldest(msgspec.Struct):
    nodes: list[dict[str, str]]


def beginning(
    client: ShopifyClient, collection: str, sort_key: str, field: str
) -> datetime | None:
    """Some days before the oldest that there is; None if there is nothing."""
    found = oldest(client, collection, sort_key, field)
    return None if found is None else found - _MARGIN


def oldest(
    client: ShopifyClient, collection: str, sort_key: str, field: str
) -> datetime | None:
    """The smallest value of a field that there is; None if there is nothing."""
    text = f"""query Oldest {{
      {collection}(first: 1, sortKey: {sort_key}) {{ nodes {{ {field} }} }}
    }}"""
    call = f"{collection}, the oldest"
    data = client.query(text, {}, call, dict[str, _Oldest]).data
    found = data[collection].nodes
    return parse_instant(found[0][field]) if found else None
