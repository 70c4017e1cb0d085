"""Whether customers who bought once are lost more often than a month before."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.measurement.shares import newcombe_interval

__all__ = ["compare_churn"]

Z: Final = 2.576
"""Intervals are of 99 %, because somebody looks every day.

Months that adjoin differ as a moving window of 20 days does, so that churn that stays
as it is seems to have risen 0.1 times a quarter; by 90 % it were 0.6 (`alarm_rates`).
"""


def compare_churn(counts: pd.DataFrame) -> pd.DataFrame:
    """Hold the customers lost of the last days against those of the days before.

    Parameters
    ----------
    counts
        One row per company: ``customer_count`` and ``lost_count`` of them, and both
        with ``_before``; counts of at least 0.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``churn_rate`` and ``churn_rate_before`` (0-1), NaN of
        nobody, and ``churn_rate_change`` with the ends of its 99 % interval
        (``_lower``, ``_upper``), NaN where either counts nobody.
    """
    now, before = (
        counts[f"customer_count{when}"].to_numpy(np.float64) for when in ("", "_before")
    )
    lost, lost_before = (
        counts[f"lost_count{when}"].to_numpy(np.float64) for when in ("", "_before")
    )
    rate = lost / np.where(now > 0, now, np.nan)
    rate_before = lost_before / np.where(before > 0, before, np.nan)
    lower, upper = newcombe_interval(rate, now, rate_before, before, Z)
    return counts.assign(
        churn_rate=rate,
        churn_rate_before=rate_before,
        churn_rate_change=rate - rate_before,
        churn_rate_change_lower=lower,
        churn_rate_change_upper=upper,
    )
