"""What is said of how fast value comes to accounts, as tables."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from ml_assets.subscriptions.onboarding import onboarding_steps
from ml_assets.subscriptions.time_to_value import (
    curve,
    retention_by_bucket,
    time_to_value,
)

__all__ = ["CURVE_DAYS", "HORIZON_DAYS", "pace_tables"]

CURVE_DAYS: Final = 90
HORIZON_DAYS: Final = 90
"""Days after the landmark in which it is asked who stays."""


def pace_tables(starts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each table, by its name; none where nothing began.

    Parameters
    ----------
    starts
        ``start_kind``, ``as_of_date``, ``age_days``, ``days_to_departure``,
        ``days_to_value``, ``days_to_login``, ``days_to_feature``, ``days_to_habit``.

    Raises
    ------
    InvalidAccounts
    """
    if starts.empty:
        return {}
    today = starts["as_of_date"].max()
    kinds = {str(kind): rows for kind, rows in starts.groupby("start_kind")}
    waits = {kind: _waits(rows) for kind, rows in kinds.items()}
    tables = {
        "time_to_value": pd.DataFrame(
            [{"start_kind": kind, **_row(rows)} for kind, rows in waits.items()]
        ).assign(as_of_date=today),
        "time_to_value_days": pd.concat(
            [
                curve(rows, last_day=CURVE_DAYS).assign(start_kind=kind)
                for kind, rows in waits.items()
            ]
        ),
        "onboarding_steps": pd.concat(
            [
                onboarding_steps(rows).assign(start_kind=kind)
                for kind, rows in kinds.items()
            ]
        ),
    }
    if "paid" in kinds:
        # Of a trial that nobody paid for there is nothing to retain.
        kept = retention_by_bucket(kinds["paid"], horizon_days=HORIZON_DAYS)
        told = {"horizon_days": HORIZON_DAYS, "as_of_date": today}
        tables["value_retention"] = kept.assign(**told)
    return tables


def _waits(starts: pd.DataFrame) -> pd.DataFrame:
    """Days to the first value, else for which an account was seen without it."""
    seen = starts["days_to_departure"].fillna(starts["age_days"])
    return pd.DataFrame(
        {
            "days": starts["days_to_value"].fillna(seen),
            "has_reached": starts["days_to_value"].notna(),
        }
    )


def _row(waits: pd.DataFrame) -> dict[str, Any]:
    found = time_to_value(waits)
    return {
        "account_count": found.account_count,
        "reached_count": found.reached_count,
        "waiting_count": found.account_count - found.reached_count,
        "quarter_days": found.quarter,
        "median_days": found.median,
        "median_days_lower": found.median_lower,
        "median_days_upper": found.median_upper,
        "three_quarters_days": found.three_quarters,
    }
