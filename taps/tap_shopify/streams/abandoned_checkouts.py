"""Checkouts that were left, recovered ones included."""

from __future__ import annotations

from collections.abc import Container, Sequence
from decimal import Decimal

from taps.api_source.schemas import array, instant, integer, number, schema, text
from taps.tap_shopify import nodes
from taps.tap_shopify.collection import Collection
from taps.tap_shopify.customer_nodes import Checkout
from taps.tap_shopify.flat_collection import FlatCollection, Names
from taps.tap_shopify.nested_paging import drain
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.queries import NESTED_FIRST, NEXT_PAGE, checkout_fields
from taps.tap_shopify.streams.base import Record
from taps.tap_shopify.streams.changing import ChangingStream

__all__ = ["AbandonedCheckoutsStream"]

_COLUMNS = (
    text("id", "Shopify's number of the checkout."),
    instant("created_at", "When it was begun."),
    instant("updated_at", "Last change."),
    instant("completed_at", "When the customer came back and bought; null if not."),
    text("customer_id", "Customer, if known."),
    text("email", "The customer's e-mail address."),
    text("currency_code", "Currency of the shop."),
    number("total_price", "What would have been charged."),
    number("subtotal", "Lines after discounts, before shipping and taxes."),
    integer("line_item_count", "Lines of the checkout."),
    array("discount_codes", "Codes typed in."),
)
_LINES = (
    f"lineItems(first: {NESTED_FIRST}) {{ nodes {{ id }} {NEXT_PAGE} }}",
    "lineItems { edges { node { id } } }",
)


class _Checkout(Record, kw_only=True):
    id: str
    created_at: str
    updated_at: str
    completed_at: str | None
    customer_id: str | None
    email: str | None
    currency_code: str
    total_price: Decimal
    subtotal: Decimal
    line_item_count: int
    discount_codes: list[str]


class AbandonedCheckoutsStream(ChangingStream):
    """Abandoned checkouts; the link to recover one is a secret and is not read."""

    name = "abandoned_checkouts"
    primary_keys: Sequence[str] = ("id",)
    record_schema = schema(_COLUMNS, ("id",))
    scope = "read_orders"
    lookback_days = 7
    # It cannot be sorted by last change.
    names = Names("abandonedCheckouts", "abandonedCheckoutsCount", "CREATED_AT")
    oldest_by = ("CREATED_AT", "createdAt")

    @staticmethod
    def fields(without: Container[str]) -> str:
        """What is asked of a checkout."""
        return checkout_fields(without)

    def collection(self) -> Collection:
        """The connection ``abandonedCheckouts``."""
        return FlatCollection(
            self.names, Checkout, self.allowed_fields, self._emit, child=_LINES
        )

    def _emit(self, found: Sequence[tuple[Checkout, int]]) -> None:
        self.emit_all(self._record(checkout, lines) for checkout, lines in found)

    def _record(self, checkout: Checkout, line_count: int) -> _Checkout:
        customer = checkout.customer
        email = customer.default_email_address if customer else None
        return _Checkout(
            id=number_of(checkout.id),
            created_at=checkout.created_at,
            updated_at=checkout.updated_at,
            completed_at=checkout.completed_at,
            customer_id=number_of(customer.id) if customer else None,
            email=email.email_address if email else None,
            currency_code=checkout.total_price_set.shop_money.currency_code,
            total_price=checkout.total_price_set.shop_money.amount,
            subtotal=checkout.subtotal_price_set.shop_money.amount,
            line_item_count=line_count or self._line_count(checkout),
            discount_codes=checkout.discount_codes,
        )

    def _line_count(self, checkout: Checkout) -> int:
        if checkout.line_items is None:
            return 0
        lines = drain(
            self._tap.client,
            checkout.line_items,
            nodes.Reference,
            owner=("AbandonedCheckout", checkout.id),
            path="lineItems",
            fields="id",
        )
        return len(lines)
