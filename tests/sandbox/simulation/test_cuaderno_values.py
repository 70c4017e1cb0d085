"""Cuaderno's accounts that come to their first value late leave more often."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ml_assets.subscriptions.time_to_value import retention_by_bucket
from sandbox.saas.files import cuaderno

LAST_DAY = date(2026, 6, 14)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_who_is_slow_to_value_leaves_more_often() -> None:
    files = cuaderno(seed=3, last_day=LAST_DAY, accounts=400)
    first: dict[str, date] = {}
    for row in rows_of(files["product_events.csv"]):
        if row["feature"] == "tareas":
            day = date.fromisoformat(row["occurred_at"][:10])
            first[row["account_id"]] = min(first.get(row["account_id"], day), day)
    left = {
        row["account_id"]: date.fromisoformat(row["ended_at"][:10])
        for row in rows_of(files["subscriptions.csv"])
        if row["ended_at"]
    }
    joined = {
        row["account_id"]: date.fromisoformat(row["signed_up_at"][:10])
        for row in rows_of(files["accounts.csv"])
    }

    def days(until: date | None, start: date) -> float:
        return np.nan if until is None else (until - start) / timedelta(days=1)

    found = retention_by_bucket(
        pd.DataFrame(
            {
                "age_days": [days(LAST_DAY, day) for day in joined.values()],
                "days_to_value": [days(first.get(k), day) for k, day in joined.items()],
                "days_to_departure": [
                    days(left.get(k), day) for k, day in joined.items()
                ],
            }
        ),
        horizon_days=90,
    ).set_index("bucket")

    slow, fast = found.loc["21-45"], found.loc["0-7"]
    assert slow["retained_ratio_upper"] < fast["retained_ratio_lower"]
    marked = [
        row["feature"]
        for row in rows_of(files["features.csv"])
        if row["is_value_event"] == "true"
    ]
    assert marked == ["tareas"]
    truth = json.loads(files["truth.json"])["cuaderno"]
    assert 0 < truth["value_reached_count"] <= len(first)
