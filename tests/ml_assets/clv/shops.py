"""Shops whose buying never changes, and the same with a break; known truth.

Customers arrive evenly and buy as BG/NBD and Gamma-Gamma suppose, with parameters drawn
by shop: what the forecast's interval must hold, if it is as wide as it says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.clv.gates import GateResult
from ml_assets.clv.own_intervals import TOTALS, inside_own_interval
from ml_assets.clv.purchases import days_since_1970, purchase_days
from ml_assets.clv.rolling import month_end_origins, rolling_backtests
from ml_assets.clv.seasons.season_choice import unknown_season_sd

__all__ = [
    "AS_OF",
    "BREAKS",
    "SIZES",
    "declining_shop",
    "frequent_shop",
    "judged",
    "shop",
]

AS_OF: Final = dt.date(2026, 11, 20)
# Customers, and days of history: with a year ago to learn the level from, and without.
SIZES: Final = ((300, 700), (800, 420))
# Days from the break to the as-of date: all but 13 that the oldest backtest predicts.
_SINCE: Final = 160
# How somebody's own rate moves from one quarter to the next, in logs.
_QUARTER_SD: Final = 0.5
_OF_DAY: Final = ("customer", "day", "amount")
Break = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


def shop(
    seed: int, customers: int, days: int, broken: Break | None = None
) -> pd.DataFrame:
    """The order log of a shop that opened `days` before `AS_OF`."""
    rng = np.random.default_rng([17, seed, customers, days])
    r = rng.uniform(0.4, 1.2)
    alpha = r * rng.uniform(40, 120)
    a, b = rng.uniform(0.4, 1.2), rng.uniform(1.5, 4)
    rate, dropout = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    worth = 3.7 * 15 / rng.gamma(3.7, 1, customers)
    first = np.sort(rng.uniform(0, days, customers))
    rows = []
    for customer in range(customers):
        day = first[customer]
        while day <= days:
            rows.append((customer, day, rng.gamma(6, worth[customer] / 6)))
            if rng.random() < dropout[customer]:
                break
            day += rng.exponential(1 / rate[customer])
    table = pd.DataFrame(rows, columns=list(_OF_DAY))
    if broken:
        known = table["customer"].map(lambda one: first[one] < days - _SINCE)
        touched = (table["day"] > days - _SINCE) & known
        table = pd.concat([table[~touched], broken(table[touched], rng)])
        table = table[table["day"] <= days]
    opened = np.datetime64(AS_OF) - days
    return pd.DataFrame(
        {
            "customer_id": table["customer"].map("c{:05d}".format),
            "ordered_at": opened
            + np.floor(table["day"].to_numpy()).astype("timedelta64[D]"),
            "amount": table["amount"],
        }
    )


def _lost(orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Six in ten orders of known customers do not arrive any more."""
    return orders[rng.random(len(orders)) < 0.4]


def _twice(orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Each order of known customers is told again one to five days later."""
    again = orders.assign(day=orders["day"] + rng.uniform(1, 5, len(orders)))
    return pd.concat([orders, again])


BREAKS: Final[dict[str, Break | None]] = {
    "sound": None,
    "orders lost": _lost,
    "orders twice": _twice,
}


def judged(kind: str, seed: int, customers: int, days: int) -> GateResult:
    """The gate's verdict of a shop of a kind of `BREAKS`, backtested as nightly."""
    log, _ = purchase_days(shop(seed, customers, days, BREAKS[kind]), AS_OF)
    origins = [one for one in month_end_origins(log, AS_OF) if one.is_judging]
    rows = [
        {
            "origin_date": origin.date,
            "model": "chosen",
            **{name: test.total[name] for name in TOTALS},
        }
        for origin, test in rolling_backtests(log, origins)
    ]
    season_sds = {
        origin.date: unknown_season_sd(log, days_since_1970(origin.date), origin.days)
        for origin in origins
    }
    return inside_own_interval(
        pd.DataFrame(rows, columns=["origin_date", "model", *TOTALS]), season_sds
    )


def declining_shop(seed: int, customers: int, days: int, kept: float) -> pd.DataFrame:
    """A shop of which each month keeps that share of the orders of the one before."""
    orders = shop(seed, customers, days)
    month = (orders["ordered_at"] - orders["ordered_at"].min()).dt.days / 30.4
    stays = np.random.default_rng(5).random(len(orders)) < kept**month
    kept_orders: pd.DataFrame = orders[stays]
    return kept_orders


def frequent_shop(seed: int = 0) -> pd.DataFrame:
    """Who buys every week or so, at a rate that moves from quarter to quarter."""
    rng, days, rows = np.random.default_rng([3, seed]), 700, []
    for customer in range(500):
        day, rate, leaves = (
            rng.uniform(0, days),
            rng.gamma(2, 1 / 12),
            rng.beta(0.6, 25),
        )
        moves = np.exp(rng.normal(0, _QUARTER_SD, days // 90 + 2) - _QUARTER_SD**2 / 2)
        while day <= days:
            rows.append((str(customer), day, rng.gamma(6, 3)))
            if rng.random() < leaves:
                break
            wait = rng.exponential(1 / (rate * moves[int(day // 90)]))
            day += max(wait, 0.01)
    table = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    whole = np.floor(table["day"].to_numpy()).astype("timedelta64[D]")
    return table.assign(ordered_at=np.datetime64(AS_OF) - days + whole)


def wholesale_shop(power: float, seed: int = 0) -> pd.DataFrame:
    """Who buys often spends so much more an order, as a power of the rate."""
    rng, days, rows = np.random.default_rng([5, seed]), 700, []
    for customer in range(500):
        day, rate = rng.uniform(0, days), rng.gamma(1, 1 / 12)
        leaves = rng.beta(0.8, 20)
        worth = 40 * (max(rate, 1 / 400) * 12) ** power * rng.gamma(30, 1 / 30)
        while day <= days:
            rows.append((f"c{customer:05d}", day, rng.gamma(6, worth / 6)))
            if rng.random() < leaves:
                break
            day += max(rng.exponential(1 / rate), 0.01)
    table = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    whole = np.floor(table["day"].to_numpy()).astype("timedelta64[D]")
    return table.assign(
        ordered_at=np.datetime64(AS_OF) - days + whole,
        amount=table["amount"].clip(lower=0.01),
    )
