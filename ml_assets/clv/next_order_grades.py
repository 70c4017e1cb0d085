"""How well the day of the next order was told, once the days after it are over.

Only so many days are looked at, so that two questions have a whole answer: how far off
a date was that lies within them (who has not ordered by their end counts as ordering
then), and how often a range that ends within them held the order.
"""

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.purchases import PurchaseDays, Seen

__all__ = ["days_until_next", "grade_next_order", "own_wait"]

_NOT_TOLD: Final = float("nan")


def days_until_next(log: PurchaseDays, seen: Seen, after: int, days: int) -> Floats:
    """Days from a day to the first purchase after it, shape (n,), as `seen.customer`.

    Infinite where none came in the `days`.
    """
    inside = (log.day > after) & (log.day <= after + days)
    first = np.full(log.customers.size, np.inf)
    np.minimum.at(first, log.customer[inside], log.day[inside] - after)
    return first[seen.customer]


def own_wait(histories: Histories) -> Floats:
    """What anybody would guess: a mean wait after the last order, shape (n,), days.

    Tomorrow where that is over. One-time buyers wait like the mean of the others; NaN
    where nobody came back.
    """
    x, t_x, age = histories
    repeats = x > 0
    if not repeats.any():
        return np.full(x.size, _NOT_TOLD)
    wait = np.where(repeats, t_x / np.maximum(x, 1), 0.0)
    wait = np.where(repeats, wait, wait[repeats].mean())
    return np.maximum(wait - (age - t_x), 1.0)


def grade_next_order(
    said: pd.DataFrame, own: Floats, came: Floats, days: int
) -> pd.DataFrame:
    """Scores of the stated dates, and of `own_wait` for the same customers.

    Parameters
    ----------
    said : DataFrame
        As `CustomerModel.next_order` returns it.
    own, came : ndarray, shape (n,)
        `own_wait` and `days_until_next`.
    days : int
        How many days are over.

    Returns
    -------
    DataFrame
        Columns `model` and `naive`; rows `next_order_share`, the customers whose date
        lies within `days` (0 to 1); `next_order_mae`, of those, in days;
        `next_order_coverage`, the share of ranges that held the order, of those that
        end within `days`: 0.8 is right, None for naive. NaN where nobody is counted.
    """
    median, low, high = (
        said[f"days_until_order{end}"].to_numpy() for end in ("", "_lower", "_upper")
    )
    told = median <= days
    known = np.minimum(came[told], days)
    ended = high <= days
    held = (low[ended] <= came[ended]) & (came[ended] <= np.ceil(high[ended]))
    guess = np.minimum(own[told], days)
    return pd.DataFrame(
        {
            "model": [
                float(told.mean()) if told.size else _NOT_TOLD,
                _mean(np.abs(median[told] - known)),
                _mean(held.astype(np.float64)),
            ],
            "naive": [_NOT_TOLD, _mean(np.abs(guess - known)), _NOT_TOLD],
        },
        index=["next_order_share", "next_order_mae", "next_order_coverage"],
    )


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else _NOT_TOLD
