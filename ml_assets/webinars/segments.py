"""Kinds of people in an audience, by what they did: k-means, as many as are stable.

Lloyd's k-means (Lloyd, 1982, *IEEE Transactions on Information Theory* 28) on
winsorised, standardised features. Of the numbers of groups from 2 to 8, those hold
whose groups come back in bootstrap samples: mean Jaccard similarity of each group of
.75 and more (Hennig, 2007, *Computational Statistics & Data Analysis* 52) and a mean
adjusted Rand index of .8 and more (Hubert & Arabie, 1985, *Journal of Classification*
2), and whose smallest group is 5 % of the people, apart by a silhouette of .25 and more
(less is no structure: Kaufman & Rousseeuw, 1990, *Finding Groups in Data*, table 4). Of
these the best silhouette (Rousseeuw, 1987, *Journal of Computational and Applied
Mathematics* 20) decides; who is within .02 of it is as good, and the fewest groups are
taken. Outcomes are no features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import ClusterError, kmeans2
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import comb

from ml_assets.webinars.errors import TooFewPeople
from ml_assets.webinars.leads import Floats

__all__ = [
    "MINIMUM_PEOPLE",
    "Candidate",
    "Ints",
    "Segments",
    "graded",
    "matched",
    "rand_index",
    "segment",
]

Ints = NDArray[np.int64]
#: Fewer are described one by one.
MINIMUM_PEOPLE: Final = 100
_MOST: Final = 8
_SAMPLES: Final = 50
_STARTS: Final = 8
_LEAST_JACCARD: Final = 0.75
_LEAST_RAND: Final = 0.8
_LEAST_SHARE: Final = 0.05
_LEAST_SILHOUETTE: Final = 0.25
_TIE: Final = 0.02
_DRAWN: Final = 1500


@dataclass(frozen=True)
class Candidate:
    """A number of groups and how it fared.

    Attributes
    ----------
    jaccard
        The least, over groups, of the mean similarity to the nearest in a sample (0-1).
    rand
        Mean adjusted Rand index over samples (1 for the same groups, 0 for chance).
    smallest_share
        People of the smallest group, of all (0-1).
    """

    count: int
    silhouette: float
    jaccard: float
    rand: float
    smallest_share: float

    @property
    def is_stable(self) -> bool:
        """Whether its groups are apart, come back, and none is a handful of people."""
        return (
            self.silhouette >= _LEAST_SILHOUETTE
            and self.jaccard >= _LEAST_JACCARD
            and self.rand >= _LEAST_RAND
            and self.smallest_share >= _LEAST_SHARE
        )


@dataclass(frozen=True)
class Segments:
    """Groups of people; `labels` is None where no number of groups is stable.

    Attributes
    ----------
    labels
        Shape (people,): the group of each, from 0.
    candidates
        Numbers of groups that were tried, by count.
    """

    labels: Ints | None
    candidates: tuple[Candidate, ...]


def segment(features: Floats, rng: np.random.Generator) -> Segments:
    """Groups of people alike.

    Parameters
    ----------
    features
        Shape (people, features); at least `MINIMUM_PEOPLE`, all finite, larger is more.

    Raises
    ------
    TooFewPeople
    """
    if len(features) < MINIMUM_PEOPLE:
        raise TooFewPeople(f"{len(features)} people, less than {MINIMUM_PEOPLE}")
    places = _standardised(features)
    different = len(np.unique(places, axis=0))
    tried = []
    for count in range(2, min(_MOST, different - 1) + 1):
        labels = _labels(_centres(places, count, rng), places)
        if len(np.unique(labels)) == count:
            tried.append((_candidate(places, labels, count, rng), labels))
    stable = [(each, labels) for each, labels in tried if each.is_stable]
    chosen = None
    if stable:
        best = max(each.silhouette for each, _ in stable)
        chosen = next(
            labels for each, labels in stable if each.silhouette >= best - _TIE
        )
    return Segments(chosen, tuple(each for each, _ in tried))


def matched(
    now: Floats, before: Floats, names: Sequence[int], scale: Floats
) -> tuple[int, ...]:
    """Names for groups: those of the groups of the last run that they are nearest to.

    Each name is given once, so that the distances add up to the least (Kuhn, 1955,
    *Naval Research Logistics Quarterly* 2); who finds none gets one that the last run
    did not have.

    Parameters
    ----------
    now, before
        Shape (groups, features): mean features of each group.
    names
        Of the groups before.
    scale
        Shape (features,): what one unit of distance is, positive.
    """
    found: dict[int, int] = {}
    if len(before):
        rows, columns = linear_sum_assignment(cdist(now / scale, before / scale))
        found = {int(r): names[int(c)] for r, c in zip(rows, columns, strict=True)}
    unused = iter(range(max(names, default=0) + 1, max(names, default=0) + 99))
    return tuple(
        found[group] if group in found else next(unused) for group in range(len(now))
    )


def _standardised(features: Floats) -> Floats:
    """Without extremes, log of what is skewed, mean 0 and variance 1; constants go."""
    low, high = np.quantile(features, [0.01, 0.99], axis=0)
    kept = np.clip(features, low, high)
    centred = kept - kept.mean(axis=0)
    spread = kept.std(axis=0)
    is_told = spread > 1e-9
    kept, centred, spread = kept[:, is_told], centred[:, is_told], spread[is_told]
    skew = (centred**3).mean(axis=0) / spread**3
    is_skewed = (skew > 1) & (kept.min(axis=0, initial=0) >= 0)
    kept[:, is_skewed] = np.log1p(kept[:, is_skewed])
    return np.asarray((kept - kept.mean(axis=0)) / kept.std(axis=0), dtype=np.float64)


def _centres(places: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Of several starts, the centres with the least squared distance."""
    found: list[tuple[float, Floats]] = []
    for _ in range(_STARTS):
        try:
            centres, _ = kmeans2(places, count, minit="++", missing="raise", rng=rng)
        except ClusterError:
            continue
        cost = float((cdist(places, centres).min(axis=1) ** 2).sum())
        found.append((cost, np.asarray(centres, dtype=np.float64)))
    return min(found, key=lambda each: each[0])[1] if found else places[:count]


