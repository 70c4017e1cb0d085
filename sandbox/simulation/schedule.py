"""Which orders there are: purchases, and all that no model should count, by time."""

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
import numpy.typing as npt

from sandbox.simulation.buying import Purchases
from sandbox.simulation.records import OrderKind
from sandbox.simulation.timeline import Timeline

__all__ = ["KINDS", "PROCESSED_SECONDS_BEFORE", "Schedule", "draw_schedule"]

Ints = npt.NDArray[np.int64]

KINDS: Final[tuple[OrderKind, ...]] = get_args(OrderKind)
_NOISE: Final[dict[OrderKind, int]] = {
    "guest": 40,
    "refunded": 20,
    "voided": 8,
    "pending": 8,
    "cancelled": 12,
    "test": 4,
    "deleted": 12,
}
"""Orders of each kind per 1,000 purchases."""
PROCESSED_SECONDS_BEFORE: Final = 2
_SPLIT_IN_TWO: Final = 0.04
_LATER_DAYS: Final = 30
# How many people order at each hour: mostly evenings, some around midnight, where the
# day of an order in UTC is not its day at the company.
_HOURS: Final = np.array(
    [3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 5, 5, 5, 6, 7, 8, 9, 9, 8, 6, 4]
)
_HOUR: Final = 3_600
# Enough of the day is left for a noise order to be undone before midnight.
_LAST_NOISE_SECOND: Final = 21 * _HOUR


@dataclass(frozen=True, eq=False)
class Schedule:
    """Orders by time of creation; arrays of shape (orders,).

    `customer` is -1 for guests; `kind` an index into KINDS; `net_minor` what the shop
    means to keep; `created` Unix seconds; `ordinal` which order of its customer it is,
    from 1 (0 for guests, tests and what gets deleted). `channel`, shape (customers,).
    """

    customer: Ints
    kind: Ints
    day: Ints
    created: Ints
    net_minor: Ints
    ordinal: Ints
    channel: Ints

    @property
    def size(self) -> int:
        """How many orders there are."""
        return int(self.created.size)


def draw_schedule(
    purchases: Purchases, timeline: Timeline, rng: np.random.Generator
) -> Schedule:
    """Put purchases on the clock and the noise around them."""
    customer, day, net = _split(purchases, rng)
    kind = np.zeros(customer.size, np.int64)
    for name, per_thousand in _NOISE.items():
        like, days = _noise(name, per_thousand, purchases, timeline, rng)
        who = purchases.customer[like]
        customer = np.append(
            customer, np.full_like(who, -1) if name == "guest" else who
        )
        day = np.append(day, days)
        net = np.append(net, purchases.net_minor[like])
        kind = np.append(kind, np.full(like.size, KINDS.index(name)))
    seconds = rng.choice(24, day.size, p=_HOURS / _HOURS.sum()) * _HOUR
    seconds += rng.integers(_HOUR, size=day.size)
    is_noise = kind > KINDS.index("guest")
    seconds = np.where(is_noise, seconds % _LAST_NOISE_SECOND, seconds)
    # An order is processed a moment before it is created, and on the same day.
    seconds = np.maximum(seconds, PROCESSED_SECONDS_BEFORE)
    created = timeline.moments(day, seconds)
    order = np.argsort(created, kind="stable")
    customer, kind, created = customer[order], kind[order], created[order]
    ordinal = _ordinals(customer, kind)
    return Schedule(
        customer, kind, day[order], created, net[order], ordinal, purchases.channel
    )


def _split(purchases: Purchases, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Some purchase days are two orders, which net to what was drawn for the day."""
    net = purchases.net_minor
    is_split = (rng.random(net.size) < _SPLIT_IN_TWO) & (net > 1)
    second = np.zeros_like(net)
    second[is_split] = rng.integers(1, net[is_split])
    return (
        np.append(purchases.customer, purchases.customer[is_split]),
        np.append(purchases.day, purchases.day[is_split]),
        np.append(net - second, second[is_split]),
    )


def _noise(
    kind: OrderKind,
    per_thousand: int,
    purchases: Purchases,
    timeline: Timeline,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Purchases to be like, and days: on theirs, or later for customers' own noise."""
    size = purchases.day.size
    like = rng.integers(size, size=max(1, size * per_thousand // 1_000))
    later = 0 if kind == "guest" else rng.integers(_LATER_DAYS, size=like.size)
    return like, np.minimum(purchases.day[like] + later, timeline.days - 1)


def _ordinals(customer: Ints, kind: Ints) -> Ints:
    """Of each order among its customer's own, from 1; 0 where it does not count."""
    uncounted = [KINDS.index("test"), KINDS.index("deleted")]
    counts = (customer >= 0) & ~np.isin(kind, uncounted)
    ordinal = np.zeros(customer.size, np.int64)
    rows = np.flatnonzero(counts)
    rows = rows[np.argsort(customer[rows], kind="stable")]
    owner = customer[rows]
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    lengths = np.diff(np.append(starts, owner.size))
    ordinal[rows] = np.arange(owner.size) - np.repeat(starts, lengths) + 1
    return ordinal
