"""Orders: every one, with the flags that say which are not sales."""

from __future__ import annotations

from decimal import Decimal

from taps.api_source.schemas import (
    array,
    boolean,
    instant,
    integer,
    number,
    schema,
    text,
)
from taps.tap_shopify import nodes
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import OrderTreeStream, Record

__all__ = ["OrderRecord", "OrdersStream", "order_record"]

_COLUMNS = (
    text("id", "Shopify's number of the order."),
    text("name", "The order's name in the shop, such as #1042."),
    instant("created_at", "When it was created in Shopify; an import is later."),
    instant("processed_at", "When it was placed, imported orders included."),
    instant("updated_at", "Last change."),
    instant("cancelled_at", "When it was cancelled; the statuses do not tell."),
    text("cancel_reason", "Why it was cancelled, lower case."),
    boolean("is_test", "Placed with a test payment: not a sale."),
    text("financial_status", "Shopify's display status, lower case, or null."),
    text("fulfillment_status", "Shopify's display status, lower case, or null."),
    text("source_name", "Where it came from: web, pos, an app's id ..."),
    text(
        "currency_code", "Currency of the shop and of every amount not otherwise named."
    ),
    text("presentment_currency_code", "Currency the customer paid in."),
    text("customer_id", "Customer; null for guests Shopify could not match."),
    text("email", "E-mail address given with the order."),
    array("discount_codes", "Codes used."),
    number(
        "subtotal", "Lines after discounts, before shipping; returns are taken off."
    ),
    number("total_discounts", "Discounts on lines and shipping."),
    number("total_shipping", "Shipping as charged at first."),
    number("total_tax", "Taxes."),
    number("total_price", "What was charged at first, taxes and shipping included."),
    number("current_total_price", "The same after edits and refunds; it changes."),
    number("total_refunded", "Refunded so far."),
    number("presentment_total_price", "total_price in presentment_currency_code."),
    number("presentment_total_refunded", "total_refunded likewise."),
    boolean("taxes_included", "Whether the lines' prices hold their taxes."),
    array("tags", "Tags of the order."),
    text("shipping_country_code", "Country it is sent to (ISO 3166-1)."),
    text("shipping_province_code", "Province it is sent to."),
    integer("line_item_count", "Lines of the order."),
    boolean(
        "journey_is_ready", "Whether the visits are known; null where none can be."
    ),
    integer(
        "customer_order_index", "Which of the customer's orders it is, tests apart."
    ),
    integer("days_to_conversion", "Days from the first visit of 30 days to the order."),
    integer("moments_count", "Visits in those 30 days."),
)


class OrderRecord(Record, kw_only=True):
    """A row of ``orders``."""

    id: str
    name: str
    created_at: str
    processed_at: str
    updated_at: str
    cancelled_at: str | None
    cancel_reason: str | None
    is_test: bool
    financial_status: str | None
    fulfillment_status: str | None
    source_name: str | None
    currency_code: str
    presentment_currency_code: str
    customer_id: str | None
    email: str | None
    discount_codes: list[str]
    subtotal: Decimal | None
    total_discounts: Decimal | None
    total_shipping: Decimal
    total_tax: Decimal | None
    total_price: Decimal
    current_total_price: Decimal
    total_refunded: Decimal
    presentment_total_price: Decimal
    presentment_total_refunded: Decimal
    taxes_included: bool
    tags: list[str]
    shipping_country_code: str | None
    shipping_province_code: str | None
    line_item_count: int
    journey_is_ready: bool | None
    customer_order_index: int | None
    days_to_conversion: int | None
    moments_count: int | None


def order_record(order: nodes.Order, line_count: int) -> OrderRecord:
    """The row of an order."""
    journey = order.customer_journey_summary
    address = order.shipping_address
    customer = order.customer
    moments = journey.moments_count if journey else None
    return OrderRecord(
        id=number_of(order.id),
        name=order.name,
        created_at=order.created_at,
        processed_at=order.processed_at,
        updated_at=order.updated_at,
        cancelled_at=order.cancelled_at,
        cancel_reason=_lower(order.cancel_reason),
        is_test=order.test,
        financial_status=_lower(order.display_financial_status),
        fulfillment_status=_lower(order.display_fulfillment_status),
        source_name=order.source_name,
        currency_code=order.currency_code,
        presentment_currency_code=order.presentment_currency_code,
        customer_id=number_of(customer.id) if customer else None,
        email=order.email,
        discount_codes=order.discount_codes,
        subtotal=_amount(order.subtotal_price_set),
        total_discounts=_amount(order.total_discounts_set),
        total_shipping=order.total_shipping_price_set.shop_money.amount,
        total_tax=_amount(order.total_tax_set),
        total_price=order.total_price_set.shop_money.amount,
        current_total_price=order.current_total_price_set.shop_money.amount,
        total_refunded=order.total_refunded_set.shop_money.amount,
        presentment_total_price=order.total_price_set.presentment_money.amount,
        presentment_total_refunded=order.total_refunded_set.presentment_money.amount,
        taxes_included=order.taxes_included,
        tags=order.tags,
        shipping_country_code=address.country_code if address else None,
        shipping_province_code=address.province_code if address else None,
        line_item_count=line_count,
        journey_is_ready=journey.ready if journey else None,
        customer_order_index=journey.customer_order_index if journey else None,
        days_to_conversion=journey.days_to_conversion if journey else None,
        moments_count=moments.count if moments else None,
    )


class OrdersStream(OrderTreeStream):
    """Orders, guests, tests and cancelled ones included."""

    name = "orders"
    replication_key = "updated_at"
    record_schema = schema(_COLUMNS, ("id",))


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None


def _amount(money: nodes.ShopMoney | None) -> Decimal | None:
    return money.shop_money.amount if money else None
