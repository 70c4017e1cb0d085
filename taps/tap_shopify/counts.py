"""Shopify's own counts, which are exact up to 25,000 only."""

from __future__ import annotations

from typing import Any

from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.windows import Count, Window

__all__ = ["ask_count", "count_whole", "reported_count"]


def ask_count(
    client: ShopifyClient, count_name: str, search: str | None, call: str
) -> Count:
    """How many a search finds, as Shopify counts them."""
    text = f"""query Count($search: String) {{
      {count_name}(query: $search, limit: null) {{ count precision }}
    }}"""
    shape = dict[str, dict[str, Any]]
    reply = client.query(text, {"search": search}, call, shape)
    return reported_count(reply.data[count_name])


def reported_count(answer: dict[str, Any]) -> Count:
    """What an object ``Count`` of Shopify's says."""
    return Count(int(answer["count"]), answer["precision"] == "EXACT")


def count_whole(
    client: ShopifyClient, count_name: str, window: Window, call: str
) -> int:
    """How many a window holds: the sum of its halves where Shopify does not say.

    Of a single second with more than 25,000 the lower bound is all there is.
    """
    told = ask_count(client, count_name, window.search, call)
    halves = window.halves()
    if told.is_exact or len(halves) == 1:
        return told.number
    return sum(count_whole(client, count_name, half, call) for half in halves)
