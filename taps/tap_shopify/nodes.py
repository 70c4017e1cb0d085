"""Objects of the GraphQL Admin API, as far as the tap asks for them.

A field without a default is always in an answer, though it may be null: an answer
without it is refused. Fields with a default are those that access may be denied to.
Amounts are decimal strings at Shopify and ``Decimal`` here; instants stay text.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

__all__ = [
    "Agreement",
    "Edges",
    "Journey",
    "LineItem",
    "Money",
    "MoneyBag",
    "Object",
    "Order",
    "OrderId",
    "OrderRefunds",
    "Page",
    "PageInfo",
    "Reference",
    "Refund",
    "RefundDetails",
    "RefundLineItem",
    "RefundTransaction",
    "Sale",
    "ShopMoney",
    "Transaction",
    "Visit",
    "number_of",
]

_Node = TypeVar("_Node")


def number_of(gid: str) -> str:
    """The number at the end of a global id: ``gid://shopify/Order/1`` is ``1``."""
    number = gid[gid.rfind("/") + 1 :]
    return number.partition("?")[0] if "?" in number else number


class Object(msgspec.Struct, rename="camel", gc=False):
    """Anything of the API; its fields are named as ours, in camel case."""


class Reference(Object):
    """A pointer to another object."""

    id: str


class PageInfo(Object):
    """Whether a connection goes on, and after which cursor."""

    has_next_page: bool
    end_cursor: str | None


class Page(msgspec.Struct, Generic[_Node], rename="camel", gc=False):
    """One page of a connection."""

    nodes: list[_Node]
    page_info: PageInfo


class Edge(msgspec.Struct, Generic[_Node], gc=False):
    """A node with the cursor that comes after it."""

    cursor: str
    node: _Node


class Edges(msgspec.Struct, Generic[_Node], rename="camel", gc=False):
    """One page of a connection, with a cursor for each node."""

    edges: list[Edge[_Node]]
    page_info: PageInfo


class Money(Object):
    """An amount in one currency."""

    amount: Decimal
    currency_code: str


class MoneyBag(Object):
    """An amount in the shop's currency and in the one the customer paid in."""

    shop_money: Money
    presentment_money: Money


class Amount(Object):
    """An amount whose currency is known from elsewhere."""

    amount: Decimal


class ShopMoney(Object):
    """An amount in the shop's currency."""

    shop_money: Amount


class Utm(Object):
    """The utm_ parameters of a landing page."""

    source: str | None
    medium: str | None
    campaign: str | None
    content: str | None
    term: str | None


class Visit(Object):
    """A session in the online store."""

    id: str
    occurred_at: str
    source: str
    source_type: str | None
    referral_code: str | None
    utm_parameters: Utm | None
    landing_page: str | None = None
    referrer_url: str | None = None


class Count(Object):
    """A number that may be a lower bound."""

    count: int
    precision: str = "EXACT"


class Journey(Object):
    """How the customer came to the order, in the 30 days before it."""

    ready: bool
    customer_order_index: int | None
    days_to_conversion: int | None
    moments_count: Count | None
    first_visit: Visit | None
    last_visit: Visit | None


class Address(Object):
    """Where an order goes."""

    country_code: str | None = msgspec.field(name="countryCodeV2")
    province_code: str | None


class Transaction(Object):
    """A movement, or an attempted one, of money."""

    id: str
    kind: str
    status: str
    gateway: str | None
    test: bool
    processed_at: str | None
    parent_transaction: Reference | None
    amount_set: MoneyBag


class Refund(Object):
    """A promise to give money back; only its transactions prove that it moved."""

    id: str
    created_at: str | None
    updated_at: str
    note: str | None
    total_refunded_set: MoneyBag


class DiscountAllocation(Object):
    """What one discount takes off a line."""

    allocated_amount_set: ShopMoney


class LineItem(Object):
    """A line of an order."""

    id: str
    product: Reference | None
    variant: Reference | None
    sku: str | None
    name: str
    vendor: str | None
    quantity: int
    current_quantity: int
    original_unit_price_set: MoneyBag
    discount_allocations: list[DiscountAllocation]
    """Every discount on it: its own, and its share of those of the whole order."""

    @property
    def discount(self) -> Decimal:
        """All of them, in the shop's currency.

        ``discountedTotalSet`` and ``totalDiscountSet`` leave out the order's own.
        """
        shares = (each.allocated_amount_set for each in self.discount_allocations)
        return sum((share.shop_money.amount for share in shares), Decimal())


class Sale(Object):
    """An entry of the ledger: what an agreement did to one line."""

    id: str
    action_type: str
    line_type: str
    quantity: int | None
    total_amount: MoneyBag
    total_discount_amount_after_taxes: ShopMoney
    total_tax_amount: ShopMoney
    line_item: Reference | None = None


class Agreement(Object):
    """A placement, an edit, a refund or a return of an order."""

    id: str
    happened_at: str
    reason: str
    sales: Page[Sale] | None = None
    """Beside the agreement when paging, on lines of their own in bulk."""


class Order(Object):
    """An order; its connections are None in bulk, where they are lines."""

    id: str
    name: str
    created_at: str
    processed_at: str
    updated_at: str
    cancelled_at: str | None
    cancel_reason: str | None
    test: bool
    display_financial_status: str | None
    display_fulfillment_status: str | None
    source_name: str | None
    currency_code: str
    presentment_currency_code: str
    taxes_included: bool
    tags: list[str]
    discount_codes: list[str]
    subtotal_price_set: ShopMoney | None
    total_discounts_set: ShopMoney | None
    total_shipping_price_set: ShopMoney
    total_tax_set: ShopMoney | None
    total_price_set: MoneyBag
    current_total_price_set: ShopMoney
    total_refunded_set: MoneyBag
    refunds: list[Refund]
    transactions: list[Transaction]
    email: str | None = None
    customer: Reference | None = None
    shipping_address: Address | None = None
    customer_journey_summary: Journey | None = None
    line_items: Page[LineItem] | None = None
    agreements: Edges[Agreement] | None = None


class OrderId(Object):
    """What is left of an order when only its existence is asked for."""

    id: str
    created_at: str


class RefundLineItem(Object):
    """A line of an order that was refunded, or part of it."""

    id: str | None
    line_item: Reference
    quantity: int
    restock_type: str
    subtotal_set: MoneyBag
    total_tax_set: ShopMoney


class RefundTransaction(Object):
    """What a refund's transactions are needed for."""

    kind: str
    status: str


class RefundDetails(Object):
    """The connections of a refund."""

    id: str
    refund_line_items: Page[RefundLineItem]
    transactions: Page[RefundTransaction]


class OrderRefunds(Object):
    """An order, for the sake of its refunds."""

    id: str
    refunds: list[RefundDetails]
