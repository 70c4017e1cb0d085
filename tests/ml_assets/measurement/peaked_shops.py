"""Shops without change whose year has edges: Black Friday, closed Augusts, paydays.

Drawn by somebody who had not seen how alarms are judged, beside `quiet_shops`.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tests.ml_assets.measurement.quiet_shops import START, Shop

Floats = NDArray[np.float64]
# Of the years that `START` and three more of days reach.
_EASTER = {
    2023: date(2023, 4, 9),
    2024: date(2024, 3, 31),
    2025: date(2025, 4, 20),
    2026: date(2026, 4, 5),
}
_YEARS = ("flat", "august", "summer", "winter", "gifts")


def peaked_shop(
    rng: np.random.Generator, orders_a_day: float | None = None, days: int = 1092
) -> Shop:
    """A shop of 20 to 400 orders a day unless said.

    Growth of -25 to 50 % a year; one of five years (even, August at 60 %, 35 % more or
    25 % less in summer, twice as much before Christmas and 40 % before Mother's Day); a
    Black Friday of up to 3.5 times; Easter at 50 to 130 %; up to 15 % more about
    payday; up to 35 % more on every other Thursday, of a newsletter; days that differ
    by 11 % each, and lasting noise with wide tails.
    """
    return known_shop(rng, orders_a_day, days)[0]


def known_shop(
    rng: np.random.Generator, orders_a_day: float | None = None, days: int = 1092
) -> tuple[Shop, Floats]:
    """The same shop, and the orders that each of its days brings in the mean."""
    size = orders_a_day or float(np.exp(rng.uniform(np.log(20), np.log(400))))
    dates = [START + timedelta(days=day) for day in range(days)]
    week = np.exp(rng.normal(0, 0.35, 7))
    if rng.random() < 0.25:
        week[5:] *= 0.25
    year = _YEARS[int(rng.integers(len(_YEARS)))]
    payday, newsletter = rng.uniform(0, 0.15), rng.uniform(0, 0.35)
    friday, holy = rng.uniform(0, 2.5), rng.uniform(-0.5, 0.3)
    growth = np.log(rng.uniform(0.75, 1.5)) / 365
    mean = size * week[[one.weekday() for one in dates]] / week.mean()
    mean *= np.exp(growth * (np.arange(days) - days / 2))
    mean *= [_of_year(year, one) for one in dates]
    for day, one in enumerate(dates):
        apart = (one - _black_friday(one.year)).days
        if -4 <= apart <= 3:
            mean[day] *= 1 + friday * np.exp(-abs(apart) / 2)
        if 0 <= (_EASTER[one.year] - one).days <= 3:
            mean[day] *= 1 + holy
        if one.day >= 28 or one.day <= 3:
            mean[day] *= 1 + payday
        if day // 7 % 2 == 0 and one.weekday() == 3:
            mean[day] *= 1 + newsletter
    noise = np.exp(_wide_noise(rng, days)) * rng.gamma(80, 1 / 80, days)
    orders = rng.poisson(mean * noise).astype(np.float64)
    amount = rng.uniform(20, 120)
    sales = np.array([rng.gamma(1.8 * n, amount / 1.8) if n else 0.0 for n in orders])
    return Shop(orders, sales), mean


def _of_year(kind: str, day: date) -> float:
    number = day.timetuple().tm_yday
    if kind == "august":
        return 0.6 if day.month == 8 else 1.0
    if kind == "summer":
        return float(1 + 0.35 * np.exp(-0.5 * ((number - 200) / 35) ** 2))
    if kind == "winter":
        return float(1 - 0.25 * np.exp(-0.5 * ((number - 200) / 40) ** 2))
    if kind == "gifts":
        christmas = 1.2 * np.exp(-0.5 * ((number - 352) / 7) ** 2)
        return float(1 + christmas + 0.4 * (abs(number - 126) < 4))
    return 1.0


def _black_friday(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def _wide_noise(rng: np.random.Generator, days: int) -> Floats:
    lasting, spread = rng.uniform(0.1, 0.6), rng.uniform(0.04, 0.12)
    shocks = rng.standard_t(5, days) * np.sqrt(3 / 5 * (1 - lasting**2)) * spread
    noise = np.zeros(days)
    for day in range(1, days):
        noise[day] = lasting * noise[day - 1] + shocks[day]
    return noise
