"""Draws from a posterior: its maximum from several starts, then Hamiltonian steps.

Scaled by the curvature at the maximum, and then by the spread of the first draws, the
posterior is nearly round, and a few hundred steps of Hamiltonian Monte Carlo (Neal
2011, MCMC using Hamiltonian dynamics, chapter 5 of the Handbook of Markov Chain Monte
Carlo) explore it. Many chains run as one batch. They start apart and must agree: split
R-hat of Gelman et al. (Bayesian Data Analysis, section 11.4), and are continued until
they do. The seed is fixed: the same input gives the same draws.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import minimize

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.chains import Chains, Turn
from ml_assets.mmm.errors import NotConverged
from ml_assets.mmm.memory import innovations, likeliest_follows
from ml_assets.mmm.posterior import Observed, Posterior
from ml_assets.mmm.tails import expected_weights, likeliest_freedom
from ml_assets.sentences import Sentence

__all__ = ["AGREE", "Draws", "Maximum", "draw", "find_maximum", "split_r_hat"]

AGREE: Final = 1.05
_CHAINS: Final = 8
_WARM_UP: Final = (20, 35)
_FLATTEST: Final = 0.3
_SAME_MAXIMUM: Final = 1e-3
_WEIGHINGS: Final = 4
_MOST_BLOCKS: Final = 6
_SETTLE_FIRST: Final = 40
_SETTLE: Final = 4


@dataclass(frozen=True, eq=False)
class Draws:
    """Points drawn, shape (draws, size), and the baseline and noise drawn with each.

    `coefficients`, shape (draws, k), `noise` the sd of what is new in a period,
    (draws,), its degrees of `freedom`, (draws,), and what `follows` of it in the next
    period, (draws,). `r_hat` is the worst of all that is reported; `acceptance` the
    share of proposals taken.
    """

    points: Floats
    coefficients: Floats
    noise: Floats
    freedom: Floats
    follows: Floats
    r_hat: float
    acceptance: float


class Maximum(NamedTuple):
    """A point, shape (size,), and the weights of the periods there, (1, n)."""

    point: Floats
    observed: Observed


def find_maximum(posterior: Posterior, starts: Iterable[Floats]) -> Maximum:
    """The best maximum from several points, then again with huge periods weighed down.

    Weights and maximum are found in turns (expectation-maximisation).

    Raises
    ------
    NotConverged
        When no start gets anywhere.
    """
    observed = posterior.evenly(1)
    best, value = None, np.inf
    for start in starts:
        point, height = _climb(posterior, start, observed)
        if height < value - _SAME_MAXIMUM:
            best, value = point, height
    if best is None:
        raise NotConverged(
            Sentence(
                "mix_converged.no_maximum",
                "the posterior has no maximum that could be found. Look for a huge "
                "value in the outcome or in a channel's spend.",
            )
        )
    for _ in range(_WEIGHINGS):
        left = posterior.baselines(best[None], observed, None).left
        follows = likeliest_follows(left, observed.weights)
        new = innovations(left, follows)
        weights = expected_weights(new, likeliest_freedom(new))
        observed = posterior.observed(observed.outcome, weights, follows)
        best, _ = _climb(posterior, best, observed)
    return Maximum(best, observed)


def _climb(
    posterior: Posterior, start: Floats, observed: Observed
) -> tuple[Floats, float]:
    found = minimize(
        posterior.one,
        start,
        args=(observed,),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 500, "ftol": _SAME_MAXIMUM * 1e-2, "gtol": 1e-2},
    )
    height = float(found.fun)
    return np.asarray(found.x), height if np.isfinite(height) else np.inf


def draw(
    posterior: Posterior,
    maximum: Maximum,
    draws: int,
    seed: int,
    outcomes: Floats | None = None,
) -> Draws:
    """`draws` points in all, from several chains that start apart and then agree.

    Parameters
    ----------
    outcomes : ndarray, shape (k, n), or None
        What the outcome may have been instead, each as plausible: then every point is
        drawn given another of them.
    """
    rng = np.random.default_rng(seed)
    root = _curvature_root(posterior, maximum)
    start = maximum.point + rng.standard_normal((_CHAINS, root.shape[0])) @ root.T
    chains = Chains(posterior, start, _repeated(maximum, _CHAINS), root, rng)
    first = chains.run(_WARM_UP[0], adapt=True)[_WARM_UP[0] // 3 :]
    chains.root = _spread_root(np.stack([turn.points for turn in first]), root)
    chains.run(_WARM_UP[1], adapt=True)
    each = max(4, -(-draws // _CHAINS))
    kept, r_hat = chains.run(each), np.inf
    for _ in range(_MOST_BLOCKS):
        points = np.stack([turn.points for turn in kept])
        reported = posterior.reported(points).swapaxes(0, 1)
        r_hat = float(split_r_hat(reported).max())
        if r_hat <= AGREE:
            break
        chains.root = _spread_root(points, root)
        chains.run(_WARM_UP[0], adapt=True)
        kept = kept[len(kept) // 2 :] + chains.run(len(kept))
    if outcomes is not None:
        kept = _given_each(chains, outcomes, each)
    return _thinned(kept, draws, r_hat, chains.acceptance)


def _given_each(chains: Chains, outcomes: Floats, turns: int) -> list[Turn]:
    """Points given one outcome after the other.

    Each chain settles for some turns on every outcome it is given (multiple
    imputation: Plummer 2015, Cuts in Bayesian graphical models, Statistics and
    Computing 25, section 4). It goes from the smallest to the largest of its share, so
    that no outcome is far from the one before.
    """
    size = len(chains.at)
    sorted_rows = np.argsort(outcomes.sum(axis=1), kind="stable")
    even = np.linspace(0, len(outcomes) - 1, turns * size).round().astype(np.int64)
    which = sorted_rows[even].reshape(size, turns)
    chains.observe(outcomes[which[:, 0]])
    chains.run(_SETTLE_FIRST)
    kept = []
    for turn in range(turns):
        chains.observe(outcomes[which[:, turn]])
        kept.append(chains.run(_SETTLE)[-1])
    return kept


def _thinned(kept: list[Turn], draws: int, r_hat: float, acceptance: float) -> Draws:
    parts = [np.concatenate(part) for part in zip(*kept, strict=True)]
    every = len(parts[0])
    chosen = np.linspace(0, every - 1, min(draws, every)).round().astype(int)
    kinds = Turn(*(part[chosen] for part in parts))
    return Draws(**kinds._asdict(), r_hat=r_hat, acceptance=acceptance)


def split_r_hat(chains: Floats) -> Floats:
    """Of each parameter, shape (p,), from chains of shape (m, n, p); 1 is agreement."""
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    within = parts.var(axis=1, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=1).var(axis=0, ddof=1)
    spread = (half - 1) / half * within + between / half
    return np.asarray(np.sqrt(spread / np.maximum(within, 1e-300)))


def _curvature_root(posterior: Posterior, maximum: Maximum) -> Floats:
    """Columns that make the posterior round at its maximum, shape (size, size)."""
    size, width = maximum.point.size, 1e-4
    steps = np.eye(size) * width
    slopes = [
        posterior.batch(maximum.point + sign * part, _repeated(maximum, len(part)))[1]
        for part in np.array_split(steps, -(-size // _CHAINS))
        for sign in (1, -1)
    ]
    above, below = np.concatenate(slopes[::2]), np.concatenate(slopes[1::2])
    curvature = (above - below) / (2 * width)
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    return np.asarray(vectors / np.sqrt(np.maximum(values, _FLATTEST)))


def _spread_root(draws: Floats, root: Floats) -> Floats:
    """The root of the draws' covariance, shrunk to what the curvature said."""
    points = draws.reshape(-1, draws.shape[-1])
    within = points - points.mean(axis=0)
    count, size = points.shape
    trust = count / (count + 5 * size)
    covariance = trust * within.T @ within / count + (1 - trust) * root @ root.T
    return np.linalg.cholesky(covariance)


def _repeated(maximum: Maximum, points: int) -> Observed:
    """What the maximum was compared with, for a batch of points."""
    return maximum.observed.rows(np.zeros(points, dtype=np.int64))
