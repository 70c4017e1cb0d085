"""Orders and everything below them, from a page or from a file of a bulk operation."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from taps.tap_shopify import nodes
from taps.tap_shopify.bulk import BulkFile
from taps.tap_shopify.client import ShopifyClient, decoded
from taps.tap_shopify.collection import Collection
from taps.tap_shopify.journeys import WaitingJourneys
from taps.tap_shopify.nested_paging import drain, drain_agreements, sales_page
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.order_file import OrderFile
from taps.tap_shopify.order_shapes import order_shape
from taps.tap_shopify.queries import (
    AGREEMENT_FIELDS,
    LINE_ITEM_FIELDS,
    NESTED_FIRST,
    NEXT_PAGE,
    SALE_FIELDS,
    order_fields,
)
from taps.tap_shopify.record_buffer import Outbox
from taps.tap_shopify.refunds import Refunds
from taps.tap_shopify.streams.order_line_items import line_item_record
from taps.tap_shopify.streams.order_sales import AgreementKey, sale_record
from taps.tap_shopify.streams.order_transactions import transaction_record
from taps.tap_shopify.streams.order_visits import visit_records
from taps.tap_shopify.streams.orders import order_record

__all__ = ["OrderCollection"]

_FIRST_AGREEMENTS = 3

_LINES_IN_BULK = f"lineItems {{ edges {{ node {{ {LINE_ITEM_FIELDS} }} }} }}"
_LEDGER_IN_BULK = f"""agreements {{ edges {{ node {{ {AGREEMENT_FIELDS}
  sales {{ edges {{ node {{ {SALE_FIELDS} }} }} }} }} }} }}"""


class OrderCollection(Collection):
    """The connection ``orders``.

    Parameters
    ----------
    without
        Fields the app is refused, or that nobody wants.
    """

    name = "orders"
    count_name = "ordersCount"
    sort_key = "UPDATED_AT"

    def __init__(
        self,
        client: ShopifyClient,
        outbox: Outbox,
        journeys: WaitingJourneys,
        without: frozenset[str],
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._journeys = journeys
        self._without = without
        self._refunds = Refunds(client, outbox)
        self.page_shape = order_shape(without, in_pages=True)
        """Type of an order in a page."""
        self._bulk_shape = order_shape(without, in_pages=False)
        self.hours_created: set[str] = set()
        """Hours (UTC, ``2026-11-21T04``) in which the orders read were created."""

    def page_fields(self) -> str:
        """An order with the beginnings of its connections."""
        lines = f"""lineItems(first: {NESTED_FIRST}) {{
          nodes {{ {LINE_ITEM_FIELDS} }} {NEXT_PAGE} }}"""
        ledger = f"""agreements(first: {_FIRST_AGREEMENTS}) {{
          edges {{ cursor node {{ {AGREEMENT_FIELDS} {sales_page()} }} }}
          {NEXT_PAGE} }}"""
        return self._fields(lines, ledger)

    def bulk_fields(self) -> str:
        """An order with its connections: four in all, two deep (of five and two)."""
        return self._fields(_LINES_IN_BULK, _LEDGER_IN_BULK)

    def take_page(self, nodes_: msgspec.Raw, call: str) -> Sequence[str]:
        """Emit orders with all their parts."""
        orders: list[nodes.Order]
        orders = decoded(bytes(nodes_), list[self.page_shape], call)  # type: ignore[name-defined]
        for order in orders:
            self.take_order(order)
        return [order.id for order in orders]

    def take_order(self, order: nodes.Order) -> None:
        """Emit an order of a page, reading its connections to their ends."""
        lines = self._lines(order)
        self._emit_order(order, len(lines))
        order_id, updated_at = number_of(order.id), order.updated_at
        for line in lines:
            self._emit_line(line, order_id, updated_at)
        for agreement in self._agreements(order):
            key = AgreementKey.of(agreement, order_id)
            for sale in agreement.sales.nodes if agreement.sales else ():
                self._emit_sale(sale, key, updated_at)

    def take_file(self, file: BulkFile, call: str) -> int:
        """Emit orders and their parts, joined by parent; return how many orders."""
        content = OrderFile(file, self._bulk_shape, call)
        content.give_to(self._emit_order, self._emit_line, self._emit_sale)
        return content.order_count

    def flush(self) -> None:
        """Emit everything now."""
        self._refunds.flush()
        self._outbox.flush()

    def _fields(self, lines: str, ledger: str) -> str:
        ledgers = () if "agreements" in self._without else (ledger,)
        return "\n".join((order_fields(self._without), lines, *ledgers))

    def _lines(self, order: nodes.Order) -> list[nodes.LineItem]:
        assert order.line_items is not None  # noqa: S101 - asked for when paging
        return drain(
            self._client,
            order.line_items,
            nodes.LineItem,
            owner=("Order", order.id),
            path="lineItems",
            fields=LINE_ITEM_FIELDS,
        )

    def _agreements(self, order: nodes.Order) -> Sequence[nodes.Agreement]:
        if order.agreements is None:
            return ()
        return drain_agreements(self._client, order.id, order.agreements)

    def _emit_order(self, order: nodes.Order, line_count: int) -> None:
        put, order_id, updated_at = (
            self._outbox.put,
            number_of(order.id),
            order.updated_at,
        )
        put("orders", order_record(order, line_count))
        for transaction in order.transactions:
            record = transaction_record(transaction, order_id, updated_at)
            put("order_transactions", record)
        self._refunds.put(order)
        if order.customer_journey_summary is not None:
            visits = visit_records(order.customer_journey_summary, order_id, updated_at)
            for visit in visits:
                put("order_visits", visit)
        self._journeys.note(order)
        self.hours_created.add(order.created_at[:13])

    def _emit_line(self, line: nodes.LineItem, order_id: str, updated_at: str) -> None:
        record = line_item_record(line, order_id, updated_at)
        self._outbox.put("order_line_items", record)

    def _emit_sale(
        self, sale: nodes.Sale, agreement: AgreementKey, updated_at: str
    ) -> None:
        self._outbox.put("order_sales", sale_record(sale, agreement, updated_at))
