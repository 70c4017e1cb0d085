"""Fields of transactions and refunds."""

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from sandbox.shopify.facts import OrderFacts, RefundFacts
from sandbox.shopify.fields.lines import OrderLine
from sandbox.shopify.fields.money import shop_money
from sandbox.shopify.fields.plain import Attribute, Gid, of_order
from sandbox.shopify.ledger import line_tax, refund_subtotal, returned, worth
from sandbox.shopify.money import Bag

__all__ = ["FIELDS", "OrderRefund", "Transaction", "refunds", "transactions"]

_GATEWAY: Final = "shopify_payments"


class Transaction(NamedTuple):
    """A movement of money, or an attempt at one."""

    order: OrderFacts
    id: int
    parent: "Transaction | None"
    kind: Literal["SALE", "AUTHORIZATION", "VOID", "REFUND"]
    status: Literal["SUCCESS", "PENDING", "FAILURE"]
    at: str
    minor: int
    gateway: str = _GATEWAY


class OrderRefund(NamedTuple):
    """A refund of an order."""

    order: OrderFacts
    refund: RefundFacts

    @property
    def typename(self) -> str:
        """Its type, where a union or an interface is asked for."""
        return "Refund"


class ReturnedLine(NamedTuple):
    """The items that came back with a refund."""

    order: OrderFacts
    refund: RefundFacts
    line: OrderLine
    quantity: int
    number: int


class Adjustment(NamedTuple):
    """What a refund gave back beyond (or short of) the price of its items."""

    order: OrderFacts
    refund: RefundFacts
    minor: int


def refunds(order: OrderFacts) -> list[OrderRefund]:
    """The list `Order.refunds`, oldest first."""
    return [OrderRefund(order, refund) for refund in order.refunds]


def transactions(order: OrderFacts) -> list[Transaction]:
    """The list `Order.transactions`: the payment, then one per refund.

    A refund whose money did not move has a transaction too: one that failed.
    """
    payment = _payment(order)
    if payment is None:
        return []
    found = [payment]
    if order.gift_card_paid:
        card = payment._replace(
            id=order.id * 10 + 4, minor=order.gift_card_paid, gateway="gift_card"
        )
        rest = order.total - order.gift_card_paid
        found = [card, *([payment._replace(minor=rest)] if rest else ())]
    if order.financial_status == "VOIDED":
        found.append(
            payment._replace(id=order.id * 10 + 2, parent=payment, kind="VOID")
        )
    return found + [_refund_transaction(order, refund) for refund in order.refunds]


def _payment(order: OrderFacts) -> Transaction | None:
    if not order.total:
        return None
    is_held = order.financial_status in {"AUTHORIZED", "VOIDED"}
    return Transaction(
        order,
        order.id * 10 + 1,
        None,
        "AUTHORIZATION" if is_held else "SALE",
        "PENDING" if order.financial_status == "PENDING" else "SUCCESS",
        order.processed_at,
        order.total,
    )


def _refund_transaction(order: OrderFacts, refund: RefundFacts) -> Transaction:
    status: Literal["SUCCESS", "FAILURE"] = (
        "SUCCESS" if refund.money_moved else "FAILURE"
    )
    return Transaction(
        order,
        refund.id * 10 + 3,
        _payment(order),
        "REFUND",
        status,
        refund.at,
        refund.amount,
    )


def _returned_lines(source: OrderRefund) -> list[ReturnedLine]:
    order, refund = source
    return [
        ReturnedLine(order, refund, OrderLine(order, line), quantity, number)
        for number, (line, quantity) in enumerate(returned(order, refund), start=1)
    ]


def _adjustments(source: OrderRefund) -> list[Adjustment]:
    difference = refund_subtotal(source.order, source.refund) - source.refund.amount
    return [Adjustment(source.order, source.refund, difference)] if difference else []


def _returned_subtotal(source: ReturnedLine) -> int:
    return worth(source.line.line, source.quantity)


def _returned_tax(source: ReturnedLine) -> int:
    return line_tax(source.order, _returned_subtotal(source))


def _unit_price(source: ReturnedLine) -> int:
    return source.line.line.unit


FIELDS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "OrderTransaction": {
        "id": Gid("OrderTransaction"),
        "amountSet": of_order("minor"),
        "createdAt": Attribute("at"),
        "processedAt": Attribute("at"),
        "formattedGateway": lambda _: "Shopify Payments",
        "gateway": lambda t: "bogus" if t.order.is_test else t.gateway,
        "kind": Attribute("kind"),
        "status": Attribute("status"),
        "test": Attribute("order.is_test"),
        "order": Attribute("order"),
        "parentTransaction": Attribute("parent"),
        "paymentId": lambda t: f"r{t.id}.1",
        "errorCode": lambda t: "GENERIC_ERROR" if t.status == "FAILURE" else None,
        "maximumRefundableV2": lambda t: (
            shop_money(Bag(t.minor - t.order.refunded, t.order.money))
            if t.kind == "SALE"
            else None
        ),
        "totalUnsettledSet": of_order(lambda _: 0),
    },
    "Refund": {
        "id": Gid("Refund", "refund.id"),
        "legacyResourceId": lambda s: str(s.refund.id),
        "createdAt": Attribute("refund.at"),
        "processedAt": Attribute("refund.at"),
        "updatedAt": Attribute("refund.at"),
        "order": Attribute("order"),
        "totalRefundedSet": of_order("refund.amount"),
        "transactions": lambda s: [_refund_transaction(s.order, s.refund)],
        "refundLineItems": _returned_lines,
        "orderAdjustments": _adjustments,
    },
    "RefundLineItem": {
        "id": lambda s: f"gid://shopify/RefundLineItem/{s.refund.id * 10 + s.number}",
        "lineItem": Attribute("line"),
        "quantity": Attribute("quantity"),
        "priceSet": of_order(_unit_price),
        "subtotalSet": of_order(_returned_subtotal),
        "totalTaxSet": of_order(_returned_tax),
        "restockType": lambda s: "CANCEL" if s.order.cancelled_at else "RETURN",
        "restocked": lambda _: True,
    },
    "OrderAdjustment": {
        "id": lambda s: f"gid://shopify/OrderAdjustment/{s.refund.id * 10 + 2}",
        "amountSet": of_order("minor"),
        "taxAmountSet": of_order(lambda _: 0),
        "reason": lambda _: "REFUND_DISCREPANCY",
    },
}
