"""Buyers who behave exactly as BG/NBD and Gamma-Gamma say."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["BuyerParameters", "PurchaseDay", "simulate_purchase_days"]


@dataclass(frozen=True)
class BuyerParameters:
    """True parameters: r, alpha (days), a, b of buying; p, q, v (euros) of spending."""

    r: float
    alpha: float
    a: float
    b: float
    p: float
    q: float
    v: float


class PurchaseDay(NamedTuple):
    """A day on which a customer bought, counted from day 0, and what was spent."""

    customer: int
    day: int
    cents: int


def simulate_purchase_days(
    truth: BuyerParameters, customers: int, days: int, rng: np.random.Generator
) -> list[PurchaseDay]:
    """Draw everything each customer buys within `days` days, sorted.

    First purchases are spread evenly over the period. Purchases then follow the
    customer's rate; after each repeat purchase the customer may be gone for good.
    Purchases that fall on one day are one purchase day with one amount.
    """
    rate = rng.gamma(truth.r, 1 / truth.alpha, customers)
    dropout = rng.beta(truth.a, truth.b, customers)
    spend_rate = rng.gamma(truth.q, 1 / truth.v, customers)
    first = rng.uniform(0, days, customers)
    purchase_days = []
    for customer in range(customers):
        bought = _bought_on(
            first[customer], rate[customer], dropout[customer], days, rng
        )
        spent = rng.gamma(truth.p, 1 / spend_rate[customer], len(bought))
        purchase_days += [
            PurchaseDay(customer, day, cents)
            for day, cents in zip(bought, _cents(spent), strict=True)
        ]
    return sorted(purchase_days, key=lambda bought: (bought.day, bought.customer))


def _bought_on(
    first: float, rate: float, dropout: float, days: int, rng: np.random.Generator
) -> list[int]:
    moments = [first]
    while rate > 0:
        moment = moments[-1] + rng.exponential(1 / rate)
        if moment >= days:
            break
        moments.append(moment)
        if rng.random() < dropout:
            break
    return sorted({int(moment) for moment in moments})


def _cents(euros: npt.NDArray[np.float64]) -> list[int]:
    """Rounded; nobody buys for nothing."""
    rounded: list[int] = np.maximum(np.rint(euros * 100), 1).astype(int).tolist()
    return rounded
