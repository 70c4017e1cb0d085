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
from scipy.special import betainc, betaln

from ml_assets.clv.histories import Floats
from ml_assets.clv.models.bg_nbd_likelihood import Shape

__all__ = ["count_moments", "expected_count", "probability_of_at_least"]

Parameters: TypeAlias = tuple[float, float, float, float]

# Purchases less likely than this are not counted any more.
_NEGLIGIBLE = 1e-11


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
    first, second, stayed = np.zeros(x.size), np.zeros(x.size), np.ones(x.size)
    going = np.flatnonzero(q > 0)
    count = 0
    while going.size:
        count += 1
        tail = stayed[going] * betainc(count * k - phase, stages[going], q[going])
        first[going] += tail
        second[going] += (2 * count - 1) * tail
        stayed[going] *= (stays[going] + count - 1) / (a + stays[going] + count - 1)
        going = going[tail > _NEGLIGIBLE]
    return first, second


def _stayed(a: float, stays: Floats, times: Floats) -> Floats:
    """E[(1-p)^times] for p ~ Beta(a, stays)."""
    log_ratio = betaln(a, stays + np.maximum(times, 0)) - betaln(a, stays)
    return np.asarray(np.exp(log_ratio))
