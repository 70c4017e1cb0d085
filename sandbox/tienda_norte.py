"""Tienda Norte: two years of a shop that follows the models it is judged by.

What counts as a purchase is drawn from known parameters. Around it lies what every
real export contains and no model should see: voided, pending, cancelled and fully
refunded orders, and guests.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from sandbox.buyers import BuyerParameters, PurchaseDay, simulate_purchase_days

__all__ = ["FIRST_DAY", "LAST_DAY", "TIME_ZONE", "Kind", "Order", "simulate_orders"]
__all__ += ["TRUE_PARAMETERS", "truth"]

FIRST_DAY: Final = date(2022, 7, 1)
LAST_DAY: Final = date(2024, 6, 30)
TIME_ZONE: Final = ZoneInfo("Europe/Madrid")
TRUE_PARAMETERS: Final = BuyerParameters(
    r=0.6, alpha=60.0, a=0.7, b=3.0, p=5.0, q=4.0, v=30.0
)

Kind: TypeAlias = Literal[
    "purchase", "guest", "refunded", "voided", "pending", "cancelled"
]
# Orders of each kind per 1,000 purchase days.
_NOISE: Final[tuple[tuple[Kind, int], ...]] = (
    ("guest", 40),
    ("refunded", 20),
    ("voided", 8),
    ("pending", 8),
    ("cancelled", 12),
)
_SPLIT_IN_TWO = 0.04
_PARTLY_REFUNDED = 0.05
_DISCOUNTED = 0.15
_UNFULFILLED_DAYS = 2
_SHIPPING_CENTS = 495
_FREE_SHIPPING_FROM_CENTS = 6_000
# Hours people order at: mostly evenings, some around midnight, where the day of an
# order in UTC is not its day in Madrid.
_HOURS = np.array(
    [3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 5, 5, 5, 6, 7, 8, 9, 9, 8, 6, 4]
)
# The hour that comes twice when summer time ends, once on each side of it.
_TWICE = datetime(2023, 10, 29, 2, 30, 15)


@dataclass(frozen=True)
class Order:
    """An order in cents: total = items - discount + shipping, net = total - refund.

    `customer` is None for a guest; `seed` draws what has no bearing on the money.
    """

    number: int
    kind: Kind
    customer: int | None
    created_at: datetime
    total: int
    shipping: int
    discount: int
    refund: int
    seed: int

    @property
    def net(self) -> int:
        """What the shop keeps, cents."""
        return self.total - self.refund

    @property
    def items(self) -> int:
        """Price of the items before the discount, cents."""
        return self.total - self.shipping + self.discount

    @property
    def is_fulfilled(self) -> bool:
        """Sent to the customer; the last two days' orders wait."""
        kept = self.kind in {"purchase", "guest", "refunded"}
        waiting = LAST_DAY - self.created_at.date() < timedelta(days=_UNFULFILLED_DAYS)
        return kept and not waiting


def simulate_orders(customers: int, rng: np.random.Generator) -> list[Order]:
    """All orders of the two years, oldest first, numbered from 1001."""
    days = (LAST_DAY - FIRST_DAY).days + 1
    bought = simulate_purchase_days(TRUE_PARAMETERS, customers, days, rng)
    orders = [order for day in bought for order in _purchases(day, rng)]
    for kind, per_thousand in _NOISE:
        count = max(1, round(len(bought) * per_thousand / 1_000))
        orders += [_noise(kind, bought, days, rng) for _ in range(count)]
    orders += [_at_the_clock_change(fold, rng) for fold in (0, 1)]
    orders.sort(key=lambda order: (order.created_at.timestamp(), order.seed))
    return [replace(order, number=n) for n, order in enumerate(orders, start=1001)]


