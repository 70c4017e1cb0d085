"""ln(sum of exponentials) over histories, with its exact derivatives.

Every purchase model here says: either the customer is still one, or left at one of
several moments. The likelihood of a history is therefore a sum of a few terms, each
easy to differentiate; with s the share of each term,

    gradient = sum s g,    Hessian = sum s (H + g g') - gradient gradient'

where g and H belong to the logarithm of a term.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ml_assets.clv.histories import Floats
from ml_assets.clv.models.maximum_likelihood import Derivatives

__all__ = ["Component", "log_mixture", "log_sum", "pieces"]


# What a processor's cache holds is added up several times faster.
_VALUES_AT_ONCE = 8_192


class Component(NamedTuple):
    """Logarithms of m terms of the sum, for n histories and k parameters.

    `value` has shape (m, n), `slope` (k, m, n); `curvature` lists (row, column, values
    that broadcast to (m, n)) of the upper triangle of the Hessian, zeros left out.
    """

    value: Floats
    slope: Floats
    curvature: list[tuple[int, int, Floats]]


def log_sum(values: Floats | Iterable[Floats]) -> Floats:
    """ln(sum of exp) over equal shapes, of an array over its first axis; stable."""
    if isinstance(values, np.ndarray):
        highest = values.max(axis=0)
        return np.asarray(highest + np.log(np.exp(values - highest).sum(axis=0)))
    values = list(values)
    highest = np.maximum.reduce(values)
    total = np.zeros_like(highest)
    for value in values:
        total += np.exp(value - highest)
    return np.asarray(highest + np.log(total))


def log_mixture(
    components_of: Callable[[Floats, Floats, Floats], list[Component]],
    rows: tuple[Floats, Floats, Floats],
    weights: Floats,
    terms: int,
) -> Derivatives:
    """Weighted sum over histories of ln(sum of exp), gradient (k,), Hessian (k, k).

    Parameters
    ----------
    components_of : callable
        (x, t_x, age), shapes (n,), -> the terms of these histories.
    rows : (x, t_x, age), shapes (n,)
        Taken some at a time.
    weights : ndarray, shape (n,)
    terms : int
        How many terms a component has, at most.
    """
    parts = []
    for some in pieces(weights.size, terms):
        x, t_x, age = (column[some] for column in rows)
        parts.append(_mixture(components_of(x, t_x, age), weights[some]))
    values, gradients, hessians = zip(*parts, strict=True)
    return Derivatives(
        float(sum(values)), np.sum(gradients, axis=0), np.sum(hessians, axis=0)
    )


def pieces(rows: int, terms: int) -> Iterator[slice]:
    """Rows by some at a time, of which each has so many terms."""
    step = max(1, _VALUES_AT_ONCE // terms)
    for start in range(0, rows, step):
        yield slice(start, start + step)


def _mixture(
    components: list[Component], weights: Floats
) -> tuple[float, Floats, Floats]:
    values = [component.value for component in components]
    both = log_sum(values[0] if len(values) == 1 else np.concatenate(values))
    size = components[0].slope.shape[0]
    weighted_slope = np.zeros((size, both.size))
    hessian = np.zeros((size, size))
    for value, slope, curvature in components:
        share = np.exp(value - both)
        share *= weights
        shared_slope = share * slope
        weighted_slope += shared_slope.sum(axis=1)
        hessian += shared_slope.reshape(size, -1) @ slope.reshape(size, -1).T
        for row, column, bend in curvature:
            sum_of_bends = float((share * bend).sum())
            hessian[row, column] += sum_of_bends
            if row != column:
                hessian[column, row] += sum_of_bends
    hessian -= weighted_slope @ (weighted_slope / weights).T
    return float(weights @ both), weighted_slope.sum(axis=1), hessian
