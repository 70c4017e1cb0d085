"""What is said of the features that a company's accounts use, as a table."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ml_assets.subscriptions.usage import company_adoption, feature_adoption

__all__ = ["NEW_DAYS", "adoption_table"]

NEW_DAYS: Final = 90
"""A feature is new for so many days after its release."""


def adoption_table(plans: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Adoption by tier, of all features and of new ones; no row where none counts.

    Parameters
    ----------
    plans
        ``account_id``, ``feature_id``, ``feature_tier``, ``released_on``,
        ``seat_count`` of the account, ``as_of_date``.
    uses
        ``account_id``, ``feature_id``, ``day``.
    """
    if plans.empty:
        return pd.DataFrame()
    today = pd.Timestamp(plans["as_of_date"].max())
    is_new = pd.to_datetime(plans["released_on"]) > today - pd.Timedelta(days=NEW_DAYS)
    adoption = pd.concat(
        [
            feature_adoption(uses, chosen, last_day=today)
            for chosen in (
                plans,
                plans.assign(feature_tier="all"),
                plans[is_new].assign(feature_tier="new"),
            )
        ]
    )
    seats = plans.groupby("account_id")["seat_count"].max().astype(float)
    return company_adoption(adoption, seats).assign(as_of_date=today.date())
