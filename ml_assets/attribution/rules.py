"""Rules that share out each journey by itself: heuristics, time decay, Shapley.

A rule is a matrix of shares, [paths, channels], whose rows sum to 1. What a channel is
credited with is then a weighted sum of rows: no conversion is lost or told twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse

from ml_assets.attribution.paths import Floats, Ints, Paths, totals
from ml_assets.attribution.resampling import Draws

__all__ = ["HALF_LIFE_DAYS", "SHARES", "Credits", "shapley", "shared", "time_decay"]

# A touch a week earlier counts half: what web analytics tools take by default.
HALF_LIFE_DAYS: Final = 7.0
# Position-based ("U-shaped"): ends and middle.
_END: Final = 0.4
_MIDDLE: Final = 0.2
_TINY: Final = 1e-300


@dataclass(frozen=True, eq=False)
class Credits:
    """What a rule does with each path.

    `shares` [p, channels] of one conversion; `value` [p, channels] in currency, of all
    the path's conversions.
    """

    paths: Paths
    shares: sparse.csr_array
    value: sparse.csr_array

    def of(self, draws: Draws) -> tuple[Floats, Floats]:
        """Conversions and value of each channel, [r, channels] each."""
        conversions = np.asarray(draws.conversions @ self.shares)
        value = draws.times(self.paths) @ self.value + draws.noise @ self.shares
        return conversions, np.asarray(value)


def shared(paths: Paths, method: str) -> Credits:
    """Credits of the heuristic called `method`, a key of SHARES."""
    lengths = np.repeat(paths.lengths, paths.lengths)
    position = np.arange(lengths.size) - np.repeat(paths.starts[:-1], paths.lengths)
    return _alike(paths, paths.credits(SHARES[method](position, lengths)))


def shapley(paths: Paths) -> Credits:
    """Shapley value of the game over channel sets, exact for any number of channels.

    Zhao, Mahboobi & Bagheri (2018), "Shapley Value Methods for Attribution Modeling in
    Online Advertising", section 3.1. The worth of a coalition S is what the paths made
    with channels of S alone brought:

        v(S) = sum over sets T within S of R(T)

    so v is a sum of unanimity games and, the value being linear, the sum over all
    coalitions collapses to R(T) shared equally by the channels of T:

        phi_c = sum over sets T containing c of R(T) / |T|

    A repeated touch counts once. Journeys that did not convert add nothing.
    """
    present = paths.credits(np.ones(paths.touches.size))
    present.sum_duplicates()
    present.data[:] = 1.0
    each = sparse.diags_array(1.0 / present.sum(axis=1))
    return _alike(paths, sparse.csr_array(each @ present))


def time_decay(paths: Paths, half_life_days: float) -> Credits:
    """Touches weigh 2^(-age / half-life), rescaled to 1 within each journey.

    Age is days before the conversion. As weights are rescaled, counting from the
    journey's last touch gives the same, and needs no time of conversion. Journeys of
    one path differ here: its shares are their mean over conversions.
    """
    journeys = paths.journeys
    assert journeys.age_days is not None  # noqa: S101 - compare() has looked
    lengths = np.diff(journeys.starts)
    owner = np.repeat(np.arange(lengths.size), lengths)
    weights = np.exp2(-journeys.age_days / half_life_days)
    weights /= np.bincount(owner, weights, minlength=lengths.size)[owner]
    where = _touch_of_path(paths, lengths)

    def per_touch(amounts: Floats) -> Floats:
        weighted = weights * amounts[owner]
        return totals(where, weighted, paths.touches.size)

    times = np.repeat(np.maximum(paths.conversions, _TINY), paths.lengths)
    shares = paths.credits(per_touch(journeys.conversions) / times)
    if journeys.value is None:
        return _alike(paths, shares)
    untouched = sparse.diags_array(np.where(paths.has_touches, 1.0, paths.value))
    value = untouched @ paths.credits(per_touch(journeys.value))
    return Credits(paths, shares, sparse.csr_array(value))


def _touch_of_path(paths: Paths, lengths: Ints) -> Ints:
    """For each touch of the journeys, the same touch of the journey's path."""
    inside = np.arange(lengths.sum()) - np.repeat(paths.journeys.starts[:-1], lengths)
    return np.asarray(np.repeat(paths.starts[paths.path_of], lengths) + inside)


def _alike(paths: Paths, shares: sparse.csr_array) -> Credits:
    """Value shared as conversions are."""
    value = sparse.diags_array(paths.value) @ shares
    return Credits(paths, shares, sparse.csr_array(value))


def _first(position: Ints, lengths: Ints) -> Floats:
    del lengths
    return np.asarray(position == 0, dtype=np.float64)


def _last(position: Ints, lengths: Ints) -> Floats:
    return np.asarray(position == lengths - 1, dtype=np.float64)


def _linear(position: Ints, lengths: Ints) -> Floats:
    del position
    return np.asarray(1.0 / lengths)


def _position_based(position: Ints, lengths: Ints) -> Floats:
    """40 % first, 40 % last, 20 % between; halves for two touches, all for one."""
    is_end = (position == 0) | (position == lengths - 1)
    middle = _MIDDLE / np.maximum(lengths - 2, 1)
    weights = np.where(is_end, _END, middle)
    return np.asarray(np.where(lengths <= 2, 1.0 / lengths, weights))


SHARES: Final[dict[str, Callable[[Ints, Ints], Floats]]] = {
    "first": _first,
    "last": _last,
    "linear": _linear,
    "position_based": _position_based,
}
