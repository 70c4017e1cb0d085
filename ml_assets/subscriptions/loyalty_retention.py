"""How many accounts of each tier of loyalty stay, beside others that are as old.

Who reaches a tier stayed long enough for it and uses more of the product already: that
they stay more often is no effect of the tier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import pandas as pd

from ml_assets.measurement.shares import newcombe_interval, wilson_interval
from ml_assets.subscriptions.loyalty import TIERS, Tier, tiers_of

__all__ = ["FOLLOWED_DAYS", "tier_retention"]

FOLLOWED_DAYS: Final = 90
"""Days after which an account is there still or is not."""

_Z: Final = 1.959963984540054


def tier_retention(
    accounts: pd.DataFrame, tiers: Sequence[Tier] = TIERS
) -> pd.DataFrame:
    """How many that had reached each tier on a day were there so many days later.

    An account is of the highest tier whose conditions it had on that day, known then;
    the others are those that had its months, but only a lower tier or none.

    Parameters
    ----------
    accounts
        One row per account that paid on the day: what `tiers_of` reads, and
        ``is_kept``.

    Returns
    -------
    pandas.DataFrame
        Per tier: ``tier``, ``followed_count``, ``kept_ratio`` and its 95 % interval
        (Wilson), ``others_count``, ``others_kept_ratio``, the interval of the
        difference (Newcombe, method 10). NaN where nobody was followed.

    Raises
    ------
    InvalidAccounts, InvalidSetting
    """
    names = [tier.name for tier in tiers]
    reached = pd.Series(dtype=object)
    if len(accounts):
        reviewed = tiers_of(accounts.assign(tier=None, months_below=0), tiers)
        reached = reviewed["reached_tier"]
    places = reached.map(names.index, na_action="ignore").fillna(-1).astype(int)
    kept = accounts["is_kept"].astype(bool)
    rows = []
    for place, tier in enumerate(tiers):
        mine = kept[places == place]
        old = accounts["months_active"].astype(float) >= tier.months
        others = kept[old & (places < place)]
        ratio, other = _ratio(mine), _ratio(others)
        lower, upper = wilson_interval(ratio, len(mine), _Z)
        least, most = newcombe_interval(ratio, len(mine), other, len(others), _Z)
        rows.append(
            {
                "tier": tier.name,
                "followed_count": len(mine),
                "kept_ratio": ratio,
                "kept_ratio_lower": float(lower),
                "kept_ratio_upper": float(upper),
                "others_count": len(others),
                "others_kept_ratio": other,
                "kept_difference_lower": float(least),
                "kept_difference_upper": float(most),
            }
        )
    return pd.DataFrame(rows)


def _ratio(kept: pd.Series) -> float:
    return float(kept.mean()) if len(kept) else math.nan
