"""Simulated shops that are not what the value models suppose; what is known of them.

A shop's orders are thinned by a rate that moves (ln of it by day), or made anew by laws
of another family. Seeds of a kind say nothing of those of another.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml_assets.clv.histories import Floats
from tests.ml_assets.clv.shops import AS_OF, shop

__all__ = ["coming_back", "growing", "jumping", "late", "linear", "unlike", "walking"]

_DAYS = 1_000
_MONTH = 30.4
_EVERY_DAY = np.arange(_DAYS + 100)


def walking(seed: int, step: float) -> pd.DataFrame:
    """Each month's rate is that of the one before times exp(step z)."""
    walk = np.cumsum(np.random.default_rng([23, seed]).normal(0, step, 40))
    return _thinned(seed, np.interp(_EVERY_DAY, _MONTH * np.arange(40), walk))


def jumping(seed: int) -> pd.DataFrame:
    """Every eight months or so the rate is another, by exp(.35 z)."""
    rng, rate, day = np.random.default_rng([29, seed]), np.zeros(_EVERY_DAY.size), 0.0
    while (day := day + rng.exponential(240)) < _EVERY_DAY.size:
        rate[int(day) :] += rng.normal(0, 0.35)
    return _thinned(seed, rate)


def coming_back(seed: int) -> pd.DataFrame:
    """A rate that wanders by exp(.25 z) and is forgotten after 45 days."""
    rng, kept = np.random.default_rng([31, seed]), np.exp(-1 / 45)
    rate = np.zeros(_EVERY_DAY.size)
    rate[0] = rng.normal(0, 0.25)
    for day in range(1, rate.size):
        rate[day] = kept * rate[day - 1] + 0.25 * np.sqrt(1 - kept**2) * rng.normal()
    return _thinned(seed, rate)


def linear(seed: int) -> pd.DataFrame:
    """From day 300 on a thousandth of the first rate less each day."""
    left = 1 - np.maximum(_EVERY_DAY - 300, 0) / 1_000
    return _thinned(seed, np.log(np.maximum(left, 0.1)))


def growing(seed: int) -> pd.DataFrame:
    """From the second year on a twentieth more each month."""
    return _thinned(seed, 0.05 * np.maximum(_EVERY_DAY - 365, 0) / _MONTH, 4_000)


def late(seed: int, kept: float) -> pd.DataFrame:
    """From the second year on each month keeps that share of the one before."""
    rate = np.log(kept) * np.maximum(_EVERY_DAY / _MONTH - 12, 0)
    return _thinned(seed, rate, 2_500, 900)


def unlike(seed: int) -> pd.DataFrame:
    """Nothing changes; lognormal rates, waits in two stages, lives of Weibull."""
    rng, rows = np.random.default_rng([37, seed]), []
    wait, spread = rng.uniform(30, 90), rng.uniform(0.6, 1.1)
    life = rng.uniform(150, 500)
    for customer in range(1_500):
        day = rng.uniform(0, _DAYS)
        end = min(day + life * rng.weibull(0.7), _DAYS)
        own, worth = (
            wait * np.exp(spread * rng.normal()),
            40 * np.exp(rng.normal(0, 0.6)),
        )
        while day <= end:
            rows.append((f"c{customer:05d}", day, worth * np.exp(0.4 * rng.normal())))
            day += max(rng.gamma(2, own / 2), 0.01)
    table = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    whole = np.floor(table["day"].to_numpy()).astype("timedelta64[D]")
    return table.assign(ordered_at=np.datetime64(AS_OF) - _DAYS + whole)


def _thinned(
    seed: int, rate: Floats, customers: int = 3_000, days: int = _DAYS
) -> pd.DataFrame:
    orders = shop(seed, customers, days)
    day = (orders["ordered_at"] - orders["ordered_at"].min()).dt.days.to_numpy()
    stays = np.random.default_rng([9, seed]).random(len(orders))
    kept: pd.DataFrame = orders[stays < np.exp(rate - rate.max())[day]]
    return kept
