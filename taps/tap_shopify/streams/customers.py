"""Customers."""

from __future__ import annotations

from collections.abc import Container, Sequence
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
from taps.tap_shopify.collection import Collection
from taps.tap_shopify.customer_nodes import Customer
from taps.tap_shopify.flat_collection import FlatCollection, Names
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.queries import customer_fields
from taps.tap_shopify.streams.base import Record
from taps.tap_shopify.streams.changing import ChangingStream

__all__ = ["CustomersStream"]

_COLUMNS = (
    text("id", "Shopify's number of the customer."),
    instant("created_at", "When the customer was created."),
    instant("updated_at", "Last change."),
    text("email", "Default e-mail address."),
    boolean("verified_email", "Whether the shop knows that the address is theirs."),
    text("first_name", "First name."),
    text("last_name", "Last name."),
    text("phone", "Default telephone number."),
    text("state", "State of the account: enabled, disabled, invited, declined."),
    integer("number_of_orders", "Orders so far, by Shopify's count."),
    number("amount_spent", "Spent so far, by Shopify's count."),
    text("currency_code", "Currency of amount_spent."),
    text("email_marketing_state", "subscribed, unsubscribed, not_subscribed ..."),
    text("phone_marketing_state", "The same of text messages to the telephone."),
    text("country_code", "Country of the default address (ISO 3166-1)."),
    array("tags", "Tags of the customer."),
)


class _Customer(Record, kw_only=True):
    id: str
    created_at: str
    updated_at: str
    email: str | None
    verified_email: bool | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    state: str
    number_of_orders: int
    amount_spent: Decimal
    currency_code: str
    email_marketing_state: str | None
    phone_marketing_state: str | None
    country_code: str | None
    tags: list[str]


def _record(customer: Customer) -> _Customer:
    email, phone = customer.default_email_address, customer.default_phone_number
    address = customer.default_address
    return _Customer(
        id=number_of(customer.id),
        created_at=customer.created_at,
        updated_at=customer.updated_at,
        email=email.email_address if email else None,
        verified_email=customer.verified_email,
        first_name=customer.first_name,
        last_name=customer.last_name,
        phone=phone.phone_number if phone else None,
        state=customer.state.lower(),
        number_of_orders=int(customer.number_of_orders),
        amount_spent=customer.amount_spent.amount,
        currency_code=customer.amount_spent.currency_code,
        email_marketing_state=email.marketing_state.lower() if email else None,
        phone_marketing_state=phone.marketing_state.lower() if phone else None,
        country_code=address.country_code if address else None,
        tags=customer.tags,
    )


class CustomersStream(ChangingStream):
    """Customers, with Shopify's own totals of them."""

    name = "customers"
    primary_keys: Sequence[str] = ("id",)
    record_schema = schema(_COLUMNS, ("id",))
    scope = "read_customers"
    names = Names("customers", "customersCount", "UPDATED_AT")

    @staticmethod
    def fields(without: Container[str]) -> str:
        """What is asked of a customer."""
        return customer_fields(without)

    def collection(self) -> Collection:
        """The connection ``customers``."""
        return FlatCollection(self.names, Customer, self.allowed_fields, self._emit)

    def _emit(self, found: Sequence[tuple[Customer, int]]) -> None:
        self.emit_all(_record(customer) for customer, _ in found)
