"""Days of companies whose budgets last for weeks, or are a share of what was sold.

A budget that somebody sets stays for weeks, whatever the noise of its days; sales have
weekdays, a season, a peak in autumn, a level that wanders and what advertising brought
with delay. None of it is drawn from the regression that looks for policies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from ml_assets.mmm.adstock import Floats, adstock
from ml_assets.mmm.series import Series

__all__ = ["followed_days", "set_by_hand"]

_DAYS: Final = 730
_WEEKDAYS: Final = np.array([1, 0.95, 0.95, 1, 1.1, 1.2, 0.9])


def set_by_hand(seed: int) -> Series:
    """Three channels whose budgets have nothing to do with sales, and bring some."""
    rng = np.random.default_rng([7, seed])
    budgets = [(_steps, _wandering, _flights)[rng.integers(3)](rng) for _ in range(3)]
    sales = _baseline(rng)
    for budget in budgets:
        sales = sales + _brought(budget, rng)
    return _series(1000 * sales, [100 * budget for budget in budgets])


def followed_days(seed: int) -> Series:
    """`c0` is about 8 % of what was sold in the days before, set daily or weekly."""
    rng = np.random.default_rng([8, seed])
    flights = _flights(rng)
    sales = 1000 * (_baseline(rng) + _brought(flights, rng))
    days, lag = int(rng.choice([7, 14, 28, 30])), int(rng.integers(0, 3))
    rule = np.roll(_mean_before(sales, days), lag)
    if rng.random() < 0.5:
        rule = rule[np.arange(_DAYS) // 7 * 7]
    spend = 0.08 * rule * rng.lognormal(sigma=rng.uniform(0.03, 0.15), size=_DAYS)
    spend[rng.random(_DAYS) < 0.03] = 0.0
    return _series(sales, [spend, 100 * flights])


def _baseline(rng: np.random.Generator) -> Floats:
    """Sales without advertising, around 1."""
    day = np.arange(_DAYS)
    level = 0.02 * np.cumsum(rng.standard_normal(_DAYS)) / np.sqrt(91)
    season = rng.uniform(0.02, 0.25) * np.cos(2 * np.pi * (day / 365.25 + rng.random()))
    peak = np.ones(_DAYS)
    for year in (0, 365):
        at = int(rng.integers(300, 330)) + year
        peak[at - 3 : at + 4] += rng.uniform(0.5, 1.5)
    noise = 1 + rng.uniform(0.1, 0.25) * rng.standard_normal(_DAYS)
    sales = (1 + level + season) * _WEEKDAYS[day % 7] * peak * noise
    return np.asarray(np.maximum(sales, 0.05))


def _brought(spend: Floats, rng: np.random.Generator) -> Floats:
    kept = adstock(spend / spend[spend > 0].mean(), rng.uniform(0.3, 0.8))
    return np.asarray(rng.uniform(0.1, 0.5) * kept / (kept + 1.5))


def _steps(rng: np.random.Generator) -> Floats:
    """Changed every month or two, with weeks of pushing and of quiet between them."""
    level = _blocks(rng, (35, 80), lambda: rng.lognormal(sigma=0.6))
    pushed = _blocks(rng, (7, 28), lambda: rng.uniform(0.1, 3.0))
    return np.asarray(level * pushed * rng.lognormal(sigma=0.18, size=_DAYS))


def _wandering(rng: np.random.Generator) -> Floats:
    """Nudged a little every day."""
    kept = rng.uniform(0.95, 0.995)
    level = np.zeros(_DAYS)
    for day in range(1, _DAYS):
        step = 0.5 * np.sqrt(1 - kept**2) * rng.standard_normal()
        level[day] = kept * level[day - 1] + step
    noise = rng.lognormal(sigma=rng.uniform(0.02, 0.3), size=_DAYS)
    return np.asarray(np.exp(level) * noise)


def _flights(rng: np.random.Generator) -> Floats:
    """Campaigns of one to eight weeks, nothing between them."""
    level = _blocks(rng, (7, 60), lambda: rng.uniform(0.5, 2) * (rng.random() < 0.7))
    return np.asarray(level * rng.lognormal(sigma=0.1, size=_DAYS))


def _blocks(
    rng: np.random.Generator, days: tuple[int, int], height: Callable[[], float]
) -> Floats:
    level = np.empty(_DAYS)
    day = 0
    while day < _DAYS:
        length = int(rng.integers(*days))
        level[day : day + length] = height()
        day += length
    return level


def _mean_before(values: Floats, days: int) -> Floats:
    summed = np.concatenate([np.zeros(1), np.cumsum(values)])
    at = np.arange(values.size)
    first = np.maximum(at - days, 0)
    return np.asarray((summed[at] - summed[first]) / np.maximum(at - first, 1))


def _series(sales: Floats, spend: list[Floats]) -> Series:
    count = len(spend)
    dates = np.datetime64("2024-12-01") + np.arange(_DAYS)
    status = {f"c{place}": "fitted" for place in range(count)}
    table = np.column_stack(spend)
    return Series("date", dates, 1, _DAYS, sales, table, np.ones(count), {}, status)
