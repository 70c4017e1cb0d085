"""Shops that sell as ever, and the same shops when something changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ml_assets.measurement.level_changes import LevelChange, judge_series

Floats = NDArray[np.float64]
START = date(2023, 3, 6)


@dataclass(frozen=True)
class Shop:
    """Orders and sales of each day from `START` on."""

    orders: Floats
    sales: Floats

    def changed(self, rng: np.random.Generator, day: int, factor: float) -> Shop:
        """From ``day`` on, ``factor`` times as many orders of the same amounts."""
        orders, sales = self.orders.copy(), self.sales.copy()
        mean = np.divide(sales, orders, out=np.zeros_like(sales), where=orders > 0)
        for each in range(day, len(orders)):
            count = int(orders[each])
            if factor < 1:
                orders[each] = rng.binomial(count, factor)
            else:
                orders[each] = count + rng.binomial(count, factor - 1)
            sales[each] = orders[each] * mean[each]
        return Shop(orders, sales)

    def without(self, days: slice) -> Shop:
        """Nothing came in on some days."""
        orders, sales = self.orders.copy(), self.sales.copy()
        orders[days] = sales[days] = 0
        return replace(self, orders=orders, sales=sales)

    def times(self, days: slice, factor: float) -> Shop:
        """Some days are so many times what they were."""
        orders, sales = self.orders.copy(), self.sales.copy()
        orders[days] = np.round(orders[days] * factor)
        sales[days] = sales[days] * factor
        return replace(self, orders=orders, sales=sales)

    def last(self, days: int) -> Shop:
        """Only the last so many days are known."""
        return Shop(self.orders[-days:], self.sales[-days:])


def quiet_shop(
    rng: np.random.Generator, orders_a_day: float | None = None, days: int = 1100
) -> Shop:
    """A shop without change: weeks, years, growth, holidays, days that hang together.

    Of 3 to 300 orders a day unless said; from -30 to 60 % growth a year; a year of up
    to 25 % either side and a Christmas of up to 40 % more; noise that lasts (0.2-0.7)
    of 5 to 15 % a day; ten holidays a year, closed, slow or twice as busy; a third of
    the shops closed on Sundays.
    """
    size = orders_a_day or float(np.exp(rng.uniform(np.log(3), np.log(300))))
    day = np.arange(days)
    week = rng.dirichlet(np.full(7, 30)) * 7
    if rng.random() < 1 / 3:
        week[6] = 0
        week *= 7 / week.sum()
    growth = np.log(rng.uniform(0.7, 1.6)) / 365
    turn = 2 * np.pi * (day / 365.25 + rng.random())
    of_year = np.array(
        [(START + timedelta(days=int(n))).timetuple().tm_yday for n in day]
    )
    christmas = rng.uniform(0, 0.4) * np.exp(-0.5 * ((of_year - 345) / 10.0) ** 2)
    season = rng.uniform(0, 0.25) * np.sin(turn) + christmas
    mean = size * week[day % 7] * np.exp(growth * (day - days / 2) + season)
    for holiday in rng.choice(365, 10, replace=False):
        mean[of_year == holiday + 1] *= rng.choice([0.0, 0.4, 0.6, 2.0])
    mean *= np.exp(_lasting_noise(rng, days))
    orders = rng.poisson(mean).astype(np.float64)
    amount, width = rng.uniform(20, 90), rng.uniform(0.4, 0.8)
    sales = np.array(
        [amount * np.exp(width * rng.normal(size=int(n))).sum() for n in orders]
    )
    return Shop(orders, sales)


def _lasting_noise(rng: np.random.Generator, days: int) -> Floats:
    lasting, spread = rng.uniform(0.2, 0.7), rng.uniform(0.05, 0.15)
    shocks = rng.normal(size=days) * spread * np.sqrt(1 - lasting**2)
    noise = np.empty(days)
    noise[0] = rng.normal() * spread
    for day in range(1, days):
        noise[day] = lasting * noise[day - 1] + shocks[day]
    return noise


def look(shop: Shop, day: int) -> dict[str, LevelChange]:
    """What is told at the end of a day, of orders and of sales."""
    orders, sales = shop.orders[: day + 1], shop.sales[: day + 1]
    unit = 2 * sales.sum() / orders.sum() if orders.sum() else 1.0
    judged = {
        "orders": judge_series(orders, START + timedelta(days=day)),
        "sales": judge_series(sales, START + timedelta(days=day), unit),
    }
    return {name: each for name, each in judged.items() if each and each.is_unusual}


def alarms(shop: Shop, days: range) -> list[LevelChange]:
    """What was not told the day before: of one side one alarm, as people get them."""
    told = _sides(shop, days[0] - 1)
    found = []
    for day in days:
        now = _sides(shop, day)
        found += [change for side, change in now.items() if side not in told]
        told = now
    return found


def _sides(shop: Shop, day: int) -> dict[str, LevelChange]:
    return {change.side: change for change in look(shop, day).values()}


def found_in(shop: Shop, day: int, side: str, within: int = 14) -> bool:
    """Whether a change that came on ``day`` is told on one of the days from then on."""
    # The last days first: that is where it mostly is.
    days = range(day + within - 1, day - 1, -1)
    return any(each.side == side for n in days for each in look(shop, n).values())
