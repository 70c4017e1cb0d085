"""Shopify's own count of orders by day, many days in one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from taps.tap_shopify.access import Access
from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.counts import count_whole, reported_count
from taps.tap_shopify.windows import Window

__all__ = ["day_counts", "day_window"]

_TOGETHER = 50


def day_window(access: Access, day: date) -> Window:
    """Orders created on a day of the shop's."""
    since, until = access.midnight(day), access.midnight(day + timedelta(days=1))
    return Window("created_at", since, until)


def day_counts(
    client: ShopifyClient, access: Access, days: Sequence[date]
) -> Iterator[tuple[date, int]]:
    """How many orders were created on each day."""
    for start in range(0, len(days), _TOGETHER):
        some = days[start : start + _TOGETHER]
        fields = "\n".join(
            f'd{day:%Y%m%d}: ordersCount(query: "{day_window(access, day).search}", '
            "limit: null) { count precision }"
            for day in some
        )
        call = f"orders, counts of {some[0]} to {some[-1]}"
        shape = dict[str, dict[str, Any]]
        counts = client.query(f"query DayCounts {{ {fields} }}", {}, call, shape).data
        for day in some:
            told = reported_count(counts[f"d{day:%Y%m%d}"])
            if told.is_exact:
                yield day, told.number
            else:
                window = day_window(access, day)
                yield day, count_whole(client, "ordersCount", window, call)
