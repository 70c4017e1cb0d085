"""How good a flag, a ranking or a probability was, once it is known who left.

No share of right answers is told: where 5 % leave, "nobody leaves" is right of 95 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ml_assets.measurement.shares import wilson_interval
from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.reading import Bools, Floats

__all__ = [
    "Estimate",
    "FlagGrade",
    "Ranking",
    "calibration_by_band",
    "grade_flags",
    "grade_ranking",
    "interval_of",
    "mean_draws",
    "rank_draws",
    "share",
]

Z: Final = 1.959964
"""Intervals are of 95 %."""

_DRAWS = 400
_TOP = 0.1


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % interval; NaN where there is nothing to tell it from."""

    value: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.lower:.3f}-{self.upper:.3f})"


@dataclass(frozen=True)
class FlagGrade:
    """What a flag found of ``count`` accounts, ``left_count`` of which left.

    ``precision`` is the share of the flagged who left, ``recall`` the share of those
    who left that were flagged (Wilson's intervals), ``lift`` precision over the share
    of all who left.
    """

    count: int
    left_count: int
    flagged_count: int
    found_count: int
    precision: Estimate
    recall: Estimate
    lift: float


@dataclass(frozen=True)
class Ranking:
    """How well a risk orders accounts.

    ``roc_auc``: P(one who left was above one who stayed), ties half; ``pr_auc``: mean
    precision over those who left; ``top_lift``: of the tenth at the top, the share who
    left over that of all. Intervals are bootstrapped over accounts.
    """

    count: int
    left_count: int
    roc_auc: Estimate
    pr_auc: Estimate
    top_lift: Estimate


def grade_flags(flagged: ArrayLike, left: ArrayLike) -> FlagGrade:
    """Hold a flag against who left; shapes (n,), of yes and no."""
    raised, gone = np.asarray(flagged, dtype=bool), np.asarray(left, dtype=bool)
    _check_same(raised, gone)
    both = int((raised & gone).sum())
    precision = share(both, int(raised.sum()))
    base = share(int(gone.sum()), gone.size).value
    return FlagGrade(
        count=gone.size,
        left_count=int(gone.sum()),
        flagged_count=int(raised.sum()),
        found_count=both,
        precision=precision,
        recall=share(both, int(gone.sum())),
        lift=precision.value / base if base else float("nan"),
    )


def share(hits: int, count: int) -> Estimate:
    """A share with Wilson's interval; NaN of nobody."""
    value = hits / count if count else float("nan")
    lower, upper = wilson_interval(value, count, Z)
    return Estimate(value, float(lower), float(upper))


def grade_ranking(
    risk: Floats, left: Bools, accounts: ArrayLike, *, draws: int = _DRAWS
) -> Ranking:
    """Grade an order of accounts, highest risk first.

    Parameters
    ----------
    risk, left, accounts
        Shape (n,). An account that was scored on several days has as many rows, and is
        drawn with all of them.
    draws
        How often accounts are drawn anew.

    Raises
    ------
    InvalidAccounts
        Shapes differ, or a risk is not finite.
    """
    found = rank_draws(risk, left, accounts, draws=draws)
    return Ranking(left.size, int(left.sum()), *map(interval_of, found.T))


def rank_draws(
    risk: Floats, left: Bools, accounts: ArrayLike, *, draws: int = _DRAWS
) -> Floats:
    """ROC AUC, PR AUC and lift at the top, as they are and of accounts drawn anew.

    Returns
    -------
    ndarray, shape (1 + draws, 3)
        First as they are. Two risks of the same rows are drawn alike, so that rows can
        be subtracted.
    """
    _check_same(risk, left)
    if not np.isfinite(risk).all():
        row = int(np.flatnonzero(~np.isfinite(risk))[0])
        raise InvalidAccounts(f"risk, row {row}: not a finite number.")
    order = np.argsort(-risk, kind="stable")
    falls = np.flatnonzero(np.diff(-risk[order], prepend=-np.inf) > 0)
    names, of_account = np.unique(np.asarray(accounts), return_inverse=True)
    rng = np.random.default_rng(len(names))
    even = np.full(len(names), 1 / max(len(names), 1))
    rows = [_areas(np.ones(risk.size), left[order], falls)]
    for _ in range(draws):
        times = rng.multinomial(len(names), even)[of_account[order]]
        rows.append(_areas(times.astype(np.float64), left[order], falls))
    return np.array(rows)


def mean_draws(values: Floats, accounts: ArrayLike, *, draws: int = _DRAWS) -> Estimate:
    """A mean with its interval, of accounts drawn anew; shapes (n,)."""
    names, of_account = np.unique(np.asarray(accounts), return_inverse=True)
    rows = np.bincount(of_account)
    total = np.bincount(of_account, values)
    even = np.full(len(names), 1 / max(len(names), 1))
    times = np.random.default_rng(len(names)).multinomial(len(names), even, size=draws)
    means = (times @ total) / (times @ rows)
    return interval_of(np.append(values.mean(), means))


def calibration_by_band(
    band: ArrayLike, probability: Floats, left: Bools
) -> pd.DataFrame:
    """What was said of each band beside what came.

    Returns
    -------
    pandas.DataFrame
        A row per band, by rising probability: ``band``, ``count``, ``left_count``,
        ``said_ratio`` (mean probability), ``left_ratio`` with Wilson's ``_lower`` and
        ``_upper``.
    """
    rows = pd.DataFrame({"band": np.asarray(band), "said": probability, "left": left})
    table = rows.groupby("band", sort=False).agg(
        count=("left", "size"), left_count=("left", "sum"), said_ratio=("said", "mean")
    )
    table["left_ratio"] = table["left_count"] / table["count"]
    table["left_ratio_lower"], table["left_ratio_upper"] = wilson_interval(
        table["left_ratio"], table["count"], Z
    )
    return table.sort_values("said_ratio").reset_index()


def _areas(weight: Floats, left: Bools, falls: np.ndarray) -> tuple[float, ...]:
    """Of rows from the highest risk down; ``falls`` is where a lower one begins."""
    nothing = float("nan")
    gone, stayed = weight * left, weight * ~left
    all_gone, all_stayed = gone.sum(), stayed.sum()
    if not all_gone or not all_stayed:
        return nothing, nothing, nothing
    came = np.add.reduceat(gone, falls)
    others = np.add.reduceat(stayed, falls)
    above = np.cumsum(came)
    seen = np.cumsum(came + others)
    below = all_stayed - np.cumsum(others)
    roc = float(came @ (below + others / 2) / (all_gone * all_stayed))
    precision = above / np.where(seen > 0, seen, 1)
    total = all_gone + all_stayed
    # Within equal risks those who left are spread evenly.
    reached = np.interp(_TOP * total, np.append(0, seen), np.append(0, above))
    return roc, float(came @ precision / all_gone), float(reached / _TOP / all_gone)


def interval_of(draws: Floats) -> Estimate:
    """The first of draws as it is, and where 95 % of the others lie; shape (1 + n,)."""
    known = draws[1:][np.isfinite(draws[1:])]
    if not known.size:
        return Estimate(float(draws[0]), float("nan"), float("nan"))
    lower, upper = np.quantile(known, (0.025, 0.975))
    return Estimate(float(draws[0]), float(lower), float(upper))


def _check_same(one: np.ndarray, left: np.ndarray) -> None:
    if one.shape != left.shape or one.ndim != 1:
        raise InvalidAccounts(f"shapes {one.shape} and {left.shape} are not the same.")