def _labels(centres: Floats, places: Floats) -> Ints:
    return np.asarray(cdist(places, centres).argmin(axis=1), dtype=np.int64)


def _candidate(
    places: Floats, labels: Ints, count: int, rng: np.random.Generator
) -> Candidate:
    again = []
    for _ in range(_SAMPLES):
        drawn = places[rng.integers(0, len(places), len(places))]
        again.append(_labels(_centres(drawn, count, rng), places))
    return graded(places, labels, np.array(again), rng)


def graded(
    places: Floats, labels: Ints, again: Ints, rng: np.random.Generator
) -> Candidate:
    """How good groups are, and whether they come back.

    Parameters
    ----------
    places
        Shape (people, features), standardised.
    labels
        Shape (people,): the group of each, from 0.
    again
        Shape (samples, people): the same by groups found in bootstrap samples.
    """
    tables = [_table(labels, each) for each in again]
    sizes = np.bincount(labels)
    return Candidate(
        len(sizes),
        _silhouette(places, labels, rng),
        float(np.mean([_jaccard(each) for each in tables], axis=0).min()),
        float(np.mean([_rand(each) for each in tables])),
        float(sizes.min() / len(labels)),
    )


def rand_index(labels: Ints, others: Ints) -> float:
    """Adjusted Rand index of two groupings of the same people: 1 alike, 0 by chance."""
    return _rand(_table(labels, others))


def _table(labels: Ints, others: Ints) -> Floats:
    """Shape (groups, groups): people of a group of one and a group of the other."""
    table = np.zeros((labels.max() + 1, others.max() + 1))
    np.add.at(table, (labels, others), 1)
    return table


def _jaccard(table: Floats) -> Floats:
    """Shape (groups,): how alike each is to the group most alike in the other."""
    either = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    return np.asarray((table / np.maximum(either, 1)).max(axis=1), dtype=np.float64)


def _rand(table: Floats) -> float:
    """Adjusted Rand index of a contingency table."""
    both = comb(table, 2).sum()
    rows, columns = comb(table.sum(axis=1), 2).sum(), comb(table.sum(axis=0), 2).sum()
    chance = rows * columns / comb(table.sum(), 2)
    most = (rows + columns) / 2
    return 1.0 if most == chance else float((both - chance) / (most - chance))


def _silhouette(places: Floats, labels: Ints, rng: np.random.Generator) -> float:
    """Mean silhouette, of at most 1,500 people drawn."""
    if len(places) > _DRAWN:
        drawn = rng.choice(len(places), _DRAWN, replace=False)
        places, labels = places[drawn], labels[drawn]
    far = cdist(places, places)
    groups = np.unique(labels)
    sums = np.stack([far[:, labels == each].sum(axis=1) for each in groups], axis=1)
    sizes = np.array([(labels == each).sum() for each in groups])
    own = np.searchsorted(groups, labels)
    people = np.arange(len(labels))
    within = sums[people, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[people, own] = np.inf
    nearest = means.min(axis=1)
    widths = (nearest - within) / np.maximum(np.maximum(nearest, within), 1e-12)
    widths[sizes[own] == 1] = 0
    return float(widths.mean())
