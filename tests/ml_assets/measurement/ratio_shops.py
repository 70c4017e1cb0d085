"""What visits and ads a shop had: ratios without change, and with one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ml_assets.measurement.level_changes import LevelChange, judge_series
from tests.ml_assets.measurement.quiet_shops import START, Shop

Floats = NDArray[np.float64]
NAMES = ("conversion", "return")
_MONTH = 28


@dataclass(frozen=True)
class Ratios:
    """Visits and spend of each day, beside the orders and sales of a shop."""

    shop: Shop
    visits: Floats
    spend: Floats

    def changed(self, day: int, factor: float) -> Ratios:
        """From ``day`` on both bring ``factor`` times as much: sales are as ever."""
        later = np.where(np.arange(len(self.visits)) < day, 1, 1 / factor)
        return replace(self, visits=self.visits * later, spend=self.spend * later)

    def look(self, name: str, day: int) -> LevelChange | None:
        """What is told of ``conversion`` or ``return`` at the end of a day."""
        orders, sales = self.shop.orders[: day + 1], self.shop.sales[: day + 1]
        unit = 2 * sales.sum() / orders.sum()
        if name == "conversion":
            orders = np.where(self.visits[: day + 1] > 0, orders, 0)
            series, unit, given = orders, 1.0, self.visits
        else:
            series, given = sales, self.spend
        date = START + timedelta(days=day)
        found = judge_series(series, date, unit, given=given[: day + 1])
        return found if found and found.is_unusual else None

    def alarms(self, name: str, days: range) -> int:
        """How often something is told that was not the day before."""
        sides = [self._side(name, day) for day in (days[0] - 1, *days)]
        return sum(side not in {None, before} for before, side in pairwise(sides))

    def found_in(self, name: str, day: int, side: str, within: int = 14) -> bool:
        """Whether a change that came on ``day`` is told from then on."""
        days = range(day + within - 1, day - 1, -1)
        return any(self._side(name, each) == side for each in days)

    def _side(self, name: str, day: int) -> str | None:
        found = self.look(name, day)
        return found.side if found else None


def with_ratios(rng: np.random.Generator, shop: Shop) -> Ratios:
    """Two to four of a hundred visits buy; ads cost a fifth to a tenth of sales.

    Conversion varies by what counting orders leaves open and by lasting noise of 3 to
    8 % a day. Spend follows the sales of the four weeks before, three quarters of the
    way, and what it brings varies by lasting noise of 5 to 10 %; a third of the shops
    spend nothing on Sundays.
    """
    days = len(shop.orders)
    # Orders that were meant to come: what chance made of them is not in the visits.
    meant = rng.gamma(shop.orders + 0.5)
    noise = _lasting(rng, days, rng.uniform(0.03, 0.08), rng.uniform(0.2, 0.6))
    visits = rng.poisson(meant / rng.uniform(0.02, 0.04) * np.exp(noise))
    before = np.convolve(shop.sales, np.ones(_MONTH) / _MONTH)[:days]
    level = np.maximum(before, shop.sales.mean() / 4) / shop.sales.mean()
    drift = _lasting(rng, days, rng.uniform(0.05, 0.1), rng.uniform(0.2, 0.6))
    spend = shop.sales.mean() * rng.uniform(0.1, 0.2) * level**0.75 * np.exp(drift)
    if rng.random() < 1 / 3:
        spend[np.arange(days) % 7 == 6] = 0
    return Ratios(shop, np.maximum(visits, shop.orders).astype(np.float64), spend)


def _lasting(
    rng: np.random.Generator, days: int, spread: float, lasting: float
) -> Floats:
    shocks = rng.normal(size=days) * spread * np.sqrt(1 - lasting**2)
    noise = np.zeros(days)
    for day in range(1, days):
        noise[day] = lasting * noise[day - 1] + shocks[day]
    return noise
