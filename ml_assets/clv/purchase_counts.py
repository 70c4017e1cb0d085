"""How many purchases a living customer of the BG/NBD family makes: P(Y >= n).

Given that a customer is one at T with j of k stages behind, lambda is
Gamma(r+kx+j, alpha+T) and p is Beta(a, b+x+d). The n-th purchase happens within t
when nk - j stages do and none of the n - 1 purchases before it was the last::

    P(Y >= n) = I_q(nk-j, r+kx+j) * B(a, b+x+d+n-1) / B(a, b+x+d),  q = t/(alpha+T+t)

with I the regularised incomplete beta function. Sums of it give the moments:
E[Y] = sum P(Y >= n), E[Y^2] = sum (2n-1) P(Y >= n). Every term is between 0 and 1,
so nothing overflows or cancels, for any k.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, xlog1py, xlogy

from ml_assets.clv.histories import Floats
from ml_assets.clv.models.bg_nbd_likelihood import Shape

__all__ = ["count_moments", "expected_count", "probability_of_at_least"]

Parameters: TypeAlias = tuple[float, float, float, float]

# Purchases less likely than this are not counted any more.
_NEGLIGIBLE = 1e-11
# Of the pairs looked at, when fewer than this share are left the others are let go.
_SHRINKS = 0.7
# Stages between two calls of the function, and pairs, per stage of a purchase, for
# which it is called each time.
_ANCHORED, _FEW = 64, 32


def probability_of_at_least(  # noqa: PLR0913, PLR0917 - one formula, its symbols
    parameters: Parameters,
    shape: Shape,
    count: Floats,
    horizon: Floats,
    x: Floats,
    age: Floats,
    phase: int = 0,
) -> Floats:
    """P(Y >= count | a customer at T, `phase` stages behind); broadcast."""
    r, alpha, a, b = parameters
    stages = r + shape.regularity * x + phase
    needed = np.maximum(count * shape.regularity - phase, 1)
    happened = betainc(needed, stages, horizon / (alpha + age + horizon))
    stayed = _stayed(a, b + x + shape.leaves_at_first, count - 1)
    return np.where(count > 0, happened * stayed, 1.0)


def expected_count(  # noqa: PLR0913, PLR0917 - one formula, its symbols
    parameters: Parameters,
    shape: Shape,
    horizon: Floats,
    x: Floats,
    age: Floats,
    phase_weights: Floats,
) -> Floats:
    """E[purchases in (T, T+t]], shape of x followed by that of the horizon.

    Parameters
    ----------
    phase_weights : ndarray, shape (n, k)
        P(still a customer with j stages behind).
    """
    mean, _ = count_moments(parameters, shape, horizon, x, age)
    weights = phase_weights[..., None, :] if horizon.ndim else phase_weights
    return np.asarray((mean * weights).sum(axis=-1))


def count_moments(
    parameters: Parameters, shape: Shape, horizon: Floats, x: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """E[Y] and E[Y^2] of living customers, by phase.

    Both depend on x and T only, and companies have few distinct pairs of them: each
    pair is evaluated once.

    Returns
    -------
    two ndarrays, shape x.shape + horizon.shape + (k,)
    """
    distinct, code = _distinct_pairs(np.ravel(x), np.ravel(age))
    times = np.atleast_1d(horizon)
    full = np.shape(x) + np.shape(horizon) + (shape.regularity,)
    first = np.empty((len(distinct), times.size, shape.regularity))
    second = np.empty_like(first)
    for column, time in enumerate(times):
        for phase in range(shape.regularity):
            moments = _summed(parameters, shape, float(time), distinct, phase)
            first[:, column, phase], second[:, column, phase] = moments
    return first[code].reshape(full), second[code].reshape(full)


def _distinct_pairs(x: Floats, age: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Distinct pairs, shape (m, 2), and for each customer, (n,), which it has."""
    order = np.lexsort((age, x))
    pairs = np.column_stack([x, age])[order]
    is_another = np.ones(order.size, dtype=bool)
    is_another[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    code = np.empty(order.size, dtype=np.intp)
    code[order] = np.cumsum(is_another) - 1
    return pairs[is_another], code


def _summed(
    parameters: Parameters, shape: Shape, horizon: float, pairs: Floats, phase: int
) -> tuple[Floats, Floats]:
    """Shapes (m, 2) -> (m,), (m,): add up the purchases until they are negligible."""
    r, alpha, a, b = parameters
    k = shape.regularity
    x, age = pairs[:, 0], pairs[:, 1]
    stages, stays = r + k * x + phase, b + x + shape.leaves_at_first
    q = horizon / (alpha + age + horizon)
    happened = _Stages(k - phase, stages, q)
    first, second, stayed = np.zeros(x.size), np.zeros(x.size), np.ones(x.size)
    going, count = np.arange(x.size), 0
    left = going if q.any() else going[:0]
    while left.size:
        count += 1
        tail = stayed * happened.chance
        first[going] += tail
        second[going] += (2 * count - 1) * tail
        stayed *= (stays + count - 1) / (a + stays + count - 1)
        left = np.flatnonzero(tail > _NEGLIGIBLE)
        # Few leave at a time: to go on without them costs more than to drag them along.
        if left.size <= _SHRINKS * tail.size:
            going, stayed, stays = going[left], stayed[left], stays[left]
            happened.keep(left)
        happened.advance(k)
    return first, second


class _Stages:
    """I_q(needed, stages): the chance of so many further stages, one after the other.

    I_q(n+1, s) = I_q(n, s) - q^n (1-q)^s / (n B(n, s)), DLMF 8.17.20: for many pairs
    far cheaper than the function, which is asked anew every `_ANCHORED` stages, so that
    roundings stay far below `_NEGLIGIBLE`.
    """

    def __init__(self, needed: int, stages: Floats, q: Floats) -> None:
        self._needed, self._stages, self._q = needed, stages, q
        self._anchor()

    def _anchor(self) -> None:
        n, s, q = float(self._needed), self._stages, self._q
        self.chance = betainc(n, s, q)
        # What is too small to be written down stays far below a rounding until next.
        log_step = xlogy(n, q) + xlog1py(s, -q) - np.log(n) - betaln(n, s)
        self._step, self._left = np.exp(log_step), _ANCHORED

    def keep(self, which: npt.NDArray[np.intp]) -> None:
        """Go on with these alone."""
        self._stages, self._q = self._stages[which], self._q[which]
        self.chance, self._step = self.chance[which], self._step[which]

    def advance(self, stages: int) -> None:
        """So many more are needed."""
        if self._q.size < _FEW * stages:
            self._needed += stages
            self.chance = betainc(self._needed, self._stages, self._q)
            return
        for _ in range(stages):
            self.chance -= self._step
            self._step *= self._q * (self._needed + self._stages) / (self._needed + 1)
            self._needed += 1
        self._left -= stages
        if self._left <= 0:
            self._anchor()


def _stayed(a: float, stays: Floats, times: Floats) -> Floats:
    """E[(1-p)^times] for p ~ Beta(a, stays)."""
    log_ratio = betaln(a, stays + np.maximum(times, 0)) - betaln(a, stays)
    return np.asarray(np.exp(log_ratio))
