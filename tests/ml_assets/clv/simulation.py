"""Customers drawn from known parameters, in continuous time."""

from typing import NamedTuple

import numpy as np

from ml_assets.clv.histories import Floats
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.gamma_gamma import GammaGamma
from ml_assets.clv.models.pareto_nbd import ParetoNbd


class Customers(NamedTuple):
    """Histories up to `age`, and purchases in the `horizon` after it; shapes (n,)."""

    x: Floats
    t_x: Floats
    age: Floats
    later: Floats


def simulate(
    model: BgNbd, age: Floats, rng: np.random.Generator, *, horizon: float = 0.0
) -> Customers:
    """Draw each customer's rate and dropout, then purchases one after another."""
    n = age.size
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    dropout = rng.beta(model.a, model.b, n)
    now, x, t_x, later = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.flatnonzero(rate > 0)
    if model.leaves_at_first:
        alive = alive[rng.random(alive.size) >= dropout[alive]]
    while alive.size:
        now[alive] += rng.gamma(model.regularity, 1 / rate[alive])
        alive = alive[now[alive] <= age[alive] + horizon]
        seen = alive[now[alive] <= age[alive]]
        x[seen] += 1
        t_x[seen] = now[seen]
        later[np.setdiff1d(alive, seen)] += 1
        alive = alive[rng.random(alive.size) >= dropout[alive]]
    return Customers(x, t_x, age, later)


def simulate_pareto(
    model: ParetoNbd, age: Floats, rng: np.random.Generator, *, horizon: float = 0.0
) -> Customers:
    """Draw each customer's rate and lifetime, then purchases one after another."""
    n = age.size
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    leaves = rng.exponential(1 / rng.gamma(model.s, 1 / model.beta, n))
    now, x, t_x, later = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.flatnonzero(rate > 0)
    while alive.size:
        now[alive] += rng.exponential(1 / rate[alive])
        last = np.minimum(leaves[alive], age[alive] + horizon)
        alive = alive[now[alive] <= last]
        seen = alive[now[alive] <= age[alive]]
        x[seen] += 1
        t_x[seen] = now[seen]
        later[np.setdiff1d(alive, seen)] += 1
    return Customers(x, t_x, age, later)


def simulate_spend(model: GammaGamma, x: Floats, rng: np.random.Generator) -> Floats:
    """Mean spend over x repeat purchase days; NaN for x = 0."""
    scale = rng.gamma(model.q, 1 / model.v, x.size)
    shape = model.p * np.maximum(x, 1)
    mean = rng.gamma(shape, 1 / (scale * np.maximum(x, 1)))
    return np.where(x > 0, mean, np.nan)
