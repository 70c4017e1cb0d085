"""Refunds, dated by themselves and not by their orders."""

from __future__ import annotations

from decimal import Decimal

from taps.api_source.schemas import boolean, instant, number, schema, text
from taps.tap_shopify import nodes
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import (
    ORDER_ID,
    ORDER_UPDATED_AT,
    OrderTreeStream,
    Record,
)

__all__ = ["OrderRefundsStream", "RefundRecord", "refund_record"]

_COLUMNS = (
    text("id", "Shopify's number of the refund."),
    ORDER_ID,
    ORDER_UPDATED_AT,
    instant("created_at", "When it was made."),
    instant("updated_at", "Last change of the refund."),
    text("currency_code", "Currency of the shop."),
    number("total_refunded", "Refunded, taxes included."),
    text("presentment_currency_code", "Currency the customer paid in."),
    number("presentment_total_refunded", "total_refunded in that currency."),
    boolean("has_transactions", "A refund transaction succeeded: money really moved."),
    text("note", "The shop's note."),
)


class RefundRecord(Record, kw_only=True):
    """A row of ``order_refunds``."""

    id: str
    order_id: str
    order_updated_at: str
    created_at: str | None
    updated_at: str
    currency_code: str
    total_refunded: Decimal
    presentment_currency_code: str
    presentment_total_refunded: Decimal
    has_transactions: bool
    note: str | None


def refund_record(
    refund: nodes.Refund,
    order_id: str,
    order_updated_at: str,
    *,
    has_transactions: bool,
) -> RefundRecord:
    """The row of a refund."""
    total = refund.total_refunded_set
    return RefundRecord(
        id=number_of(refund.id),
        order_id=order_id,
        order_updated_at=order_updated_at,
        created_at=refund.created_at,
        updated_at=refund.updated_at,
        currency_code=total.shop_money.currency_code,
        total_refunded=total.shop_money.amount,
        presentment_currency_code=total.presentment_money.currency_code,
        presentment_total_refunded=total.presentment_money.amount,
        has_transactions=has_transactions,
        note=refund.note,
    )


class OrderRefundsStream(OrderTreeStream):
    """Refunds."""

    name = "order_refunds"
    record_schema = schema(_COLUMNS, ("id",))
