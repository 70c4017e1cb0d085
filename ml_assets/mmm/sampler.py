"""Draws from a posterior: its maximum from several starts, then Hamiltonian steps.

Scaled by the curvature at the maximum, the posterior is nearly round, and a few hundred
steps of Hamiltonian Monte Carlo (Neal 2011, MCMC using Hamiltonian dynamics, chapter 5
of the Handbook of Markov Chain Monte Carlo) explore it. Several chains must agree:
split R-hat of Gelman et al. (Bayesian Data Analysis, section 11.4). The seed is fixed:
the same input gives the same draws.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.errors import NotConverged
from ml_assets.mmm.posterior import Posterior

__all__ = ["Draws", "draw", "find_maximum", "split_r_hat"]

_CHAINS: Final = 4
_WARM_UP: Final = 120
_STEPS: Final = (4, 9)
_TARGET: Final = 0.8
_FIRST_STEP: Final = 0.4
_FLATTEST: Final = 0.3
_SAME_MAXIMUM: Final = 1e-3


@dataclass(frozen=True, eq=False)
class Draws:
    """Points drawn, shape (draws, size), the maximum, and whether chains agree.

    `r_hat` is the worst of all parameters; `acceptance` the share of proposals taken.
    """

    points: Floats
    maximum: Floats
    r_hat: float
    acceptance: float


def find_maximum(posterior: Posterior, starts: Iterable[Floats]) -> Floats:
    """The best of the maxima reached from several points, shape (size,).

    Raises
    ------
    NotConverged
        When no start gets anywhere.
    """
    best, value = None, np.inf
    for start in starts:
        found = minimize(
            posterior, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000}
        )
        if np.isfinite(found.fun) and found.fun < value - _SAME_MAXIMUM:
            best, value = np.asarray(found.x), float(found.fun)
    if best is None:
        raise NotConverged(
            "the posterior has no maximum that could be found. Look for a huge value "
            "in the response or in a channel's spend."
        )
    return best


def draw(posterior: Posterior, maximum: Floats, draws: int, seed: int) -> Draws:
    """About `draws` points in all, from several chains that start apart.

    Parameters
    ----------
    maximum : ndarray, shape (size,)
        From `find_maximum`.
    """
    scale = _scale(posterior, maximum)
    each = -(-draws // _CHAINS)
    chains, taken = [], []
    for chain in range(_CHAINS):
        rng = np.random.default_rng([seed, chain])
        points, accepted = _chain(posterior, maximum, scale, each, rng)
        chains.append(points)
        taken.append(accepted)
    everything = np.stack(chains)
    return Draws(
        everything.reshape(-1, maximum.size),
        maximum,
        float(split_r_hat(everything).max()),
        float(np.mean(taken)),
    )


def split_r_hat(chains: Floats) -> Floats:
    """Of each parameter, shape (p,), from chains of shape (m, n, p); 1 is agreement."""
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    within = parts.var(axis=1, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=1).var(axis=0, ddof=1)
    spread = (half - 1) / half * within + between / half
    return np.asarray(np.sqrt(spread / np.maximum(within, 1e-300)))


def _scale(posterior: Posterior, maximum: Floats) -> Floats:
    """Columns that make the posterior round at its maximum, shape (size, size)."""
    size, width = maximum.size, 1e-4
    curvature = np.empty((size, size))
    for row, step in enumerate(np.eye(size) * width):
        above, below = (posterior(maximum + sign * step)[1] for sign in (1, -1))
        curvature[row] = (above - below) / (2 * width)
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    return np.asarray(vectors / np.sqrt(np.maximum(values, _FLATTEST)))


def _chain(
    posterior: Posterior,
    maximum: Floats,
    scale: Floats,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, float]:
    def energy(at: Floats) -> tuple[float, Floats]:
        value, slope = posterior(maximum + scale @ at)
        return value, scale.T @ slope

    at = rng.standard_normal(maximum.size)
    value, slope = energy(at)
    step, kept, accepted = _FIRST_STEP, [], 0.0
    for turn in range(_WARM_UP + draws):
        momentum = rng.standard_normal(at.size)
        length = step * rng.uniform(0.8, 1.2)
        there, speed, there_value, there_slope = at, momentum, value, slope
        for _ in range(int(rng.integers(*_STEPS))):
            speed = speed - length / 2 * there_slope
            there = there + length * speed
            there_value, there_slope = energy(there)
            speed = speed - length / 2 * there_slope
            if not np.isfinite(there_value):
                break
        kinetic = float(momentum @ momentum - speed @ speed) / 2
        gain = value - there_value + kinetic
        chance = math.exp(min(0.0, gain)) if math.isfinite(gain) else 0.0
        if rng.random() < chance:
            at, value, slope = there, there_value, there_slope
        if turn < _WARM_UP:
            step *= float(np.exp(0.15 * (chance - _TARGET)))
        else:
            kept.append(maximum + scale @ at)
            accepted += chance
    return np.array(kept), accepted / draws
