"""What is stored of an order, a customer, a checkout and a discount: their facts.

A document holds facts, not answers: the fields of the API are worked out from them when
a query asks (`fields/`), which keeps a million orders in a gigabyte. Lists such as
`lines` are stored as arrays in the order of their fields. Amounts are in minor units of
the shop's currency; instants are texts, as the API writes them.
"""

from typing import Literal

import msgspec

from sandbox.shopify.money import Exchange, exchange_of

__all__ = [
    "ChangeFacts",
    "CheckoutFacts",
    "CustomerFacts",
    "DiscountFacts",
    "LineFacts",
    "OrderFacts",
    "RefundFacts",
    "SegmentFacts",
    "SoldFacts",
    "VisitFacts",
]


class LineFacts(msgspec.Struct, array_like=True, frozen=True):
    """A line item; amounts in minor units, `discount` off the whole line."""

    id: int
    product_id: int
    variant_id: int
    sku: str
    name: str
    vendor: str
    quantity: int
    unit: int
    discount: int

    @property
    def original_total(self) -> int:
        """Price of the line before discounts."""
        return self.quantity * self.unit

    @property
    def total(self) -> int:
        """Price of the line after discounts."""
        return self.quantity * self.unit - self.discount


class RefundFacts(msgspec.Struct, array_like=True, frozen=True):
    """A refund. `line_id` None: an amount, and no item came back."""

    id: int
    at: str
    amount: int
    line_id: int | None
    quantity: int
    money_moved: bool
    others: list[tuple[int, int]] = []
    """Further lines that came back: their ids, and how many items."""


class SoldFacts(msgspec.Struct, array_like=True, frozen=True):
    """A sale of a change; amounts in minor units, negative when taken back."""

    line_id: int
    action: Literal["ORDER", "RETURN"]
    quantity: int
    total: int
    discount: int
    tax: int


class ChangeFacts(msgspec.Struct, array_like=True, frozen=True):
    """An edit, a return or an exchange: what it sold and took back."""

    id: int
    at: str
    reason: Literal["ORDER_EDIT", "RETURN"]
    sales: list[SoldFacts]


class VisitFacts(msgspec.Struct, array_like=True, frozen=True):
    """A session; `utm` by parameter name."""

    id: int
    at: str
    source: str
    source_type: str | None
    landing_page: str
    referrer: str | None
    utm: dict[str, str] | None


class OrderFacts(msgspec.Struct, omit_defaults=True):
    """An order as it stands at one moment.

    `subtotal` is the price of the lines after `discounts`, taxes included.
    """

    typename = "Order"

    id: int
    number: int
    created_at: str
    processed_at: str
    updated_at: str
    financial_status: str
    money: str
    lines: list[LineFacts]
    fulfillment_status: str = "FULFILLED"
    source_name: str = "web"
    customer_id: int | None = None
    email: str | None = None
    cancelled_at: str | None = None
    cancel_reason: str | None = None
    is_test: bool = False
    subtotal: int = 0
    discounts: int = 0
    shipping: int = 0
    tax: int = 0
    discount_code: str | None = None
    refunds: list[RefundFacts] = []
    changes: list[ChangeFacts] = []
    tip: int = 0
    gift_card_lines: list[int] = []
    """Lines that are gift cards, which are sold and no goods."""
    gift_card_paid: int = 0
    """Of the total, what was paid with a gift card."""
    is_journey_ready: bool | None = None
    first_visit: VisitFacts | None = None
    last_visit: VisitFacts | None = None
    customer_order_index: int | None = None
    days_to_conversion: int | None = None
    moments_count: int = 0
    country_code: str = ""
    province_code: str = ""
    tags: list[str] = []

    @property
    def exchange(self) -> Exchange:
        """The order's two currencies."""
        return exchange_of(self.money)

    @property
    def total(self) -> int:
        """What the customer was asked to pay."""
        return self.subtotal + self.shipping + self.tip

    @property
    def changed(self) -> int:
        """What edits, returns and exchanges added to the total, less what they took."""
        return sum(sale.total for change in self.changes for sale in change.sales)

    @property
    def refunded(self) -> int:
        """Money that went back; a refund whose transaction failed gave nothing."""
        return sum(refund.amount for refund in self.refunds if refund.money_moved)

    def line(self, identifier: int) -> LineFacts | None:
        """The line item with this id."""
        return next((line for line in self.lines if line.id == identifier), None)


class CustomerFacts(msgspec.Struct, omit_defaults=True):
    """A customer as known at one moment."""

    typename = "Customer"

    id: int
    created_at: str
    updated_at: str
    email: str
    first_name: str
    last_name: str
    money: str
    state: str = "DISABLED"
    email_marketing: str = "NOT_SUBSCRIBED"
    phone: str | None = None
    phone_marketing: str = "NOT_SUBSCRIBED"
    country_code: str = ""
    tags: list[str] = []
    number_of_orders: int = 0
    amount_spent: int = 0
    is_email_verified: bool = True


class CheckoutFacts(msgspec.Struct, omit_defaults=True):
    """A checkout that was left, recovered or not."""

    typename = "AbandonedCheckout"

    id: int
    created_at: str
    updated_at: str
    money: str
    lines: list[LineFacts]
    completed_at: str | None = None
    customer_id: int | None = None
    email: str | None = None
    shipping: int = 0
    discount_code: str | None = None

    @property
    def exchange(self) -> Exchange:
        """The checkout's currency."""
        return exchange_of(self.money)


class DiscountFacts(msgspec.Struct, omit_defaults=True):
    """A discount and its one code. `percentage` is a share: "0.1"."""

    typename = "DiscountCodeNode"

    id: int
    code_id: int
    code: str
    title: str
    kind: str
    created_at: str
    updated_at: str
    starts_at: str
    money: str
    ends_at: str | None = None
    usage_count: int = 0
    usage_limit: int | None = None
    percentage: str | None = None
    amount: int | None = None
    is_once_per_customer: bool = False
    segment_ids: list[int] = []


class SegmentFacts(msgspec.Struct):
    """A segment of customers, by its query."""

    typename = "Segment"

    id: int
    name: str
    query: str
