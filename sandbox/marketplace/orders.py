"""What users do: visit, fill carts, order, pay, cancel and rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

import numpy as np

from sandbox.buyers import BuyerParameters, PurchaseDay
from sandbox.marketplace.people import User
from sandbox.marketplace.period import Period

__all__ = ["BUYING", "RATES", "Cart", "Kind", "Line", "Order", "draw_carts"]
__all__ += ["draw_orders"]

Rng = np.random.Generator
Kind = Literal["purchase", "cancelled", "pending", "test"]

#: Buying and spending; money in hundreds of pesos, so that cents of it are pesos.
BUYING: Final = BuyerParameters(r=0.9, alpha=70.0, a=0.7, b=3.0, p=5.0, q=4.0, v=300.0)
#: Shares of orders or carts, which hold exactly up to rounding.
RATES: Final = {
    "cancellation": 0.08,
    "cart_abandonment": 0.62,
    "pending": 0.01,
    "test": 0.003,
    "rating": 0.45,
    "partial_refund": 0.03,
}
_SERVICES: Final = {
    "limpieza": ("Limpieza del hogar", "Hogar"),
    "jardineria": ("Jardinería", "Hogar"),
    "gasfiteria": ("Gasfitería", "Reparaciones"),
    "electricidad": ("Electricidad", "Reparaciones"),
    "pintura": ("Pintura", "Reparaciones"),
    "mudanza": ("Mudanza", "Transporte"),
    "clases": ("Clases particulares", "Educación"),
    "peluqueria": ("Peluquería a domicilio", "Bienestar"),
}
_METHODS: Final = ("webpay", "transferencia", "mercado_pago", "efectivo")
_SCORES: Final = (0.03, 0.04, 0.1, 0.28, 0.55)
_UNTOUCHED_DAYS = 2
"""Carts of the last days all become orders: when they are left, they are idle."""


class _Draft(NamedTuple):
    """An order before its moment and its lines: the day, and what is left of it."""

    kind: Kind
    user: User
    day: int
    net: int


@dataclass(frozen=True)
class Line:
    """A service and its price in whole pesos."""

    service: str
    price: int

    @property
    def name(self) -> str:
        """What the marketplace calls it."""
        return _SERVICES[self.service][0]

    @property
    def category(self) -> str:
        """What kind of service it is."""
        return _SERVICES[self.service][1]


@dataclass(frozen=True)
class Order:
    """An order: what it cost, how far it came, and what was said of it."""

    order_id: str
    user: User
    kind: Kind
    lines: tuple[Line, ...]
    method: str
    created_at: datetime
    paid_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    refund: int
    score: int | None

    @property
    def total(self) -> int:
        """Charged, in pesos."""
        return sum(line.price for line in self.lines)

    @property
    def status(self) -> str:
        """The marketplace's word for how far it came."""
        if self.kind == "purchase":
            return "Completado" if self.completed_at else "Pagado"
        return {"cancelled": "Cancelado", "pending": "Pendiente", "test": "Prueba"}[
            self.kind
        ]


@dataclass(frozen=True)
class Cart:
    """A cart; `order` is None when it was left."""

    cart_id: str
    user: User | None
    lines: tuple[Line, ...]
    created_at: datetime
    updated_at: datetime
    order: Order | None


def draw_orders(
    purchases: list[PurchaseDay], users: list[User], period: Period, rng: Rng
) -> list[Order]:
    """One order per purchase day, and those that are no purchases, by time."""
    drafts = [_Draft("purchase", users[p.customer], p.day, p.cents) for p in purchases]
    shares: dict[Kind, float] = {
        "cancelled": RATES["cancellation"] / (1 - RATES["cancellation"]),
        "pending": RATES["pending"],
        "test": RATES["test"],
    }
    for kind, share in shares.items():
        like = rng.integers(len(purchases), size=round(share * len(purchases)))
        drafts += [drafts[index]._replace(kind=kind) for index in like]
    drafts.sort(key=lambda draft: draft.day)
    return [_order(n, draft, period, rng) for n, draft in enumerate(drafts, 1)]


def _order(number: int, draft: _Draft, period: Period, rng: Rng) -> Order:
    kind, user, day, net = draft
    created_at = max(
        period.moment(day, rng), period.later(user.registered_at, timedelta(minutes=5))
    )
    paid_at = period.later(created_at, timedelta(minutes=float(rng.exponential(8))))
    done_at = period.later(paid_at, timedelta(hours=float(rng.lognormal(3.6, 0.7))))
    is_done = kind == "purchase" and done_at < period.end
    is_refunded = is_done and rng.random() < RATES["partial_refund"]
    # The refund is on top: what is left is what was drawn.
    refund = max(1, round(net * 0.4)) if is_refunded else 0
    return Order(
        order_id=f"o{number}",
        user=user,
        kind=kind,
        lines=_lines(net + refund, rng),
        method=str(rng.choice(_METHODS, p=(0.55, 0.2, 0.15, 0.1))),
        created_at=created_at,
        paid_at=None if kind == "pending" else paid_at,
        completed_at=done_at if is_done else None,
        cancelled_at=done_at if kind == "cancelled" else None,
        refund=refund,
        score=_score(rng) if is_done and rng.random() < RATES["rating"] else None,
    )


def _lines(total: int, rng: Rng) -> tuple[Line, ...]:
    first, second = map(str, rng.choice(list(_SERVICES), 2, replace=False))
    share = int(total * rng.uniform(0.4, 0.8))
    if rng.random() < 0.75 or not 0 < share < total:
        return (Line(first, total),)
    return (Line(first, share), Line(second, total - share))


def _score(rng: Rng) -> int:
    return int(rng.choice(5, p=_SCORES)) + 1


def draw_carts(orders: list[Order], period: Period, rng: Rng) -> list[Cart]:
    """The cart behind every order, and those that were left."""
    bought = [
        Cart(
            cart_id=f"c{order.order_id[1:]}",
            user=order.user,
            lines=order.lines,
            created_at=max(
                period.midnight(0),
                period.later(order.created_at, timedelta(minutes=-4)),
            ),
            updated_at=order.created_at,
            order=order,
        )
        for order in orders
    ]
    odds = RATES["cart_abandonment"] / (1 - RATES["cart_abandonment"])
    left = []
    for number in range(round(odds * len(bought))):
        like = orders[int(rng.integers(len(orders)))]
        day = int(rng.integers(period.days - _UNTOUCHED_DAYS))
        at = period.moment(day, rng)
        known = [user for user in (like.user,) if user.registered_at < at]
        left.append(
            Cart(
                cart_id=f"x{number + 1}",
                user=known[0] if known else None,
                lines=like.lines,
                created_at=at,
                updated_at=period.later(at, timedelta(minutes=3)),
                order=None,
            )
        )
    return bought + left
