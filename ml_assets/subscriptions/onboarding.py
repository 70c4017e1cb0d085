"""How far accounts are by the first days after their start."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ml_assets.subscriptions.grading import share
from ml_assets.subscriptions.reading import numbers_of

__all__ = ["DAYS", "STEPS", "onboarding_steps"]

DAYS: Final = (0, 1, 3, 7, 14)
"""Days after the start on which it is asked who is there."""

STEPS: Final = {
    "login": "days_to_login",
    "feature": "days_to_feature",
    "value": "days_to_value",
    "habit": "days_to_habit",
}
"""Each step with the column that tells when it was reached, in their usual order."""


def onboarding_steps(accounts: pd.DataFrame) -> pd.DataFrame:
    """Shares of accounts that had reached a step by the evening of a day.

    Who is younger than the day is in no share of it; who left before stays in, because
    they did not get there.

    Parameters
    ----------
    accounts
        ``age_days`` since the start, and the columns of `STEPS`, NaN: not yet.

    Returns
    -------
    pandas.DataFrame
        Per step and day: ``step``, ``day_number``, ``account_count``,
        ``reached_count``, ``reached_ratio`` with Wilson's ``_lower`` and ``_upper``.

    Raises
    ------
    InvalidAccounts
        A column is missing, or a value is out of range.
    """
    age = numbers_of(accounts, "age_days", may_lack=False)
    rows = []
    for step, column in STEPS.items():
        reached = numbers_of(accounts, column)
        for day in DAYS:
            counts = age >= day
            there = counts & (reached <= day)
            found = share(int(there.sum()), int(counts.sum()))
            rows.append(
                {
                    "step": step,
                    "day_number": day,
                    "account_count": int(counts.sum()),
                    "reached_count": int(there.sum()),
                    "reached_ratio": found.value,
                    "reached_ratio_lower": found.lower,
                    "reached_ratio_upper": found.upper,
                }
            )
    return pd.DataFrame(rows)
