"""The sales ledger of an order: its agreements and their sales.

Shopify writes an agreement whenever what was sold changes: the placement, a refund, an
edit. The sales of all agreements of an order add up to what the shop keeps: a refund
whose money never moved takes the goods back and gives the amount back in an adjustment,
and a cancellation takes back whatever refunds left.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from sandbox.shopify.facts import LineFacts, OrderFacts, RefundFacts

__all__ = [
    "Agreement",
    "Sale",
    "agreements",
    "current_quantity",
    "line_tax",
    "refund_subtotal",
]

LineType: TypeAlias = Literal["PRODUCT", "SHIPPING", "ADJUSTMENT"]


class Sale(NamedTuple):
    """One line of the ledger; amounts in minor units, negative when taken back.

    `total` is after discounts and contains the tax.
    """

    order: OrderFacts
    id: int
    typename: str
    line_type: LineType
    action: Literal["ORDER", "RETURN", "UPDATE"]
    quantity: int | None
    total: int
    discount: int
    tax: int
    line: LineFacts | None


class Agreement(NamedTuple):
    """What was agreed at one moment."""

    order: OrderFacts
    id: int
    typename: str
    reason: Literal["ORDER", "ORDER_EDIT", "REFUND"]
    at: str
    refund: RefundFacts | None
    sales: list[Sale]


def agreements(order: OrderFacts) -> list[Agreement]:
    """All agreements of the order, oldest first."""
    found = [
        Agreement(
            order,
            order.id * 10 + 1,
            "OrderAgreement",
            "ORDER",
            order.processed_at,
            None,
            list(_placement(order)),
        )
    ]
    for refund in order.refunds:
        found.append(
            Agreement(
                order,
                refund.id * 10 + 2,
                "RefundAgreement",
                "REFUND",
                refund.at,
                refund,
                list(_refund(order, refund)),
            )
        )
    if order.cancelled_at is not None and order.refunded < order.total:
        found.append(
            Agreement(
                order,
                order.id * 10 + 3,
                "OrderEditAgreement",
                "ORDER_EDIT",
                order.cancelled_at,
                None,
                [_cancellation(order)],
            )
        )
    return sorted(found, key=lambda agreement: agreement.at)


def line_tax(order: OrderFacts, total: int) -> int:
    """The part of an amount that is tax, at the order's own rate."""
    return order.tax * total // order.total if order.total else 0


def refund_subtotal(order: OrderFacts, refund: RefundFacts) -> int:
    """Price of the items that came back with a refund."""
    line = order.line(refund.line_id) if refund.line_id is not None else None
    if line is None or line.quantity == 0:
        return 0
    return line.total * refund.quantity // line.quantity


def current_quantity(order: OrderFacts, line: LineFacts) -> int:
    """Items of the line that were neither returned nor cancelled."""
    if order.cancelled_at is not None:
        return 0
    returned = sum(
        refund.quantity for refund in order.refunds if refund.line_id == line.id
    )
    return max(0, line.quantity - returned)


def _placement(order: OrderFacts) -> Iterator[Sale]:
    before = 0
    for line in order.lines:
        after = before + line.total
        tax = line_tax(order, after) - line_tax(order, before)
        before = after
        yield Sale(
            order,
            line.id * 10 + 1,
            "ProductSale",
            "PRODUCT",
            "ORDER",
            line.quantity,
            line.total,
            line.discount,
            tax,
            line,
        )
    if order.shipping:
        yield Sale(
            order,
            order.id * 10 + 2,
            "ShippingLineSale",
            "SHIPPING",
            "ORDER",
            None,
            order.shipping,
            0,
            order.tax - line_tax(order, before),
            None,
        )


def _refund(order: OrderFacts, refund: RefundFacts) -> Iterator[Sale]:
    subtotal = refund_subtotal(order, refund)
    given_back = refund.amount if refund.money_moved else 0
    line = order.line(refund.line_id) if refund.line_id is not None else None
    if line is not None:
        discount = line.discount * refund.quantity // line.quantity
        yield Sale(
            order,
            refund.id * 10 + 3,
            "ProductSale",
            "PRODUCT",
            "RETURN",
            -refund.quantity,
            -subtotal,
            -discount,
            -line_tax(order, subtotal),
            line,
        )
    if difference := subtotal - given_back:
        yield Sale(
            order,
            refund.id * 10 + 4,
            "AdjustmentSale",
            "ADJUSTMENT",
            "RETURN",
            None,
            difference,
            0,
            line_tax(order, difference),
            None,
        )


def _cancellation(order: OrderFacts) -> Sale:
    left = order.total - order.refunded
    return Sale(
        order,
        order.id * 10 + 5,
        "AdjustmentSale",
        "ADJUSTMENT",
        "UPDATE",
        None,
        -left,
        0,
        -line_tax(order, left),
        None,
    )
