"""What writing to an audience brought, against those kept back by lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from ml_assets.measurement.means import MeanDifference, mean_difference
from ml_assets.measurement.shares import newcombe_interval

__all__ = ["Uplift", "measure_uplift"]

Z: Final = 1.645
"""Intervals are of 90 %."""

_FEWEST_MEMBERS: Final = 100
_FEWEST_BUYERS: Final = 10

Result = Literal["not_due", "too_small", "gained", "lost", "no_evidence"]


@dataclass(frozen=True)
class Uplift:
    """What an audience of ``contacted_count`` brought in all.

    Differences are per member written to; of a result that says nothing there are
    none. ``customers`` counts buyers: estimate, lower and upper end.
    """

    contacted_count: int
    held_back_count: int
    contacted_buyer_count: int
    held_back_buyer_count: int
    result: Result
    revenue: MeanDifference | None = None
    margin: MeanDifference | None = None
    customers: tuple[float, float, float] | None = None


def measure_uplift(
    members: pd.DataFrame, *, margin_rate: float | None, is_due: bool
) -> Uplift:
    """Compare those who were written to with those kept back by lot.

    Everybody who was meant to be written to counts, reached or not, so that the lot
    stays a lot. Goods and orders cost what they cost without the discount as well:
    the margin of a member is ``margin_rate * (net_revenue + discount_amount) -
    discount_amount``.

    Parameters
    ----------
    members
        One row per member: ``is_held_back``, ``order_count``, ``net_revenue`` and
        ``discount_amount`` (money) of the days counted.
    margin_rate
        What stays of the company's sales, a share; None if it told no margin.
    is_due
        Whether all days that count are known.
    """
    is_held_back = members["is_held_back"].to_numpy(bool)
    is_buyer = members["order_count"].to_numpy() > 0
    contacted, held_back = int((~is_held_back).sum()), int(is_held_back.sum())
    buyers = int((is_buyer & ~is_held_back).sum()), int((is_buyer & is_held_back).sum())
    counts = contacted, held_back, *buyers
    if not is_due:
        return Uplift(*counts, "not_due")
    if _is_too_small(contacted, held_back, sum(buyers)):
        return Uplift(*counts, "too_small")
    spent = members["net_revenue"].to_numpy(np.float64)
    revenue = mean_difference(spent[~is_held_back], spent[is_held_back], Z)
    margin = None
    if margin_rate is not None:
        discount = members["discount_amount"].to_numpy(np.float64)
        kept = margin_rate * (spent + discount) - discount
        margin = mean_difference(kept[~is_held_back], kept[is_held_back], Z)
    return Uplift(*counts, _result(revenue), revenue, margin, _customers(*counts))


def _is_too_small(contacted: int, held_back: int, buyers: int) -> bool:
    """Whether nothing can be told.

    Buyers are counted on both sides: how many of them are held back is the lot, and to
    choose by it would bend what it tells.
    """
    smaller = min(contacted, held_back)
    if smaller < _FEWEST_MEMBERS:
        return True
    return buyers * smaller / (contacted + held_back) < _FEWEST_BUYERS


def _result(revenue: MeanDifference) -> Result:
    if revenue.lower > 0:
        return "gained"
    return "lost" if revenue.upper < 0 else "no_evidence"


def _customers(
    contacted: int, held_back: int, buyers: int, held_back_buyers: int
) -> tuple[float, float, float]:
    rate, other = buyers / contacted, held_back_buyers / held_back
    lower, upper = newcombe_interval(rate, contacted, other, held_back, Z)
    ends = (rate - other, float(lower), float(upper))
    gained, least, most = (contacted * end for end in ends)
    return gained, least, most
