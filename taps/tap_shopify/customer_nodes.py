"""Customers, abandoned checkouts and discounts of the API; see ``nodes``."""

from __future__ import annotations

import msgspec

from taps.tap_shopify.nodes import (
    Money,
    MoneyBag,
    Object,
    Page,
    Reference,
    ShopMoney,
)

__all__ = ["Checkout", "CodeDiscount", "Customer", "DiscountNode", "RedeemCode"]


class EmailAddress(Object):
    """A customer's e-mail address and what they allow it to be used for."""

    email_address: str
    marketing_state: str


class PhoneNumber(Object):
    """A customer's telephone number and whether they allow advertising on it."""

    phone_number: str
    marketing_state: str


class Customer(Object):
    """A customer."""

    id: str
    created_at: str
    updated_at: str
    state: str
    number_of_orders: str
    """A string: UnsignedInt64."""
    amount_spent: Money
    tags: list[str]
    first_name: str | None = None
    last_name: str | None = None
    default_email_address: EmailAddress | None = None
    default_phone_number: PhoneNumber | None = None
    default_address: CustomerAddress | None = None
    verified_email: bool | None = None


class CustomerAddress(Object):
    """Where a customer is."""

    country_code: str | None = msgspec.field(name="countryCodeV2")


class CheckoutCustomer(Object):
    """Who left a checkout."""

    id: str
    default_email_address: EmailAddress | None = None


class Checkout(Object):
    """A checkout that was left; recovered ones have ``completed_at``."""

    id: str
    created_at: str
    updated_at: str
    completed_at: str | None
    discount_codes: list[str]
    total_price_set: MoneyBag
    subtotal_price_set: ShopMoney
    customer: CheckoutCustomer | None = None
    line_items: Page[Reference] | None = None


class RedeemCode(Object):
    """A code that customers type in."""

    id: str
    code: str
    async_usage_count: int


class _Value(Object):
    """What a discount takes off: a share, or an amount."""

    percentage: float | None = None
    amount: Money | None = None


class _CustomerGets(Object):
    value: _Value


class CodeDiscount(Object):
    """A discount of any kind; some kinds lack some fields."""

    kind: str = msgspec.field(name="__typename")
    title: str
    status: str
    starts_at: str
    ends_at: str | None
    usage_limit: int | None
    updated_at: str
    codes: Page[RedeemCode]
    customer_gets: _CustomerGets | None = None


class DiscountNode(Object):
    """A discount that is given for a code."""

    id: str
    code_discount: CodeDiscount
