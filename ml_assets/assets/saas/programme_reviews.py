"""Shares before a programme, frozen, and what late ones are beside them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pandas as pd

from ml_assets.subscriptions.programme import review

__all__ = ["MONTHS", "SHARES", "baselines", "reviews_of"]

MONTHS: Final = 3
"""Months of a review: as many before the programme, and of late."""

SHARES: Final = {
    "logo_churn_ratio": ("churned_account_count", "start_account_count"),
    "recovered_invoice_ratio": ("recovered_invoice_count", "failed_invoice_count"),
}
"""Hits and cases of each share."""


def baselines(
    months: pd.DataFrame, kept: pd.DataFrame, first_month: date, today: date
) -> pd.DataFrame:
    """Shares of the three months before a programme: those kept, and what is lacking.

    Whoever has less than three months before has none, as nobody knows them.
    """
    before = months[months["month_start_date"] < first_month].tail(MONTHS)
    rows = []
    for name, (hits, cases) in SHARES.items():
        is_lacking = name not in set(kept["metric_name"])
        if is_lacking and len(before) == MONTHS and before[cases].sum() > 0:
            rows.append(
                {
                    "metric_name": name,
                    "first_month": first_month,
                    "frozen_on": today,
                    "hit_count": int(before[hits].sum()),
                    "case_count": int(before[cases].sum()),
                }
            )
    return pd.concat([kept, pd.DataFrame(rows)]) if rows else kept


def reviews_of(
    late: pd.DataFrame, frozen: pd.DataFrame, targets: dict[str, float]
) -> pd.DataFrame:
    """A row per frozen share: how it stands in the late months, beside its target."""
    rows = []
    for base in frozen.to_dict("records"):
        name = base["metric_name"]
        hits, cases = SHARES[name]
        row = {
            "metric_name": name,
            "first_month": base["first_month"],
            "frozen_on": base["frozen_on"],
            "baseline_count": base["case_count"],
            "baseline_ratio": base["hit_count"] / base["case_count"],
            "target_ratio": targets.get(name),
            "verdict": "too_early",
        }
        now = int(late[hits].sum()), int(late[cases].sum())
        if len(late) == MONTHS and now[1]:
            row |= _reviewed((base["hit_count"], base["case_count"]), now, row)
        rows.append(row)
    return pd.DataFrame(rows)


def _reviewed(
    before: tuple[int, int], now: tuple[int, int], row: dict[str, Any]
) -> dict[str, Any]:
    target = row["target_ratio"]
    if target is None or target == row["baseline_ratio"] or not 0 < target < 1:
        measured = now[0] / now[1]
        return {
            "measured_count": now[1],
            "measured_ratio": measured,
            "change_ratio": measured - row["baseline_ratio"],
            "verdict": "no_target",
        }
    found = review(before, now, target=target)
    return {
        "measured_count": now[1],
        "measured_ratio": found.measured,
        "change_ratio": found.change.value,
        "change_ratio_lower": found.change.lower,
        "change_ratio_upper": found.change.upper,
        "needed_count": found.needed_count or None,
        "verdict": found.verdict,
    }
