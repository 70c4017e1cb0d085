"""The ledger: what each placement, edit, refund and return did, on its own date.

Net sales by day are the sum of ``total`` by ``happened_at``; nothing in it is ever
rewritten, unlike an order's totals.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from taps.api_source.schemas import instant, integer, number, schema, text
from taps.tap_shopify import nodes
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import (
    ORDER_ID,
    ORDER_UPDATED_AT,
    OrderTreeStream,
    Record,
)

__all__ = ["AgreementKey", "OrderSalesStream", "SaleRecord", "sale_record"]

_COLUMNS = (
    text("id", "Shopify's number of the sale."),
    text("agreement_id", "Agreement that it is part of."),
    ORDER_ID,
    ORDER_UPDATED_AT,
    instant("happened_at", "When it was agreed; the date it counts on."),
    text("reason", "order, order_edit, refund, return or unknown."),
    text("action_type", "order, update or return."),
    text("line_type", "product, shipping, tip, gift_card, fee, adjustment ..."),
    integer("quantity", "Units; negative when they come back."),
    text("currency_code", "Currency of the shop."),
    number("total", "Amount after discounts, taxes included; negative for refunds."),
    number("discount", "Discounts in it."),
    number("tax", "Taxes in it."),
    text("presentment_currency_code", "Currency the customer paid in."),
    number("presentment_total", "total in that currency."),
    text("line_item_id", "Line of the order, if it is about a product."),
)


class SaleRecord(Record, kw_only=True):
    """A row of ``order_sales``."""

    id: str
    agreement_id: str
    order_id: str
    order_updated_at: str
    happened_at: str
    reason: str
    action_type: str
    line_type: str
    quantity: int | None
    currency_code: str
    total: Decimal
    discount: Decimal
    tax: Decimal
    presentment_currency_code: str
    presentment_total: Decimal
    line_item_id: str | None


class AgreementKey(NamedTuple):
    """What a sale's row says of the agreement it is part of."""

    id: str
    order_id: str
    happened_at: str
    reason: str

    @classmethod
    def of(cls, agreement: nodes.Agreement, order_id: str) -> AgreementKey:
        """From an agreement of a page."""
        number, reason = number_of(agreement.id), agreement.reason.lower()
        return cls(
            id=number,
            order_id=order_id,
            happened_at=agreement.happened_at,
            reason=reason,
        )


def sale_record(
    sale: nodes.Sale, agreement: AgreementKey, order_updated_at: str
) -> SaleRecord:
    """The row of a sale."""
    total = sale.total_amount
    return SaleRecord(
        id=number_of(sale.id),
        agreement_id=agreement.id,
        order_id=agreement.order_id,
        order_updated_at=order_updated_at,
        happened_at=agreement.happened_at,
        reason=agreement.reason,
        action_type=sale.action_type.lower(),
        line_type=sale.line_type.lower(),
        quantity=sale.quantity,
        currency_code=total.shop_money.currency_code,
        total=total.shop_money.amount,
        discount=sale.total_discount_amount_after_taxes.shop_money.amount,
        tax=sale.total_tax_amount.shop_money.amount,
        presentment_currency_code=total.presentment_money.currency_code,
        presentment_total=total.presentment_money.amount,
        line_item_id=number_of(sale.line_item.id) if sale.line_item else None,
    )


class OrderSalesStream(OrderTreeStream):
    """Entries of the ledger."""

    name = "order_sales"
    record_schema = schema(_COLUMNS, ("id",))
