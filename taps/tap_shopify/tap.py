"""The tap: settings, streams, and what they share."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from taps.api_source.errors import SourceError
from taps.api_source.part_failures import PartsTap
from taps.api_source.slices import SlicesStream
from taps.api_source.streams import SourceStream
from taps.tap_shopify.access import Access, find_access, refused_order_fields
from taps.tap_shopify.bulk import BulkOperations
from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.collection import Reader
from taps.tap_shopify.order_tree import OrderTree
from taps.tap_shopify.settings import SETTINGS
from taps.tap_shopify.streams.abandoned_checkouts import AbandonedCheckoutsStream
from taps.tap_shopify.streams.customers import CustomersStream
from taps.tap_shopify.streams.discount_codes import DiscountCodesStream
from taps.tap_shopify.streams.order_days import OrderDaysStream
from taps.tap_shopify.streams.order_ids import SLICE_DATE, OrderIdsStream
from taps.tap_shopify.streams.order_line_items import OrderLineItemsStream
from taps.tap_shopify.streams.order_refunds import OrderRefundsStream
from taps.tap_shopify.streams.order_sales import OrderSalesStream
from taps.tap_shopify.streams.order_transactions import OrderTransactionsStream
from taps.tap_shopify.streams.order_visits import OrderVisitsStream
from taps.tap_shopify.streams.orders import OrdersStream
from taps.tap_shopify.streams.refund_line_items import RefundLineItemsStream
from taps.tap_shopify.streams.shop import ShopInfoStream
from taps.tap_shopify.windows import Window

__all__ = ["TapShopify"]

# In the order in which they are read: the money first, and at the end the shop, which
# tells what the others found.
_STREAMS: Sequence[type[SourceStream]] = (
    OrdersStream,
    OrderLineItemsStream,
    OrderRefundsStream,
    RefundLineItemsStream,
    OrderTransactionsStream,
    OrderSalesStream,
    OrderVisitsStream,
    OrderDaysStream,
    OrderIdsStream,
    CustomersStream,
    DiscountCodesStream,
    AbandonedCheckoutsStream,
    ShopInfoStream,
)


class TapShopify(PartsTap):
    """Reads a Shopify shop through the GraphQL Admin API.

    Orders are read first. A table that cannot be read does not keep the others from it.
    With end_date set, orders are those created from start_date to end_date, in the
    shop's time zone.
    """

    name = "tap-shopify"
    part_kind = "table"
    config_jsonschema = SETTINGS
    #: How to wait, in seconds.
    sleep = staticmethod(time.sleep)

    def version_warnings(self) -> list[str]:
        """Nothing more: the shop's own warnings tell it, of any version."""
        return []

    # The SDK calls it final; see PartsTap.
    def sync_all(self) -> None:  # type: ignore[misc]
        """Read all tables that can be read; then fail if one could not.

        Raises
        ------
        SourceError
            Nothing can be read, or some of it could not.
        """
        _ = self.access
        super().sync_all()

    def discover_streams(self) -> list[SourceStream]:
        """Every stream there is."""
        slices = SlicesStream(self, (SLICE_DATE,))
        return [*(stream(self) for stream in _STREAMS), slices]

    def check(self) -> dict[str, Any]:
        """Who the shop is, what the app may see of it, and what it may not."""
        access = self.access
        _ = self.refused_order_fields
        return {
            "account": access.shop.name,
            "currency_code": access.shop.currency_code,
            "time_zone": access.shop.iana_timezone,
            "scopes": list(access.scopes),
            "history_from": access.history_from,
            "api_version": self.client.version,
            "warnings": self.client.warnings,
        }

    @cached_property
    def client(self) -> ShopifyClient:
        """The connection to the shop."""
        return ShopifyClient(self.config, self.logger, self.sleep)

    @cached_property
    def access(self) -> Access:
        """What may be read, asked once."""
        return find_access(self.client, self.start_date)

    @cached_property
    def refused_order_fields(self) -> frozenset[str]:
        """Fields of orders that are not asked for because the app may not see them."""
        _ = self.access
        return refused_order_fields(self.client)

    @cached_property
    def refused_of_customers(self) -> set[str]:
        """Fields of customers that the app was refused so far, wherever they stand."""
        return set()

    @cached_property
    def reader(self) -> Reader:
        """Reads windows by pages or in bulk."""
        bulk = BulkOperations(self.client, self.config["bulk_timeout_minutes"])
        return Reader(
            self.client,
            bulk,
            page_size=self.config["page_size"],
            bulk_from=self.config["bulk_from_orders"],
            bulk_limit=self.config["bulk_window_orders"],
        )

    @cached_property
    def order_tree(self) -> OrderTree:
        """Reads everything that hangs on orders."""
        return OrderTree(self, self.reader)

    def requested_window(self, now: datetime) -> Window:
        """The days from start_date to end_date, in the shop's zone, up to now."""
        first, last = self.start_date, self.end_date
        if first is None or last is None or first > last:
            raise SourceError(
                "end_date needs a start_date that is not after it",
                remedy="Set both, or neither.",
            )
        since = self.access.midnight(first)
        until = self.access.midnight(last + timedelta(days=1))
        return Window("created_at", since, max(since, min(until, now)))
