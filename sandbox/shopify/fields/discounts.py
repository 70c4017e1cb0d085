"""Fields of code discounts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sandbox.shopify.facts import DiscountFacts
from sandbox.shopify.fields.money import Counted, Money, shop_money
from sandbox.shopify.fields.plain import Attribute, Gid
from sandbox.shopify.money import Bag

__all__ = ["FIELDS", "Discount", "status"]


class Discount(NamedTuple):
    """The union `DiscountCode`: what a node's code stands for."""

    facts: DiscountFacts

    @property
    def typename(self) -> str:
        """Which member of the union it is."""
        return self.facts.kind


class Share(NamedTuple):
    """A `DiscountPercentage`."""

    percentage: float

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "DiscountPercentage"


class Off(NamedTuple):
    """A `DiscountAmount`."""

    amount: Money

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "DiscountAmount"


def status(discount: Discount, now: datetime) -> str:
    """ACTIVE between its start and its end."""
    facts = discount.facts
    if now < datetime.fromisoformat(facts.starts_at):
        return "SCHEDULED"
    if facts.ends_at and datetime.fromisoformat(facts.ends_at) <= now:
        return "EXPIRED"
    return "ACTIVE"


def _value(discount: Discount) -> Share | Off:
    facts = discount.facts
    if facts.amount is not None:
        return Off(shop_money(Bag(facts.amount, facts.money)))
    return Share(float(facts.percentage or 0))


_CODE: Final[dict[str, Callable[[Any], Any]]] = {
    "title": Attribute("facts.title"),
    "summary": Attribute("facts.title"),
    "shortSummary": Attribute("facts.title"),
    "createdAt": Attribute("facts.created_at"),
    "updatedAt": Attribute("facts.updated_at"),
    "startsAt": Attribute("facts.starts_at"),
    "endsAt": Attribute("facts.ends_at"),
    "asyncUsageCount": Attribute("facts.usage_count"),
    "usageLimit": Attribute("facts.usage_limit"),
    "codes": lambda d: [d.facts],
    "codesCount": lambda _: Counted(1),
}

FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "DiscountCodeNode": {"id": Gid("DiscountCodeNode"), "codeDiscount": Discount},
    "DiscountCodeBasic": {
        **_CODE,
        "customerGets": lambda discount: discount,
        "appliesOncePerCustomer": Attribute("facts.is_once_per_customer"),
    },
    "DiscountCodeBasicCreatePayload": {
        "codeDiscountNode": Attribute("node"),
        "userErrors": Attribute("errors"),
    },
    "DiscountUserError": {
        "code": Attribute("code"),
        "field": Attribute("field"),
        "message": Attribute("message"),
    },
    "Segment": {
        "id": Gid("Segment"),
        "name": Attribute("name"),
        "query": Attribute("query"),
    },
    "SegmentCreatePayload": {
        "segment": Attribute("segment"),
        "userErrors": Attribute("errors"),
    },
    "DiscountCodeFreeShipping": _CODE,
    "DiscountCustomerGets": {
        "value": _value,
        "appliesOnOneTimePurchase": lambda _: True,
    },
    "DiscountPercentage": {"percentage": Attribute("percentage")},
    "DiscountAmount": {"amount": Attribute("amount")},
    "DiscountRedeemCode": {
        "id": lambda facts: f"gid://shopify/DiscountRedeemCode/{facts.code_id}",
        "code": Attribute("code"),
        "asyncUsageCount": Attribute("usage_count"),
    },
}
