"""Fields of customers and addresses."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sandbox.shopify.context import Context
from sandbox.shopify.facts import CheckoutFacts, CustomerFacts, OrderFacts
from sandbox.shopify.fields.money import shop_money
from sandbox.shopify.fields.plain import Attribute, Gid
from sandbox.shopify.money import Bag

__all__ = ["FIELDS", "Address", "CustomerOf"]


class Address(NamedTuple):
    """A postal address: the sandbox knows countries, not streets."""

    id: int
    country_code: str
    province_code: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class CustomerOf:
    """The customer of an order or a checkout, looked up when more than the id is asked.

    One who is gone is described by what the order still tells.
    """

    def __init__(self, owner: OrderFacts | CheckoutFacts, context: Context) -> None:
        self.id = owner.customer_id
        self._owner = owner
        self._context = context

    def __getattr__(self, name: str) -> Any:
        facts = self._context.get("customers", str(self.id)) or self._remembered()
        for field in facts.__struct_fields__:
            setattr(self, field, getattr(facts, field))
        return getattr(facts, name)

    def _remembered(self) -> CustomerFacts:
        owner = self._owner
        return CustomerFacts(
            id=owner.customer_id or 0,
            created_at=owner.created_at,
            updated_at=owner.created_at,
            email=owner.email or "",
            first_name="",
            last_name="",
            money=owner.money,
        )


def _address(customer: CustomerFacts) -> Address | None:
    if not customer.country_code:
        return None
    return Address(
        customer.id,
        customer.country_code,
        None,
        customer.first_name,
        customer.last_name,
    )


def _addresses(customer: CustomerFacts) -> list[Address]:
    address = _address(customer)
    return [] if address is None else [address]


def _name(source: Any) -> str:
    return " ".join(part for part in (source.first_name, source.last_name) if part)


def _itself(source: Any) -> Any:
    return source


_EMAIL_CONSENT: Final[dict[str, Callable[[Any], Any]]] = {
    "marketingState": Attribute("email_marketing"),
    "marketingOptInLevel": lambda _: "SINGLE_OPT_IN",
}

FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "Customer": {
        "id": Gid("Customer"),
        "legacyResourceId": lambda customer: str(customer.id),
        "createdAt": Attribute("created_at"),
        "updatedAt": Attribute("updated_at"),
        "email": Attribute("email"),
        "phone": Attribute("phone"),
        "firstName": Attribute("first_name"),
        "lastName": Attribute("last_name"),
        "displayName": lambda customer: _name(customer) or customer.email,
        "state": Attribute("state"),
        "tags": Attribute("tags"),
        "numberOfOrders": lambda customer: str(customer.number_of_orders),
        "amountSpent": lambda customer: shop_money(
            Bag(customer.amount_spent, customer.money)
        ),
        "defaultAddress": _address,
        "addresses": _addresses,
        "defaultEmailAddress": _itself,
        "defaultPhoneNumber": lambda customer: customer if customer.phone else None,
        "emailMarketingConsent": _itself,
        "lifetimeDuration": lambda _: "about 1 year",
        "locale": lambda _: "en",
        "productSubscriberStatus": lambda _: "NEVER_SUBSCRIBED",
        "validEmailAddress": lambda _: True,
        "verifiedEmail": Attribute("is_email_verified"),
    },
    "CustomerEmailAddress": {
        "emailAddress": Attribute("email"),
        **_EMAIL_CONSENT,
    },
    "CustomerEmailMarketingConsentState": _EMAIL_CONSENT,
    "CustomerPhoneNumber": {
        "phoneNumber": Attribute("phone"),
        "marketingState": Attribute("phone_marketing"),
        "marketingOptInLevel": lambda _: "SINGLE_OPT_IN",
    },
    "MailingAddress": {
        "id": lambda a: (
            f"gid://shopify/MailingAddress/{a.id}?model_name=CustomerAddress"
        ),
        "country": Attribute("country_code"),
        "countryCodeV2": Attribute("country_code"),
        "province": Attribute("province_code"),
        "provinceCode": Attribute("province_code"),
        "firstName": Attribute("first_name"),
        "lastName": Attribute("last_name"),
        "name": lambda address: _name(address) or None,
    },
}
