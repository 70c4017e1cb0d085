"""Purchases as BG/NBD and Gamma-Gamma say, drawn for all customers at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sandbox.simulation.channels import CHANNELS, ORGANIC
from sandbox.simulation.demand import Demand

__all__ = ["BUYING", "SPENDING", "Buying", "Purchases", "Spending", "draw_purchases"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_VALUES: Final = {channel.slug: channel.value for channel in CHANNELS} | {
    ORGANIC.slug: ORGANIC.value
}


@dataclass(frozen=True)
class Buying:
    """BG/NBD, the same for all channels: r, alpha (days), a, b."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class Spending:
    """Gamma-Gamma of a customer's purchase day; v in currency units."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """Expected value of a purchase day, over all customers."""
        return self.p * self.v / (self.q - 1)

    def of_channel(self, slug: str, euro_rate: float) -> "Spending":
        """The same shape, with v of a channel's customers in another currency."""
        v = float(f"{self.v * _VALUES[slug] * euro_rate:.10g}")
        return Spending(self.p, self.q, v)


BUYING: Final = Buying(r=0.6, alpha=60.0, a=0.7, b=3.0)
SPENDING: Final = Spending(p=5.0, q=4.0, v=30.0)


@dataclass(frozen=True, eq=False)
class Purchases:
    """Purchase days, oldest first; arrays of shape (purchase days,).

    `channel` has shape (customers,): the index of who brought the customer. Customers
    are numbered in the order of their first purchase.
    """

    customer: Ints
    day: Ints
    net_minor: Ints
    channel: Ints


def draw_purchases(
    demand: Demand,
    days: int,
    exponent: int,
    euro_rate: float,
    rng: np.random.Generator,
) -> Purchases:
    """Draw what each new customer buys, and for how much, until the last day.

    Nobody buys twice on a day.
    """
    first, channel = _arrivals(demand, rng)
    count = first.size
    rate = rng.gamma(BUYING.r, 1 / BUYING.alpha, count)
    dropout = rng.beta(BUYING.a, BUYING.b, count)
    bought = np.sort(_purchase_days(first, rate, dropout, days, rng))
    day, customer = np.divmod(bought, count)
    spending = [SPENDING.of_channel(slug, euro_rate) for slug in demand.channels]
    v = np.array([parameters.v for parameters in spending])[channel]
    spend_rate = rng.gamma(SPENDING.q, 1.0, count) / v
    amount = rng.gamma(SPENDING.p, 1.0, day.size) / spend_rate[customer]
    minor = np.maximum(np.rint(amount * 10**exponent), 1).astype(np.int64)
    return Purchases(customer, day, minor, channel)


def _arrivals(demand: Demand, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """First purchases in days from day 0, ascending, and the channels they came by."""
    drawn = np.stack([demand.drawn[slug] for slug in demand.channels], axis=1)
    channels = np.tile(np.arange(drawn.shape[1]), drawn.shape[0])
    day = np.repeat(np.arange(drawn.shape[0]), drawn.sum(axis=1))
    channel = np.repeat(channels, drawn.ravel())
    first = day + rng.random(day.size)
    order = np.argsort(first, kind="stable")
    return first[order], channel[order]


def _purchase_days(
    first: Floats, rate: Floats, dropout: Floats, days: int, rng: np.random.Generator
) -> Ints:
    """Every purchase as day * customers + customer, in no order.

    One turn of the loop draws the next purchase of all customers who still have one.
    A second purchase within a day waits for midnight: merged into one, it would be
    missing from the counts that the parameters are found by.
    """
    count = first.size
    buying = np.arange(count)
    moment = first
    found = [moment.astype(np.int64) * count + buying]
    while buying.size:
        with np.errstate(divide="ignore", over="ignore"):
            bought = moment + rng.exponential(size=buying.size) / rate[buying]
        moment = np.maximum(bought, np.floor(moment) + 1)
        is_within = moment < days
        buying, moment = buying[is_within], moment[is_within]
        found.append(moment.astype(np.int64) * count + buying)
        stays = rng.random(buying.size) >= dropout[buying]
        buying, moment = buying[stays], moment[stays]
    return np.concatenate(found)
