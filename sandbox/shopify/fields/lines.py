"""Fields of line items, products, shipping lines and discount applications."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sandbox.shopify.facts import LineFacts, OrderFacts
from sandbox.shopify.fields.money import tax_lines
from sandbox.shopify.fields.plain import Amount, Attribute, Gid, bag, of_order
from sandbox.shopify.ledger import current_quantity, line_tax

__all__ = [
    "FIELDS",
    "Allocation",
    "CodeApplication",
    "Item",
    "OrderLine",
    "code_applications",
    "line_items",
    "shipping_lines",
]


class OrderLine(NamedTuple):
    """A line item of an order."""

    order: OrderFacts
    line: LineFacts


class Item(NamedTuple):
    """A product or a variant, as a line names it."""

    id: int
    line: LineFacts


class CodeApplication(NamedTuple):
    """A discount code that an order used: so much off its line items."""

    order: OrderFacts

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "DiscountCodeApplication"


class Percentage(NamedTuple):
    """A `PricingPercentageValue`."""

    percentage: float

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "PricingPercentageValue"


class Allocation(NamedTuple):
    """The part of a discount that one line item got."""

    order: OrderFacts
    minor: int


def line_items(order: OrderFacts) -> list[OrderLine]:
    """The connection `Order.lineItems`."""
    return [OrderLine(order, line) for line in order.lines]


def shipping_lines(order: OrderFacts) -> list[OrderFacts]:
    """The connection `Order.shippingLines`: at most one; its source is the order."""
    return [order] if order.shipping else []


def code_applications(order: OrderFacts) -> list[CodeApplication]:
    """The connection `Order.discountApplications`."""
    return [CodeApplication(order)] if order.discount_code else []


def _percentage(application: CodeApplication) -> Percentage:
    order = application.order
    full = sum(line.original_total for line in order.lines)
    return Percentage(round(100 * order.discounts / full, 1) if full else 0.0)


def _allocations(source: OrderLine) -> list[Allocation]:
    if not source.line.discount or not source.order.discount_code:
        return []
    return [Allocation(source.order, source.line.discount)]


def _line_bag(minor: str) -> Amount:
    return Amount(Attribute(f"line.{minor}"), "order.money")


def _unit_after_discounts(source: OrderLine) -> int:
    line = source.line
    return line.total // line.quantity if line.quantity else 0


def _line_taxes(source: OrderLine) -> list[Any]:
    order, line = source
    tax = line_tax(order, line.total)
    return tax_lines(tax, line.total, order.money)


FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "LineItem": {
        "id": Gid("LineItem", "line.id"),
        "name": Attribute("line.name"),
        "title": Attribute("line.name"),
        "sku": Attribute("line.sku"),
        "vendor": Attribute("line.vendor"),
        "quantity": Attribute("line.quantity"),
        "currentQuantity": lambda s: current_quantity(s.order, s.line),
        "refundableQuantity": lambda s: current_quantity(s.order, s.line),
        "requiresShipping": lambda _: True,
        "restockable": lambda _: True,
        "taxable": lambda _: True,
        "merchantEditable": lambda _: True,
        "product": lambda s: Item(s.line.product_id, s.line),
        "variant": lambda s: Item(s.line.variant_id, s.line),
        "taxLines": _line_taxes,
        "discountAllocations": _allocations,
        "originalUnitPriceSet": _line_bag("unit"),
        "originalTotalSet": _line_bag("original_total"),
        # A code is a discount of the order: only allocations and the price after all
        # discounts know of it.
        "discountedTotalSet": _line_bag("original_total"),
        "discountedUnitPriceSet": _line_bag("unit"),
        "discountedUnitPriceAfterAllDiscountsSet": of_order(_unit_after_discounts),
        "totalDiscountSet": of_order(lambda _: 0),
        "unfulfilledDiscountedTotalSet": of_order(lambda _: 0),
        "unfulfilledOriginalTotalSet": of_order(lambda _: 0),
    },
    "Product": {
        "id": Gid("Product"),
        "legacyResourceId": lambda item: str(item.id),
        "title": Attribute("line.name"),
        "vendor": Attribute("line.vendor"),
    },
    "ProductVariant": {
        "id": Gid("ProductVariant"),
        "legacyResourceId": lambda item: str(item.id),
        "title": lambda _: "Default Title",
        "sku": Attribute("line.sku"),
        "product": lambda item: Item(item.line.product_id, item.line),
    },
    "ShippingLine": {
        "id": Gid("ShippingLine"),
        "code": lambda _: "Standard",
        "title": lambda _: "Standard",
        "source": lambda _: "shopify",
        "originalPriceSet": bag("shipping"),
        "discountedPriceSet": bag("shipping"),
        "currentDiscountedPriceSet": bag(
            lambda order: 0 if order.cancelled_at else order.shipping
        ),
    },
    "DiscountAllocation": {
        "allocatedAmountSet": of_order("minor"),
        "discountApplication": lambda s: CodeApplication(s.order),
    },
    "DiscountCodeApplication": {
        "allocationMethod": lambda _: "ACROSS",
        "code": Attribute("order.discount_code"),
        "index": lambda _: 0,
        "targetSelection": lambda _: "ALL",
        "targetType": lambda _: "LINE_ITEM",
        "value": _percentage,
    },
    "PricingPercentageValue": {"percentage": Attribute("percentage")},
}
