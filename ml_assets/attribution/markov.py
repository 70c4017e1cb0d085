"""Attribution by removal effects of an absorbing Markov chain, solved, not simulated.

Anderl, Becker, von Wangenheim & Schumann (2016), "Mapping the customer journey",
International Journal of Research in Marketing 33(3); working paper 2014. States are the
last k channels of a journey, between a start and the two ends "converted" and "left".
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import splu

from ml_assets.attribution.paths import Floats, Ints, Paths, totals

__all__ = ["Chain", "Counts", "build_chain", "count", "removal_effects"]

# Below this many states a dense solve is the faster one.
DENSE_STATES: Final = 400
# What solving leaves of an effect that is none.
_NOISE: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Chain:
    """What the paths with touches say about moves, before they are counted.

    `moves` [pairs, p] is how often a path makes each move `origin` to `target` (state
    numbers, [pairs]); `first` and `last` [p] are the states it begins and ends in, -1
    without touches; `channel` [states] is the newest channel of each state.
    """

    channel: Ints
    origin: Ints
    target: Ints
    moves: sparse.csr_array
    first: Ints
    last: Ints

    @property
    def states(self) -> int:
        """How many different memories occur."""
        return int(self.channel.size)


@dataclass(frozen=True, eq=False)
class Counts:
    """Counted moves; leading dimensions, if any, are resamples.

    `moved` [..., pairs]; `begun`, `converted`, `valued` (in currency) and `left`
    [..., states].
    """

    moved: Floats
    begun: Floats
    converted: Floats
    valued: Floats
    left: Floats


def build_chain(paths: Paths, order: int) -> Chain:
    """The states and moves of paths, remembering `order` channels."""
    state, newest = _states(paths, order)
    lengths, starts = paths.lengths, paths.starts
    path = np.repeat(np.arange(lengths.size), lengths)
    inner = np.flatnonzero(np.diff(path) == 0)
    width = max(newest.size, 1)
    pair, distinct = pd.factorize(state[inner] * width + state[inner + 1])
    some = lengths > 0
    first = np.full(lengths.size, -1, dtype=np.int64)
    last = first.copy()
    first[some] = state[starts[:-1][some]]
    last[some] = state[starts[1:][some] - 1]
    return Chain(
        channel=newest,
        origin=np.asarray(distinct // width),
        target=np.asarray(distinct % width),
        moves=sparse.csr_array(
            (np.ones(inner.size), (pair, path[inner])),
            shape=(len(distinct), lengths.size),
        ),
        first=first,
        last=last,
    )


def _states(paths: Paths, order: int) -> tuple[Ints, Ints]:
    """The number of the state after each touch, and each state's newest channel."""
    channels = len(paths.channels)
    position = np.arange(paths.touches.size) - np.repeat(
        paths.starts[:-1], paths.lengths
    )
    state = paths.touches
    for back in range(1, order):
        # Code 0 is "before the journey".
        older = np.zeros(state.size, dtype=np.int64)
        reaches = position >= back
        older[reaches] = 1 + paths.touches[np.flatnonzero(reaches) - back]
        found, _ = pd.factorize(state * (channels + 1) + older)
        state = found.astype(np.int64)
    found, _ = pd.factorize(state)
    newest = np.zeros(found.max(initial=-1) + 1, dtype=np.int64)
    newest[found] = paths.touches
    return found.astype(np.int64), newest


def count(chain: Chain, conversions: Floats, others: Floats, value: Floats) -> Counts:
    """Moves of journeys taken so often: `conversions`, `others`, `value` [..., p]."""
    some = chain.first >= 0
    begin, end = (
        sparse.csr_array(
            (np.ones(some.sum()), (np.flatnonzero(some), state[some])),
            shape=(some.size, chain.states),
        )
        for state in (chain.first, chain.last)
    )
    taken = conversions + others
    return Counts(
        moved=np.asarray(taken @ chain.moves.T),
        begun=np.asarray(taken @ begin),
        converted=np.asarray(conversions @ end),
        valued=np.asarray(value @ end),
        left=np.asarray(others @ end),
    )


def removal_effects(
    chain: Chain, counts: Counts, channels: int
) -> tuple[Floats, Floats]:
    """Part of conversions, and of value, lost without a channel: [..., channels] each.

    With r the chance (or mean value) of converting next and Q the moves between
    states, a journey from state s brings h(s) of h = (I - Q)^-1 r. Without channel c
    whoever would enter a state whose newest channel is c leaves. The effect is
    1 - h_without(start) / h(start), 0 where nothing is brought at all.
    """
    solve = _dense if chain.states <= DENSE_STATES else _sparse
    whole = solve(chain, counts, -1)
    effects = np.zeros((*whole.shape[:-1], channels, 2))
    for channel in np.unique(chain.channel):
        without = solve(chain, counts, int(channel))
        effects[..., channel, :] = 1 - np.divide(
            without, whole, out=np.ones_like(whole), where=whole != 0
        )
    effects[np.abs(effects) < _NOISE] = 0.0
    return effects[..., 0], effects[..., 1]


def _dense(chain: Chain, counts: Counts, removed: int) -> Floats:
    """Expected conversions and value of a journey, [..., 2], with numpy."""
    kept = chain.channel != removed
    shape = (*counts.begun.shape[:-1], chain.states, chain.states)
    moved = np.zeros(shape)
    moved[..., chain.origin, chain.target] = counts.moved
    out = moved.sum(axis=-1) + counts.converted + counts.left
    out = np.where(out > 0, out, 1.0)
    system = np.eye(chain.states) - moved / out[..., None] * kept
    ends = np.stack([counts.converted, counts.valued], axis=-1) / out[..., None]
    brought = np.linalg.solve(system, ends)
    begun = counts.begun * kept
    journeys = np.maximum(counts.begun.sum(axis=-1, keepdims=True), 1e-300)
    return np.asarray(((begun / journeys)[..., None] * brought).sum(axis=-2))


def _sparse(chain: Chain, counts: Counts, removed: int) -> Floats:
    """The same, [1, 2], for many states: one draw, only the moves that occur."""
    kept = chain.channel != removed
    size = chain.states
    (moved,), (begun,) = counts.moved, counts.begun
    out = totals(chain.origin, moved, size) + counts.converted[0] + counts.left[0]
    stays = kept[chain.target]
    origin, target = chain.origin[stays], chain.target[stays]
    moves = sparse.csc_array(
        (moved[stays] / out[origin], (origin, target)), shape=(size, size)
    )
    system = splu(sparse.csc_array(sparse.eye_array(size, format="csc") - moves))
    ends = np.stack([counts.converted[0], counts.valued[0]], axis=-1) / out[:, None]
    return np.asarray((begun * kept / begun.sum()) @ system.solve(ends))[None]