def truth(orders: list[Order]) -> dict[str, Any]:
    """True parameters and what the export adds up to."""
    purchases = [order for order in orders if order.kind == "purchase"]
    days = Counter(
        customer
        for customer, _ in {(o.customer, o.created_at.date()) for o in purchases}
    )
    true = TRUE_PARAMETERS
    return {
        "source": "simulated by sandbox from these parameters",
        "is_published": False,
        "as_of_date": LAST_DAY.isoformat(),
        "currency_code": "EUR",
        "bg_nbd": {
            "time_unit": "days",
            "days_per_time_unit": 1,
            "parameters": {"r": true.r, "alpha": true.alpha, "a": true.a, "b": true.b},
        },
        "gamma_gamma": {"parameters": {"p": true.p, "q": true.q, "v": true.v}},
        "totals": {
            "order_count": len(orders),
            "amount": _euros(sum(order.total for order in orders)),
            "order_count_by_kind": dict(
                sorted(Counter(order.kind for order in orders).items())
            ),
            "as_of": {
                "order_count": len(purchases),
                "net_revenue": _euros(sum(order.net for order in purchases)),
                "customer_count": len(days),
                "repeat_customer_count": sum(n > 1 for n in days.values()),
                "repeat_purchase_day_count": sum(n - 1 for n in days.values()),
            },
        },
    }


def _purchases(bought: PurchaseDay, rng: np.random.Generator) -> list[Order]:
    """One order, sometimes two, that net to what was drawn for the day."""
    parts = [bought.cents]
    if bought.cents > 1 and rng.random() < _SPLIT_IN_TWO:
        first = int(rng.integers(1, bought.cents))
        parts = [first, bought.cents - first]
    day = FIRST_DAY + timedelta(days=bought.day)
    return [_kept("purchase", bought.customer, day, cents, rng) for cents in parts]


def _kept(
    kind: Kind, customer: int | None, day: date, net: int, rng: np.random.Generator
) -> Order:
    """An order that leaves exactly `net` after shipping, discount and refund."""
    refund = 0
    if rng.random() < _PARTLY_REFUNDED:
        refund = max(1, round(net * rng.uniform(0.1, 0.8)))
    total = net + refund
    pays_shipping = 2 * _SHIPPING_CENTS < total < _FREE_SHIPPING_FROM_CENTS
    shipping = _SHIPPING_CENTS if pays_shipping else 0
    # Ten percent off the items, as the codes say.
    discount = round((total - shipping) / 9) if rng.random() < _DISCOUNTED else 0
    return Order(
        number=0,
        kind=kind,
        customer=customer,
        created_at=_moment(day, rng),
        total=total,
        shipping=shipping,
        discount=discount,
        refund=refund,
        seed=int(rng.integers(2**31)),
    )


def _noise(
    kind: Kind, bought: list[PurchaseDay], days: int, rng: np.random.Generator
) -> Order:
    """An order no model should count, by a guest or by somebody who also buys."""
    like = bought[int(rng.integers(len(bought)))]
    day = FIRST_DAY + timedelta(days=int(rng.integers(days)))
    customer = None if kind == "guest" else like.customer
    order = _kept(kind, customer, day, like.cents, rng)
    if kind == "guest":
        return order
    returned = kind == "refunded" or (kind == "cancelled" and order.seed % 2 == 0)
    return replace(order, refund=order.total if returned else 0)


def _at_the_clock_change(fold: int, rng: np.random.Generator) -> Order:
    order = _kept("guest", None, _TWICE.date(), 2_500, rng)
    return replace(order, created_at=_TWICE.replace(tzinfo=TIME_ZONE, fold=fold))


def _moment(day: date, rng: np.random.Generator) -> datetime:
    """A local time on `day` that exists: the hour skipped in spring is avoided."""
    hour = int(rng.choice(24, p=_HOURS / _HOURS.sum()))
    minute, second = (int(n) for n in rng.integers(60, size=2))
    local = datetime(day.year, day.month, day.day, hour, minute, second, 0, TIME_ZONE)
    return datetime.fromtimestamp(local.timestamp(), TIME_ZONE)


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f}"
