"""Orders that are rare in the world and common in shops: made of ordinary ones.

Edits and exchanges, returns, refunds of several lines, tips, and gift cards sold and
spent. Whatever is done to it, an order's ledger adds up to its current total.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from sandbox.shopify.facts import (
    ChangeFacts,
    LineFacts,
    OrderFacts,
    RefundFacts,
    SoldFacts,
)
from sandbox.shopify.ledger import line_tax, worth

__all__ = ["KINDS"]

_ADDED: Final = 50
_DEARER: Final = 100
_TIP: Final = 200


def _taken_back(order: OrderFacts, line: LineFacts, quantity: int) -> SoldFacts:
    amount = worth(line, quantity)
    discount = line.discount * quantity // line.quantity
    tax = line_tax(order, amount)
    return SoldFacts(line.id, "RETURN", -quantity, -amount, -discount, -tax)


def _edited(order: OrderFacts, at: str) -> None:
    """An edit removes the last line."""
    line = order.lines[-1]
    sales = [_taken_back(order, line, line.quantity)]
    order.changes = [ChangeFacts(order.id, at, "ORDER_EDIT", sales)]


def _returned(order: OrderFacts, at: str) -> None:
    """One item comes back; the money does not go back yet."""
    sales = [_taken_back(order, order.lines[0], 1)]
    order.changes = [ChangeFacts(order.id, at, "RETURN", sales)]


def _exchanged(order: OrderFacts, at: str) -> None:
    """One item is exchanged for a dearer one."""
    old = order.lines[0]
    new = replace(
        old, id=old.id + _ADDED, quantity=1, unit=old.unit + _DEARER, discount=0
    )
    tax = line_tax(order, new.total)
    sales = [
        _taken_back(order, old, 1),
        SoldFacts(new.id, "ORDER", 1, new.total, 0, tax),
    ]
    order.lines = [*order.lines, new]
    order.changes = [ChangeFacts(order.id, at, "RETURN", sales)]


def _refunded(order: OrderFacts, at: str) -> None:
    """Every line comes back in one refund; the shipping is kept."""
    first, *others = order.lines
    amount = sum(line.total for line in order.lines)
    rest = [(line.id, line.quantity) for line in others]
    refund = RefundFacts(order.id, at, amount, first.id, first.quantity, True, rest)
    order.refunds = [refund]


def _tipped(order: OrderFacts, at: str) -> None:  # noqa: ARG001
    order.tip = _TIP


def _gift_card_sold(order: OrderFacts, at: str) -> None:  # noqa: ARG001
    order.gift_card_lines = [order.lines[0].id]


def _gift_card_spent(order: OrderFacts, at: str) -> None:  # noqa: ARG001
    order.gift_card_paid = order.total // 2


#: By name, what is done to an order at a moment.
KINDS: Final[Mapping[str, Callable[[OrderFacts, str], None]]] = {
    "edit": _edited,
    "exchange": _exchanged,
    "gift_card_sold": _gift_card_sold,
    "gift_card_spent": _gift_card_spent,
    "refund_of_lines": _refunded,
    "return": _returned,
    "tip": _tipped,
}
