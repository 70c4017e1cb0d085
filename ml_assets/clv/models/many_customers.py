"""Maxima over many customers, begun where those of fewer lie.

Every eighth customer gives nearly the same parameters for an eighth of the work, so
near that the last steps of Newton are all that is left for everybody.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from ml_assets.clv.errors import NotConverged
from ml_assets.clv.histories import Floats
from ml_assets.clv.models.maximum_likelihood import Derivatives, Maximum, maximise

__all__ = ["Customers", "maximum_over", "places_of_fewer"]

# So many customers are worth a fit of fewer before, to begin where it ends.
_MANY, _EVERY = 8_000, 8
# A prior holds parameters near 1: a search that begins far off only walks back.
_SENSIBLE_START = (1e-2, 1e2)


class Customers(Protocol):
    """What a likelihood is of: so many customers, and some of them."""

    @property
    def customers(self) -> int:
        """How many there are."""
        ...

    def fewer(self) -> Self | None:
        """Those at `places_of_fewer`; None where all of them are few already."""
        ...


Data = TypeVar("Data", bound=Customers)


def places_of_fewer(customers: int) -> npt.NDArray[np.int64] | None:
    """Every eighth of so many, shape (k,); None where all of them are few already."""
    if customers < _MANY:
        return None
    return np.arange(_EVERY // 2, customers, _EVERY)


def maximum_over(
    data: Data,
    objective: Callable[[Floats, Data], Derivatives],
    start: Callable[[Data], Floats],
    penalizer: float,
    prior_sd: float | None = None,
) -> Maximum:
    """`maximise` over customers: many of them begin where fewer of them ended.

    Parameters
    ----------
    objective : callable
        theta, shape (k,), and customers -> Derivatives of their mean log-likelihood.
    start : callable
        Customers -> theta where nothing nearer is known.
    prior_sd : float or None
        Standard deviation of a normal prior around 0 on the logarithm of each
        parameter, for all customers together.

    Raises
    ------
    NotConverged
    """
    begin, fewer = None, data.fewer()
    if fewer is not None:
        with suppress(NotConverged):
            nearby = maximum_over(fewer, objective, start, penalizer, prior_sd)
            begin = nearby.parameters
    if begin is None:
        begin = start(data)
    prior_weight = 0.0
    if prior_sd is not None:
        prior_weight = 1 / (data.customers * prior_sd**2)
        begin = np.clip(begin, *_SENSIBLE_START)
    return maximise(
        lambda theta: objective(theta, data), begin, penalizer, prior_weight
    )
