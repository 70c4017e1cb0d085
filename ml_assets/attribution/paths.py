"""Journeys that took the same way, collapsed to one path with counts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

__all__ = [
    "NO_TOUCH",
    "Floats",
    "Ints",
    "Journeys",
    "Note",
    "Paths",
    "collapse",
    "totals",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Journeys nobody saw begin. Counted and shown under this name, by every method alike.
NO_TOUCH: Final = "unknown"


@dataclass(frozen=True)
class Note:
    """Something the reader of the numbers must know: a short name and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, eq=False)
class Journeys:
    """Journeys as read: n of them, touches one after the other in time.

    `starts` [n + 1] says where each begins in `touches` (codes of `channels`);
    `conversions`, `others` (that did not convert) and `value` are per journey, or per
    row of a table that counts journeys already. `age_days` [touches] is the time from
    a touch to its journey's last; None when the table has no times.
    """

    channels: list[str]
    starts: Ints
    touches: Ints
    conversions: Floats
    others: Floats
    value: Floats | None
    age_days: Floats | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Paths:
    """Distinct paths, p of them, and how often each was taken.

    `value_variance` [p] is that of the values of a path's conversions, in squared
    currency. `path_of` [n] leads back from the journeys. A path without touches has
    the channel NO_TOUCH in its credits.
    """

    journeys: Journeys
    channels: list[str]
    starts: Ints
    touches: Ints
    conversions: Floats
    others: Floats
    value: Floats
    value_variance: Floats
    path_of: Ints

    @property
    def lengths(self) -> Ints:
        """Number of touches of each path, [p]."""
        return np.diff(self.starts)

    @property
    def has_touches(self) -> npt.NDArray[np.bool_]:
        """Whether anything is known of a path, [p]."""
        return self.lengths > 0

    def credits(self, weights: Floats) -> sparse.csr_array:
        """Per touch weights as credits, [p, channels]; rows sum to what weights do.

        A path without touches credits NO_TOUCH with all of it.
        """
        empty = self.lengths == 0
        where = self.starts[:-1][empty]
        code = self.channels.index(NO_TOUCH) if where.size else 0
        return sparse.csr_array(
            (
                np.insert(weights, where, 1.0),
                np.insert(self.touches, where, code),
                self.starts + np.concatenate([[0], np.cumsum(empty)]),
            ),
            shape=(empty.size, len(self.channels)),
        )


def totals(where: Ints, amounts: Floats, size: int = 0) -> Floats:
    """Sums of `amounts` by place, at least `size` places."""
    return np.bincount(where, amounts, minlength=size).astype(np.float64)


def collapse(journeys: Journeys) -> Paths:
    """Count equal journeys once: all methods depend on paths and counts only."""
    lengths = np.diff(journeys.starts)
    nodes = _nodes(journeys, lengths)
    path_of, _ = pd.factorize(nodes)
    path_of = path_of.astype(np.int64)
    samples = np.flatnonzero(np.diff(np.maximum.accumulate(path_of), prepend=-1))
    kept = lengths[samples]
    starts = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    inside = np.arange(starts[-1]) - np.repeat(starts[:-1], kept)
    touches = journeys.touches[np.repeat(journeys.starts[samples], kept) + inside]
    channels = list(journeys.channels)
    if (kept == 0).any() and NO_TOUCH not in channels:
        channels.append(NO_TOUCH)
    value = journeys.value
    amounts = np.zeros(lengths.size) if value is None else value
    count = totals(path_of, journeys.conversions)
    total = totals(path_of, amounts)
    return Paths(
        journeys=journeys,
        channels=channels,
        starts=starts,
        touches=touches,
        conversions=count,
        others=totals(path_of, journeys.others),
        value=total,
        value_variance=_variance(path_of, journeys.conversions, amounts, count, total),
        path_of=path_of,
    )


def _nodes(journeys: Journeys, lengths: Ints) -> Ints:
    """Where each journey ends in the tree of all beginnings: equal ways, equal node."""
    nodes = np.zeros(lengths.size, dtype=np.int64)
    active = np.flatnonzero(lengths > 0)
    made, width, depth = 1, max(len(journeys.channels), 1), 0
    while active.size:
        step = journeys.touches[journeys.starts[active] + depth]
        found, distinct = pd.factorize(nodes[active] * width + step)
        nodes[active] = made + found
        made, depth = made + len(distinct), depth + 1
        active = active[lengths[active] > depth]
    return nodes


def _variance(
    path_of: Ints, conversions: Floats, amounts: Floats, count: Floats, total: Floats
) -> Floats:
    """Of the values of a path's conversions, each row at its mean: E v^2 - m^2."""
    some = conversions > 0
    squares = np.divide(amounts**2, conversions, out=np.zeros(some.size), where=some)
    known = count > 0
    mean = np.divide(total, count, out=np.zeros(count.size), where=known)
    summed = totals(path_of, squares)
    second = np.divide(summed, count, out=np.zeros(count.size), where=known)
    return np.asarray(np.maximum(second - mean**2, 0.0))
