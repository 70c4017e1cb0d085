"""How often each path might have been taken: the Poisson bootstrap over journeys.

Drawing n journeys out of n gives each of them a count that is nearly Poisson with mean
1 (Chamandy, Muralidharan, Najmi & Naidu 2012, "Estimating Uncertainty for Massive Data
Streams"). Equal journeys add up, and so do their counts: a path taken w times is drawn
Poisson(w) times, whatever the number of journeys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml_assets.attribution.paths import Floats, Paths

__all__ = ["Draws", "draws", "observed"]

# Numbers held at once: resamples are drawn in blocks of so many cells.
_CELLS: Final = 4_000_000


@dataclass(frozen=True, eq=False)
class Draws:
    """Counts of each path in r resamples, [r, p] each.

    `noise` is how much the value of a path's drawn conversions differs from their
    number times the path's mean, in currency.
    """

    conversions: Floats
    others: Floats
    noise: Floats

    def times(self, paths: Paths) -> Floats:
        """Drawn conversions per observed one, [r, p]; 0 where there was none."""
        some = paths.conversions > 0
        return np.divide(
            self.conversions,
            paths.conversions,
            out=np.zeros_like(self.conversions),
            where=some,
        )


def observed(paths: Paths) -> Draws:
    """What happened, as a single draw."""
    return Draws(
        paths.conversions[None], paths.others[None], np.zeros((1, paths.lengths.size))
    )


def draws(paths: Paths, resamples: int, seed: int) -> Iterator[Draws]:
    """Draw resamples in blocks, the same for the same seed."""
    rng = np.random.default_rng(seed)
    size = paths.lengths.size
    block = max(1, _CELLS // size)
    spread = np.sqrt(paths.value_variance)
    varies = np.flatnonzero(spread > 0)
    for begin in range(0, resamples, block):
        shape = (min(block, resamples - begin), size)
        conversions = _poisson(rng, paths.conversions, shape)
        others = _poisson(rng, paths.others, shape)
        noise = np.zeros(shape)
        normal = rng.standard_normal((shape[0], varies.size))
        noise[:, varies] = np.sqrt(conversions[:, varies]) * spread[varies] * normal
        yield Draws(conversions, others, noise)


def _poisson(rng: np.random.Generator, mean: Floats, shape: tuple[int, int]) -> Floats:
    drawn = np.zeros(shape)
    some = np.flatnonzero(mean > 0)
    drawn[:, some] = rng.poisson(mean[some], (shape[0], some.size))
    return drawn
