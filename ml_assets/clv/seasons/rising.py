"""Longer horizons never expect less, of a customer or of all, and the sums hold."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from ml_assets.clv.histories import Floats

__all__ = ["rising"]


def rising(alone: Sequence[Floats], totals: Sequence[float]) -> list[Floats]:
    """Estimates of the customers that rise with the horizon and add up to its total.

    Corrections differ by horizon. Who would be expected less than in the shorter one
    keeps what that said; the others are lowered together by as much as this adds.

    Parameters
    ----------
    alone : sequence of ndarray, shape (n,)
        What each horizon expects by itself, the shortest first.
    totals : sequence of float
        Their sums, none below the one before.
    """
    found: list[Floats] = []
    for each, total in zip(alone, totals, strict=True):
        found.append(_at_least(found[-1], each, total) if found else each)
    return found


def _at_least(least: Floats, each: Floats, total: float) -> Floats:
    """max(least, share * each), with the share that makes it the total."""
    if not np.isfinite(total) or (each >= least).all():
        return each

    def too_many(share: float) -> float:
        return float(np.maximum(least, share * each).sum()) - total

    if too_many(0.0) >= 0:
        return least
    share = brentq(too_many, 0.0, 1.0) if too_many(1.0) > 0 else 1.0
    return np.asarray(np.maximum(least, share * each))
