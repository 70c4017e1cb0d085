"""Refunds with their lines and transactions.

An order holds its refunds as a list, and Shopify allows no connection inside a list in
bulk: the connections are asked for by the orders' ids, some at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from taps.tap_shopify import nodes
from taps.tap_shopify.by_ids import ask_by_ids
from taps.tap_shopify.client import ShopifyClient
from taps.tap_shopify.nested_paging import drain
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.queries import NESTED_FIRST, NEXT_PAGE, REFUND_LINE_FIELDS
from taps.tap_shopify.record_buffer import Outbox
from taps.tap_shopify.streams.order_refunds import refund_record
from taps.tap_shopify.streams.refund_line_items import refund_line_item_record

__all__ = ["Refunds"]

_TOGETHER = 25

_FIELDS = f"""id refunds {{ id
refundLineItems(first: {NESTED_FIRST}) {{
  nodes {{ {REFUND_LINE_FIELDS} }} {NEXT_PAGE} }}
transactions(first: {NESTED_FIRST}) {{ nodes {{ kind status }} {NEXT_PAGE} }} }}"""


class Refunds:
    """Collects refunds, completes and emits them."""

    def __init__(self, client: ShopifyClient, outbox: Outbox) -> None:
        self._client = client
        self._outbox = outbox
        self._waiting: dict[str, nodes.Order] = {}

    def put(self, order: nodes.Order) -> None:
        """Emit an order's refunds and their lines, soon."""
        if not order.refunds:
            return
        self._waiting[order.id] = order
        if len(self._waiting) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Emit everything now."""
        found = ask_by_ids(
            self._client,
            list(self._waiting),
            kind="Order",
            fields=_FIELDS,
            shape=nodes.OrderRefunds,
            call="refunds",
        )
        for order in found:
            # An order that was deleted meanwhile is found by the listing of ids.
            if order is not None:
                self._emit_all(self._waiting[order.id], order.refunds)
        self._waiting.clear()

    def _emit_all(
        self, order: nodes.Order, details: Sequence[nodes.RefundDetails]
    ) -> None:
        known = {refund.id: refund for refund in order.refunds}
        for detail in details:
            # One made since will have changed the order, which is read again then.
            if detail.id in known:
                self._emit(order, known[detail.id], detail)

    def _emit(
        self, order: nodes.Order, refund: nodes.Refund, details: nodes.RefundDetails
    ) -> None:
        order_id, updated_at = number_of(order.id), order.updated_at
        record = refund_record(
            refund, order_id, updated_at, has_transactions=self._has_paid(details)
        )
        self._outbox.put("order_refunds", record)
        lines = drain(
            self._client,
            details.refund_line_items,
            nodes.RefundLineItem,
            owner=("Refund", details.id),
            path="refundLineItems",
            fields=REFUND_LINE_FIELDS,
        )
        refund_id = number_of(details.id)
        times: Counter[str] = Counter()
        for line in lines:
            times[line.line_item.id] += 1
            nth = times[line.line_item.id]
            row = refund_line_item_record(line, refund_id, order_id, updated_at, nth)
            self._outbox.put("refund_line_items", row)

    def _has_paid(self, details: nodes.RefundDetails) -> bool:
        transactions = drain(
            self._client,
            details.transactions,
            nodes.RefundTransaction,
            owner=("Refund", details.id),
            path="transactions",
            fields="kind status",
        )
        return any(t.kind == "REFUND" and t.status == "SUCCESS" for t in transactions)
