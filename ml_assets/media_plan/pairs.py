"""Channels that move together are advised on together: their split stays as it is."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.mmm import MediaMix
from ml_assets.mmm.identifiability import separable_pairs

__all__ = ["as_pairs", "inseparable"]

Floats = npt.NDArray[np.float64]

_TOGETHER: Final = 0.95


def inseparable(mix: MediaMix) -> list[list[int]]:
    """Positions of channels whose spend moves as one and whose shares nobody knows."""
    pairs = separable_pairs(mix)
    close = pairs[~pairs["is_separable"] & (pairs["correlation_of_spend"] > _TOGETHER)]
    groups: list[set[int]] = []
    for one, other in zip(close["channel"], close["other"], strict=True):
        pair = {mix.position(one), mix.position(other)}
        apart = [group for group in groups if not group & pair]
        groups = [*apart, pair.union(*(group for group in groups if group & pair))]
    return [sorted(group) for group in groups]


def as_pairs(groups: Sequence[Sequence[int]], plans: Floats, now: Floats) -> Floats:
    """Plans, shape (m, c), in which each group keeps its split of `now`, shape (c,)."""
    kept = np.array(plans, dtype=np.float64)
    for group in map(list, groups):
        spent = now[group]
        split = (
            spent / spent.sum()
            if spent.sum()
            else np.full(len(group), 1.0) / len(group)
        )
        kept[:, group] = kept[:, group].sum(axis=1, keepdims=True) * split
    return kept
