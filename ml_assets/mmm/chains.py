"""Chains of Hamiltonian Monte Carlo that move together, as one batch of points.

Neal (2011), MCMC using Hamiltonian dynamics, chapter 5 of the Handbook of Markov Chain
Monte Carlo. After each step the weights of the periods are drawn anew (Gibbs).
"""

from typing import Final, NamedTuple

import numpy as np

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.memory import draw_follows, innovations
from ml_assets.mmm.posterior import Observed, Posterior
from ml_assets.mmm.tails import draw_freedom, draw_weights

__all__ = ["Chains", "Turn"]

_TARGET: Final = 0.8
_FIRST_STEP: Final = 0.3
# A quarter of the way around a round posterior leads to where nothing is remembered.
_TRAJECTORY: Final = 2.8


class Turn(NamedTuple):
    """Points of all chains, and baseline and noise (see `sampler.Draws`) there."""

    points: Floats
    coefficients: Floats
    noise: Floats
    freedom: Floats
    follows: Floats


class Chains:
    """Chains that move together, in one batch; `root` scales their momentum."""

    def __init__(
        self,
        posterior: Posterior,
        start: Floats,
        observed: Observed,
        root: Floats,
        rng: np.random.Generator,
    ) -> None:
        self.posterior, self.at, self.root, self.rng = posterior, start, root, rng
        self.observed, self.step, self.acceptance = observed, _FIRST_STEP, 0.0

    def observe(self, outcomes: Floats) -> None:
        """Compare each chain with an outcome of its own, shape (chains, n)."""
        self.observed = self.observed._replace(outcome=outcomes)

    def run(self, turns: int, *, adapt: bool = False) -> list[Turn]:
        """Where the chains were after each turn."""
        kept, taken = [], 0.0
        for _ in range(turns):
            chance = self._move()
            if adapt:
                self.step *= float(np.exp(0.3 * (chance - _TARGET)))
            kept.append(self._weigh())
            taken += chance
        self.acceptance = taken / turns
        return kept

    def _weigh(self) -> Turn:
        """Draw baseline and noise, how it goes on, then the periods' weights."""
        drawn = self.posterior.baselines(self.at, self.observed, self.rng)
        follows = draw_follows(drawn.left, self.observed.weights, self.rng)
        new = innovations(drawn.left, follows)
        freedom = draw_freedom(new, self.rng)
        weights = draw_weights(new, freedom, self.rng)
        self.observed = self.posterior.observed(self.observed.outcome, weights, follows)
        return Turn(self.at, drawn.coefficients, drawn.noise, freedom, follows)

    def _move(self) -> float:
        """A Hamiltonian step of every chain, and how likely it was to be taken."""
        posterior, observed = self.posterior, self.observed
        before, slope = posterior.batch(self.at, observed)
        momentum = self.rng.standard_normal(self.at.shape)
        length = self.step * self.rng.uniform(0.8, 1.2, (len(self.at), 1))
        there, speed = self.at, momentum
        most = _TRAJECTORY / self.step
        for _ in range(max(1, round(most * self.rng.uniform(0.6, 1.1)))):
            speed = speed - length / 2 * (slope @ self.root)
            there = there + (length * speed) @ self.root.T
            value, slope = posterior.batch(there, observed)
            speed = speed - length / 2 * (slope @ self.root)
        kinetic = ((momentum**2).sum(axis=1) - (speed**2).sum(axis=1)) / 2
        gain = before - value + kinetic
        chance = np.exp(np.minimum(0.0, np.where(np.isfinite(gain), gain, -np.inf)))
        took = self.rng.random(len(chance)) < chance
        self.at = np.where(took[:, None], there, self.at)
        return float(chance.mean())
