"""Totals of customers with their intervals: of all of them, or group by group."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.clv.forecast import Buying, Money
from ml_assets.clv.histories import Bools, Floats
from ml_assets.clv.intervals import total_interval

__all__ = ["total_of", "totals_by_group"]


def total_of(
    buying: Buying, money: Money, whom: Bools | None = None
) -> "pd.Series[float]":
    """Customers together over the horizon they were forecast for.

    Totals are surer than the sum of their customers, but a common error of all of them
    does not average out: the interval holds the spread of the customers, the
    uncertainty of the parameters and of the trend.

    Parameters
    ----------
    whom : ndarray of bool, shape (n,), or None
        Of which customers; None is all.

    Returns
    -------
    Series
        `customers`, `expected_orders` (purchase days), `expected_value` (currency of
        the log), the last two with `_lower` and `_upper` (90 %); NaN where nothing is
        expected of anybody.
    """
    some: Bools = np.ones(buying.orders.size, dtype=bool) if whom is None else whom
    totals: dict[str, float] = {"customers": float(some.sum())}
    for name, each, square, common in (
        ("expected_orders", buying.orders, buying.orders_square, buying.orders_common),
        ("expected_value", *money),
    ):
        total, low, high = _total(each[some], square[some], common)
        totals |= {name: total, f"{name}_lower": low, f"{name}_upper": high}
    return pd.Series(totals)


def totals_by_group(
    buying: Buying, money: Money, groups: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """`total_of` the customers of each group.

    Parameters
    ----------
    groups : ndarray, shape (n,)
        The group of each customer; None is in none.

    Returns
    -------
    DataFrame
        A row per group, which is its index, sorted; columns as of `total_of`.
    """
    names = sorted({group for group in groups if group is not None})
    rows = {name: total_of(buying, money, groups == name) for name in names}
    return pd.DataFrame.from_dict(rows, orient="index")


def _total(each: Floats, square: Floats, common: float) -> tuple[float, float, float]:
    total = float(each.sum())
    if not np.isfinite(total):
        return total, np.nan, np.nan
    variance = float((square - each**2).sum()) + common * total**2
    return (total, *total_interval(total, variance))
