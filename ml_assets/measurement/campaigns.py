"""Which campaigns win customers who do not come back. Association, no cause."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.measurement.shares import newcombe_interval, wilson_interval

__all__ = ["compare_campaigns"]

Z: Final = 2.576
"""Intervals are of 99 %, because many campaigns are looked at at once."""

_FEWEST_CUSTOMERS: Final = 30


def compare_campaigns(campaigns: pd.DataFrame) -> pd.DataFrame:
    """Hold each campaign against all others of its company.

    Parameters
    ----------
    campaigns
        One row per campaign of one company: ``customer_count`` (at least 1) and
        ``lost_count`` of those it won, and ``spend_30d`` (money, NaN if not told).

    Returns
    -------
    pandas.DataFrame
        The same rows with ``lost_rate`` and ``others_lost_rate`` (0-1),
        ``difference_rate``, their ends (``_lower``, ``_upper``) and
        ``losing_spend_30d``: the spend where at least 30 customers on both sides say
        for sure that fewer come back than of the others, else 0. NaN without others.
    """
    count = campaigns["customer_count"].to_numpy(np.int64)
    lost = campaigns["lost_count"].to_numpy(np.int64)
    others, others_lost = count.sum() - count, lost.sum() - lost
    share = lost / count
    other_share = others_lost / np.where(others > 0, others, np.nan)
    lower, upper = wilson_interval(share, count, Z)
    least, most = newcombe_interval(share, count, other_share, others, Z)
    is_losing = (np.minimum(count, others) >= _FEWEST_CUSTOMERS) & (least > 0)
    spend = campaigns["spend_30d"].to_numpy(np.float64)
    return campaigns.assign(
        lost_rate=share,
        lost_rate_lower=lower,
        lost_rate_upper=upper,
        others_customer_count=others,
        others_lost_count=others_lost,
        others_lost_rate=other_share,
        difference_rate=share - other_share,
        difference_rate_lower=least,
        difference_rate_upper=most,
        losing_spend_30d=np.where(is_losing, np.nan_to_num(spend), 0.0),
    )
