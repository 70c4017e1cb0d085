"""Cuaderno's accounts that come to their first value late leave more often."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from ml_assets.subscriptions.time_to_value import retention_by_bucket
from sandbox.saas.accounts import Account, simulate_accounts
from sandbox.saas.features import feature_rows, value_truth, with_first_values

FIRST_DAY, LAST_DAY = date(2025, 2, 1), date(2026, 6, 14)


def used(one: Account, number: int) -> dict[str, object]:
    """A login and, each second time, a task or a note of the day."""
    noon = datetime.combine(one.joined_on + timedelta(days=number // 2), time(12))
    feature = ("tareas", "notas")[number // 2 % 2] if number % 2 else ""
    return {"account_id": one.account_id, "feature": feature, "occurred_at": noon}


def since_start(one: Account, day: date | None) -> float:
    return np.nan if day is None else (day - one.joined_on).days


def test_who_is_slow_to_value_leaves_more_often() -> None:
    rng = np.random.default_rng(3)
    accounts = simulate_accounts(600, FIRST_DAY, LAST_DAY, rng)
    did = [used(one, number) for one in accounts for number in range(160)]

    events = list(with_first_values(did, accounts, rng))

    first: dict[str, date] = {}
    for row in events:
        if row["feature"] == "tareas":
            first.setdefault(row["account_id"], row["occurred_at"].date())
    found = retention_by_bucket(
        pd.DataFrame(
            {
                "age_days": [since_start(one, LAST_DAY) for one in accounts],
                "days_to_value": [
                    since_start(one, first.get(one.account_id)) for one in accounts
                ],
                "days_to_departure": [
                    since_start(one, one.left_on) for one in accounts
                ],
            }
        ),
        horizon_days=90,
    ).set_index("bucket")
    slow, fast = found.loc["21-45"], found.loc["0-7"]
    assert slow["retained_ratio_upper"] < fast["retained_ratio_lower"]
    assert value_truth(events, accounts) == {"value_reached_count": 600}


def test_one_feature_is_the_first_value() -> None:
    marked = [row for row in feature_rows(FIRST_DAY) if row["is_value_event"] == "true"]

    # Every plan has it.
    assert [(row["feature"], row["plans"]) for row in marked] == [("tareas", "")]
