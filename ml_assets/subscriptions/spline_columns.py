"""Numbers turned into columns of a line with bends, so that a logistic can bend too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ml_assets.subscriptions.reading import Bools, Floats

__all__ = ["SplineColumns", "spline_columns"]

_BENDS = 5
_MOST_IN_PAIRS = 15


@dataclass(frozen=True)
class SplineColumns:
    """Of each feature its value and ``max(value - bend, 0)`` of every bend.

    With ``in_pairs`` also the products of two features, each bent at its median.
    Beyond what was seen a feature stays at its last value; what is unknown is at its
    median, and a column says so where that was seen.
    """

    bends: tuple[Floats, ...]
    least: Floats
    most: Floats
    median: Floats
    scale: Floats
    had_unknown: Bools
    in_pairs: bool

    def __call__(self, features: Floats) -> Floats:
        """Columns, shape (n, k), of features of shape (n, m)."""
        unknown = np.isnan(features)
        filled = np.where(unknown, self.median, features)
        values = np.clip(filled, self.least, self.most)
        values = (values - self.median) / self.scale
        parts = [_bent(values[:, at], bends) for at, bends in enumerate(self.bends)]
        if self.in_pairs:
            middle = np.zeros(1)
            small = [_bent(values[:, at], middle) for at in range(values.shape[1])]
            parts += [
                (one[:, :, None] * other[:, None, :]).reshape(len(values), -1)
                for one, other in combinations(small, 2)
            ]
        return np.column_stack([*parts, unknown[:, self.had_unknown]])


def spline_columns(features: Floats, *, in_pairs: bool) -> SplineColumns:
    """Bends at the quantiles of what is known of each feature, shape (n, m).

    Of more than 15 features no pairs are made.
    """
    known = [column[~np.isnan(column)] for column in features.T]
    known = [column if column.size else np.zeros(1) for column in known]
    median = np.array([np.median(column) for column in known])
    spread = np.array([column.std() for column in known])
    scale = np.where(spread > 0, spread, 1.0)
    inner = np.linspace(0, 1, _BENDS + 2)[1:-1]
    return SplineColumns(
        bends=tuple(
            np.unique((np.quantile(column, inner) - middle) / wide)
            for column, middle, wide in zip(known, median, scale, strict=True)
        ),
        least=np.array([column.min() for column in known]),
        most=np.array([column.max() for column in known]),
        median=median,
        scale=scale,
        had_unknown=np.asarray(np.isnan(features).any(axis=0)),
        in_pairs=in_pairs and features.shape[1] <= _MOST_IN_PAIRS,
    )


def _bent(value: Floats, bends: Floats) -> Floats:
    return np.column_stack([value, np.maximum(value[:, None] - bends, 0)])
