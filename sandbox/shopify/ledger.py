"""The sales ledger of an order: its agreements and their sales.

Shopify writes an agreement whenever what was sold changes: the placement, a refund, an
edit. The sales of all agreements of an order add up to what the shop keeps: a refund
whose money never moved takes the goods back and gives the amount back in an adjustment,
and a cancellation takes back whatever refunds left.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from sandbox.shopify.facts import ChangeFacts, LineFacts, OrderFacts, RefundFacts

__all__ = [
    "Agreement",
    "Sale",
    "agreements",
    "current_quantity",
    "line_tax",
    "refund_subtotal",
    "returned",
    "worth",
]

_TYPE_OF: Final = {"ORDER_EDIT": "OrderEditAgreement", "RETURN": "ReturnAgreement"}

LineType: TypeAlias = Literal["PRODUCT", "GIFT_CARD", "SHIPPING", "TIP", "ADJUSTMENT"]


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
    reason: Literal["ORDER", "ORDER_EDIT", "REFUND", "RETURN"]
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
    found += [
        Agreement(
            order,
            change.id * 10 + 6,
            _TYPE_OF[change.reason],
            change.reason,
            change.at,
            None,
            list(_change(order, change)),
        )
        for change in order.changes
    ]
    if order.cancelled_at is not None and _left(order):
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
    """The part of an amount that is tax, at the order's own rate; tips have none."""
    taxed = order.total - order.tip
    return order.tax * total // taxed if taxed else 0


def refund_subtotal(order: OrderFacts, refund: RefundFacts) -> int:
    """Price of the items that came back with a refund."""
    return sum(worth(line, quantity) for line, quantity in returned(order, refund))


def returned(order: OrderFacts, refund: RefundFacts) -> list[tuple[LineFacts, int]]:
    """The lines that came back with a refund, and how many items of each."""
    first = () if refund.line_id is None else ((refund.line_id, refund.quantity),)
    found = (
        (order.line(each), quantity) for each, quantity in (*first, *refund.others)
    )
    return [(line, quantity) for line, quantity in found if line and line.quantity]


def worth(line: LineFacts, quantity: int) -> int:
    """Price of some items of a line, after discounts."""
    return line.total * quantity // line.quantity


def current_quantity(order: OrderFacts, line: LineFacts) -> int:
    """Items of the line that were neither returned nor cancelled."""
    if order.cancelled_at is not None:
        return 0
    gone = sum(
        quantity
        for refund in order.refunds
        for each, quantity in returned(order, refund)
        if each.id == line.id
    )
    sold = sum(
        sale.quantity
        for change in order.changes
        for sale in change.sales
        if sale.line_id == line.id
    )
    placed = 0 if line.id in _added(order) else line.quantity
    return max(0, placed + sold - gone)


def _placement(order: OrderFacts) -> Iterator[Sale]:
    before = 0
    added = _added(order)
    for line in order.lines:
        if line.id in added:
            continue
        is_card = line.id in order.gift_card_lines
        after = before + line.total
        tax = line_tax(order, after) - line_tax(order, before)
        before = after
        yield Sale(
            order,
            line.id * 10 + 1,
            "GiftCardSale" if is_card else "ProductSale",
            "GIFT_CARD" if is_card else "PRODUCT",
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
    if order.tip:
        yield Sale(
            order,
            order.id * 10 + 7,
            "TipSale",
            "TIP",
            "ORDER",
            None,
            order.tip,
            0,
            0,
            None,
        )


def _added(order: OrderFacts) -> set[int]:
    """Lines that an edit or an exchange added."""
    return {
        sale.line_id
        for change in order.changes
        for sale in change.sales
        if sale.action == "ORDER"
    }


def _change(order: OrderFacts, change: ChangeFacts) -> Iterator[Sale]:
    for number, sold in enumerate(change.sales):
        yield Sale(
            order,
            change.id * 100 + 50 + number,
            "ProductSale",
            "PRODUCT",
            sold.action,
            sold.quantity,
            sold.total,
            sold.discount,
            sold.tax,
            order.line(sold.line_id),
        )


def _refund(order: OrderFacts, refund: RefundFacts) -> Iterator[Sale]:
    subtotal = refund_subtotal(order, refund)
    given_back = refund.amount if refund.money_moved else 0
    for number, (line, quantity) in enumerate(returned(order, refund)):
        amount = worth(line, quantity)
        yield Sale(
            order,
            refund.id * 10 + 3 if not number else refund.id * 1_000 + 900 + number,
            "ProductSale",
            "PRODUCT",
            "RETURN",
            -quantity,
            -amount,
            -(line.discount * quantity // line.quantity),
            -line_tax(order, amount),
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


def _left(order: OrderFacts) -> int:
    return order.total + order.changed - order.refunded


def _cancellation(order: OrderFacts) -> Sale:
    left = _left(order)
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
