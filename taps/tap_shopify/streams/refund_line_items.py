"""Lines of refunds."""

from __future__ import annotations

from decimal import Decimal

from taps.api_source.schemas import integer, number, schema, text
from taps.tap_shopify import nodes
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import (
    ORDER_ID,
    ORDER_UPDATED_AT,
    OrderTreeStream,
    Record,
)

__all__ = ["RefundLineItemRecord", "RefundLineItemsStream", "refund_line_item_record"]

_COLUMNS = (
    text("id", "Shopify's number of the refunded line."),
    text("refund_id", "Refund it belongs to."),
    ORDER_ID,
    ORDER_UPDATED_AT,
    text("line_item_id", "Line of the order that was refunded."),
    integer("quantity", "Units refunded."),
    text("restock_type", "What became of the goods: return, cancel, no_restock ..."),
    text("currency_code", "Currency of the shop."),
    number("subtotal", "Refunded for the line, without taxes added on top."),
    number("tax", "Taxes refunded."),
    text("presentment_currency_code", "Currency the customer paid in."),
    number("presentment_subtotal", "subtotal in that currency."),
)


class RefundLineItemRecord(Record, kw_only=True):
    """A row of ``refund_line_items``."""

    id: str
    refund_id: str
    order_id: str
    order_updated_at: str
    line_item_id: str
    quantity: int
    restock_type: str
    currency_code: str
    subtotal: Decimal
    tax: Decimal
    presentment_currency_code: str
    presentment_subtotal: Decimal


def refund_line_item_record(
    line: nodes.RefundLineItem,
    refund_id: str,
    order_id: str,
    order_updated_at: str,
    nth: int = 1,
) -> RefundLineItemRecord:
    """The row of a refunded line.

    Parameters
    ----------
    nth
        The how manieth of its line in the refund it is. Where Shopify gives no id,
        which it may, refund, line and this make one.
    """
    line_item_id = number_of(line.line_item.id)
    subtotal = line.subtotal_set
    own = f"{refund_id}-{line_item_id}" + (f"-{nth}" if nth > 1 else "")
    return RefundLineItemRecord(
        id=number_of(line.id) if line.id else own,
        refund_id=refund_id,
        order_id=order_id,
        order_updated_at=order_updated_at,
        line_item_id=line_item_id,
        quantity=line.quantity,
        restock_type=line.restock_type.lower(),
        currency_code=subtotal.shop_money.currency_code,
        subtotal=subtotal.shop_money.amount,
        tax=line.total_tax_set.shop_money.amount,
        presentment_currency_code=subtotal.presentment_money.currency_code,
        presentment_subtotal=subtotal.presentment_money.amount,
    )


class RefundLineItemsStream(OrderTreeStream):
    """Lines of refunds."""

    name = "refund_line_items"
    record_schema = schema(_COLUMNS, ("id",))
