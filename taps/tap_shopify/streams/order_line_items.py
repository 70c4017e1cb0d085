"""Lines of orders."""

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

__all__ = ["LineItemRecord", "OrderLineItemsStream", "line_item_record"]

_COLUMNS = (
    text("id", "Shopify's number of the line."),
    ORDER_ID,
    ORDER_UPDATED_AT,
    text("product_id", "Product; null when it was deleted or never was one."),
    text("variant_id", "Variant; null likewise."),
    text("sku", "Stock keeping unit."),
    text("name", "Product and variant as the customer saw them."),
    text("vendor", "Vendor."),
    integer("quantity", "Units ordered."),
    integer("current_quantity", "Units after edits and returns."),
    text("currency_code", "Currency of the shop."),
    number("unit_price", "Price of one unit before discounts."),
    number("discounted_total", "All units, after all discounts."),
    number(
        "total_discount",
        "Discounts on the line, its share of those of the order included.",
    ),
    text("presentment_currency_code", "Currency the customer paid in."),
    number("presentment_unit_price", "unit_price in that currency."),
)


class LineItemRecord(Record, kw_only=True):
    """A row of ``order_line_items``."""

    id: str
    order_id: str
    order_updated_at: str
    product_id: str | None
    variant_id: str | None
    sku: str | None
    name: str
    vendor: str | None
    quantity: int
    current_quantity: int
    currency_code: str
    unit_price: Decimal
    discounted_total: Decimal
    total_discount: Decimal
    presentment_currency_code: str
    presentment_unit_price: Decimal


def line_item_record(
    line: nodes.LineItem, order_id: str, order_updated_at: str
) -> LineItemRecord:
    """The row of a line."""
    price = line.original_unit_price_set
    return LineItemRecord(
        id=number_of(line.id),
        order_id=order_id,
        order_updated_at=order_updated_at,
        product_id=number_of(line.product.id) if line.product else None,
        variant_id=number_of(line.variant.id) if line.variant else None,
        sku=line.sku,
        name=line.name,
        vendor=line.vendor,
        quantity=line.quantity,
        current_quantity=line.current_quantity,
        currency_code=price.shop_money.currency_code,
        unit_price=price.shop_money.amount,
        discounted_total=price.shop_money.amount * line.quantity - line.discount,
        total_discount=line.discount,
        presentment_currency_code=price.presentment_money.currency_code,
        presentment_unit_price=price.presentment_money.amount,
    )


class OrderLineItemsStream(OrderTreeStream):
    """Lines of orders."""

    name = "order_line_items"
    record_schema = schema(_COLUMNS, ("id",))
