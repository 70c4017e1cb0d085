"""Fields of abandoned checkouts."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sandbox.shopify.facts import CheckoutFacts, LineFacts
from sandbox.shopify.fields.lines import Item
from sandbox.shopify.fields.plain import Amount, Attribute, Gid, bag

__all__ = ["FIELDS", "CheckoutLine"]


class CheckoutLine(NamedTuple):
    """A line of a checkout."""

    checkout: CheckoutFacts
    line: LineFacts


def _line_bag(minor: str) -> Amount:
    return Amount(Attribute(f"line.{minor}"), "checkout.money")


def _subtotal(checkout: CheckoutFacts) -> int:
    return sum(line.total for line in checkout.lines)


def _unit(source: CheckoutLine) -> int:
    line = source.line
    return line.total // line.quantity if line.quantity else 0


FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "AbandonedCheckout": {
        "id": Gid("AbandonedCheckout"),
        "name": lambda checkout: f"#{checkout.id}",
        "createdAt": Attribute("created_at"),
        "updatedAt": Attribute("updated_at"),
        "completedAt": Attribute("completed_at"),
        "abandonedCheckoutUrl": lambda c: (
            f"https://shop.example/checkouts/{c.id}/recover?key={c.id:x}"
        ),
        "discountCodes": lambda c: [c.discount_code] if c.discount_code else [],
        "defaultCursor": lambda checkout: str(checkout.id),
        "lineItems": lambda c: [CheckoutLine(c, line) for line in c.lines],
        "taxesIncluded": lambda _: True,
        "subtotalPriceSet": bag(_subtotal),
        "totalDiscountSet": bag(lambda c: sum(line.discount for line in c.lines)),
        "totalLineItemsPriceSet": bag(
            lambda c: sum(line.original_total for line in c.lines)
        ),
        "totalPriceSet": bag(lambda checkout: _subtotal(checkout) + checkout.shipping),
    },
    "AbandonedCheckoutLineItem": {
        "id": Gid("AbandonedCheckoutLineItem", "line.id"),
        "quantity": Attribute("line.quantity"),
        "sku": Attribute("line.sku"),
        "title": Attribute("line.name"),
        "product": lambda s: Item(s.line.product_id, s.line),
        "variant": lambda s: Item(s.line.variant_id, s.line),
        "originalTotalPriceSet": _line_bag("original_total"),
        "originalUnitPriceSet": _line_bag("unit"),
        "discountedTotalPriceSet": _line_bag("total"),
        "discountedTotalPriceWithCodeDiscount": _line_bag("total"),
        "discountedUnitPriceSet": Amount(_unit, "checkout.money"),
        "discountedUnitPriceWithCodeDiscount": Amount(_unit, "checkout.money"),
    },
}
