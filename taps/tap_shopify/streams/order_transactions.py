"""Movements of money, and attempts at them."""

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

__all__ = ["OrderTransactionsStream", "TransactionRecord", "transaction_record"]

_COLUMNS = (
    text("id", "Shopify's number of the transaction."),
    ORDER_ID,
    ORDER_UPDATED_AT,
    text("parent_id", "Transaction it follows: the authorization of a capture ..."),
    text("kind", "authorization, sale, capture, void, refund ..."),
    text("status", "success, failure, pending, error ..."),
    text("gateway", "Payment provider."),
    boolean("is_test", "Made in test mode."),
    instant("processed_at", "When it happened."),
    text("currency_code", "Currency of the shop."),
    number("amount", "Amount."),
    text("presentment_currency_code", "Currency the customer paid in."),
    number("presentment_amount", "amount in that currency."),
)


class TransactionRecord(Record, kw_only=True):
    """A row of ``order_transactions``."""

    id: str
    order_id: str
    order_updated_at: str
    parent_id: str | None
    kind: str
    status: str
    gateway: str | None
    is_test: bool
    processed_at: str | None
    currency_code: str
    amount: Decimal
    presentment_currency_code: str
    presentment_amount: Decimal


def transaction_record(
    transaction: nodes.Transaction, order_id: str, order_updated_at: str
) -> TransactionRecord:
    """The row of a transaction."""
    amount, parent = transaction.amount_set, transaction.parent_transaction
    return TransactionRecord(
        id=number_of(transaction.id),
        order_id=order_id,
        order_updated_at=order_updated_at,
        parent_id=number_of(parent.id) if parent else None,
        kind=transaction.kind.lower(),
        status=transaction.status.lower(),
        gateway=transaction.gateway,
        is_test=transaction.test,
        processed_at=transaction.processed_at,
        currency_code=amount.shop_money.currency_code,
        amount=amount.shop_money.amount,
        presentment_currency_code=amount.presentment_money.currency_code,
        presentment_amount=amount.presentment_money.amount,
    )


class OrderTransactionsStream(OrderTreeStream):
    """Transactions of orders."""

    name = "order_transactions"
    record_schema = schema(_COLUMNS, ("id",))
