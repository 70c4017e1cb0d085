"""Fields of orders and of the journey that led to them."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.shopify.facts import OrderFacts, VisitFacts
from sandbox.shopify.fields.customers import Address
from sandbox.shopify.fields.lines import (
    code_applications,
    line_items,
    shipping_lines,
)
from sandbox.shopify.fields.money import Counted, tax_lines
from sandbox.shopify.fields.payments import refunds, transactions
from sandbox.shopify.fields.plain import Attribute, Gid, bag
from sandbox.shopify.ledger import (
    agreements,
    current_quantity,
    line_tax,
    refund_subtotal,
)

__all__ = ["FIELDS", "financial_status"]


def financial_status(order: OrderFacts) -> str:
    """`displayFinancialStatus`: what was paid, less what went back.

    A cancelled order keeps the status of its money.
    """
    if order.financial_status != "PAID" or not order.refunded:
        return order.financial_status
    return "REFUNDED" if order.refunded >= order.total else "PARTIALLY_REFUNDED"


def _received(order: OrderFacts) -> int:
    return order.total if order.financial_status == "PAID" else 0


def _outstanding(order: OrderFacts) -> int:
    is_open = order.financial_status in {"PENDING", "AUTHORIZED"}
    return order.total if is_open and order.cancelled_at is None else 0


def _current_total(order: OrderFacts) -> int:
    return 0 if order.cancelled_at else order.total + order.changed - order.refunded


def _current_subtotal(order: OrderFacts) -> int:
    if order.cancelled_at:
        return 0
    returned = sum(refund_subtotal(order, refund) for refund in order.refunds)
    return order.subtotal + order.changed - returned


def _current_tax(order: OrderFacts) -> int:
    return line_tax(order, _current_total(order))


def _current_items(order: OrderFacts) -> int:
    return sum(current_quantity(order, line) for line in order.lines)


def _items(order: OrderFacts) -> int:
    return sum(line.quantity for line in order.lines)


def _address(order: OrderFacts) -> Address | None:
    if not order.country_code:
        return None
    return Address(order.id, order.country_code, order.province_code)


def _journey(order: OrderFacts) -> OrderFacts | None:
    return None if order.is_journey_ready is None else order


def _nothing(_: OrderFacts) -> int:
    return 0


def _itself(order: Any) -> Any:
    return order


def _moments(order: OrderFacts) -> Counted | None:
    return Counted(order.moments_count) if order.is_journey_ready else None


def _utm(name: str) -> Callable[[dict[str, str]], str | None]:
    return lambda parameters: parameters.get(name)


def _has_open_items(order: OrderFacts) -> bool:
    return order.fulfillment_status == "UNFULFILLED" and not order.cancelled_at


def _is_paid(order: OrderFacts) -> bool:
    return order.financial_status == "PAID"


_VISIT: Final[dict[str, Callable[[VisitFacts], Any]]] = {
    "id": Gid("CustomerVisit"),
    "occurredAt": Attribute("at"),
    "source": Attribute("source"),
    "sourceType": Attribute("source_type"),
    "landingPage": Attribute("landing_page"),
    "landingPageHtml": Attribute("landing_page"),
    "referrerUrl": Attribute("referrer"),
    "referralInfoHtml": Attribute("source"),
    "utmParameters": Attribute("utm"),
}

FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "Order": {
        "id": Gid("Order"),
        "legacyResourceId": lambda order: str(order.id),
        "name": lambda order: f"#{order.number}",
        "number": Attribute("number"),
        "createdAt": Attribute("created_at"),
        "processedAt": Attribute("processed_at"),
        "updatedAt": Attribute("updated_at"),
        "cancelledAt": Attribute("cancelled_at"),
        "cancelReason": Attribute("cancel_reason"),
        "closed": lambda order: order.fulfillment_status == "FULFILLED",
        "test": Attribute("is_test"),
        "confirmed": lambda _: True,
        "email": Attribute("email"),
        "tags": Attribute("tags"),
        "sourceName": Attribute("source_name"),
        "statusPageUrl": lambda o: f"https://shop.example/orders/{o.id:x}",
        "displayFinancialStatus": financial_status,
        "displayFulfillmentStatus": Attribute("fulfillment_status"),
        "returnStatus": lambda o: "RETURNED" if o.refunds else "NO_RETURN",
        "fulfillable": _has_open_items,
        "fullyPaid": _is_paid,
        "unpaid": lambda order: not _is_paid(order),
        "refundable": lambda o: _is_paid(o) and o.refunded < o.total,
        "requiresShipping": lambda _: True,
        "taxesIncluded": lambda _: True,
        "currencyCode": Attribute("exchange.currency"),
        "presentmentCurrencyCode": Attribute("exchange.presentment_currency"),
        "paymentGatewayNames": lambda o: ["bogus" if o.is_test else "shopify_payments"],
        "discountCode": Attribute("discount_code"),
        "discountCodes": lambda o: [o.discount_code] if o.discount_code else [],
        "subtotalLineItemsQuantity": _items,
        "currentSubtotalLineItemsQuantity": _current_items,
        "subtotalPriceSet": bag("subtotal"),
        "totalPriceSet": bag("total"),
        "originalTotalPriceSet": bag("total"),
        "totalDiscountsSet": bag("discounts"),
        "cartDiscountAmountSet": bag("discounts"),
        "totalShippingPriceSet": bag("shipping"),
        "totalTaxSet": bag("tax"),
        "totalRefundedSet": bag("refunded"),
        "totalReceivedSet": bag(_received),
        "netPaymentSet": bag(lambda order: _received(order) - order.refunded),
        "totalOutstandingSet": bag(_outstanding),
        "totalCapturableSet": bag(
            lambda o: _outstanding(o) if o.financial_status == "AUTHORIZED" else 0
        ),
        "currentTotalPriceSet": bag(_current_total),
        "currentSubtotalPriceSet": bag(_current_subtotal),
        "currentTotalTaxSet": bag(_current_tax),
        "currentTotalDiscountsSet": bag(
            lambda order: 0 if order.cancelled_at else order.discounts
        ),
        "currentCartDiscountAmountSet": bag(
            lambda order: 0 if order.cancelled_at else order.discounts
        ),
        "currentShippingPriceSet": bag(
            lambda order: 0 if order.cancelled_at else order.shipping
        ),
        "refundDiscrepancySet": bag(_nothing),
        "totalRefundedShippingSet": bag(_nothing),
        "totalTipReceivedSet": bag("tip"),
        "totalCashRoundingAdjustment": _itself,
        "taxLines": lambda o: tax_lines(o.tax, o.total, o.money),
        "billingAddress": _address,
        "shippingAddress": _address,
        "displayAddress": _address,
        "billingAddressMatchesShippingAddress": lambda _: True,
        "customerJourneySummary": _journey,
        "lineItems": line_items,
        "shippingLine": lambda order: order if order.shipping else None,
        "shippingLines": shipping_lines,
        "discountApplications": code_applications,
        "refunds": refunds,
        "transactions": transactions,
        "transactionsCount": lambda order: Counted(len(transactions(order))),
        "fulfillmentsCount": lambda _: Counted(0),
        "agreements": agreements,
        "merchantBusinessEntity": _itself,
    },
    "CashRoundingAdjustment": {"paymentSet": bag(_nothing), "refundSet": bag(_nothing)},
    "BusinessEntity": {
        "id": lambda _: "gid://shopify/BusinessEntity/1",
        "displayName": lambda _: "Main",
        "primary": lambda _: True,
        "address": _itself,
    },
    "BusinessEntityAddress": {"countryCode": lambda order: order.country_code or "ZZ"},
    "CustomerJourneySummary": {
        "ready": Attribute("is_journey_ready"),
        "customerOrderIndex": Attribute("customer_order_index"),
        "daysToConversion": Attribute("days_to_conversion"),
        "momentsCount": _moments,
        "firstVisit": Attribute("first_visit"),
        "lastVisit": Attribute("last_visit"),
    },
    "CustomerVisit": _VISIT,
    "UTMParameters": {
        name: _utm(name) for name in ("source", "medium", "campaign", "content", "term")
    },
}
