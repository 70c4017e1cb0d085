"""What a model may learn from when it is asked about the rest: never from later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["Rows", "Split", "Splits", "held_out"]

Rows = NDArray[np.intp]
Split = tuple[Rows, Rows]

_FEWEST_OF_EACH = 10


@dataclass(frozen=True)
class Splits:
    """Pairs of rows learned from and rows asked about, and what keeps them apart.

    ``by`` is ``"time"`` where every label learned from was known when the others were
    scored, and ``"account"`` where one day is all there is.
    """

    by: Literal["time", "account"]
    pairs: tuple[Split, ...]

    @property
    def asked(self) -> Rows:
        """All rows that are asked about, in the order of the pairs."""
        return np.concatenate([asked for _, asked in self.pairs])


def held_out(
    accounts: ArrayLike,
    scored_on: pd.Series,
    left: NDArray[np.bool_],
    *,
    horizon_days: int,
    count: int = 5,
) -> Splits:
    """Split by time where time allows, else by account.

    By time, rows scored on a day are asked of a model that learned from rows whose
    window had ended by then: scored ``horizon_days`` or more before. Up to ``count``
    blocks of days. By account, rows of one account are never on both sides.

    Parameters
    ----------
    accounts, scored_on, left
        Shape (n,).
    """
    days = scored_on.to_numpy("datetime64[D]")
    horizon = np.timedelta64(horizon_days, "D")
    later = [day for day in np.unique(days) if _suffices(left[days + horizon <= day])]
    if later and _suffices(left[days >= later[0]]):
        blocks = [each for each in np.array_split(np.array(later), count) if each.size]
        pairs = tuple(
            (
                np.flatnonzero(days + horizon <= block[0]),
                np.flatnonzero((days >= block[0]) & (days <= block[-1])),
            )
            for block in blocks
        )
        return Splits("time", pairs)
    names, of_account = np.unique(np.asarray(accounts), return_inverse=True)
    fold = np.random.default_rng(len(names)).permutation(len(names)) % count
    return Splits(
        "account",
        tuple(
            (
                np.flatnonzero(fold[of_account] != number),
                np.flatnonzero(fold[of_account] == number),
            )
            for number in range(count)
        ),
    )


def _suffices(left: NDArray[np.bool_]) -> bool:
    return min(int(left.sum()), int((~left).sum())) >= _FEWEST_OF_EACH
