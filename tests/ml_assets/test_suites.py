"""Rows that cannot be are kept from being published, table by table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.suites import SUITES, broken_promises


def interval(name: str, value: float = 2.0) -> dict[str, float]:
    return {name: value, f"{name}_lower": value - 1, f"{name}_upper": value + 1}


GOOD: dict[str, dict[str, Any]] = {
    "marketing_curves": {
        "channel_id": "meta",
        "decay": 0.5,
        **interval("current_roi"),
        **interval("contribution"),
    },
    "marketing_contributions": {
        "calendar_date": "2026-01-31",
        "component": "meta",
        **interval("contribution", -3.0),
    },
    "budget_grid": {
        "horizon_days": 30,
        "total_budget": 100.0,
        "channel_id": "meta",
        "recommended_spend": 0.0,
        **interval("expected"),
        **interval("total_expected"),
    },
    "budget_scenarios": {
        "scenario": "base",
        "probability_better": 1.0,
        "current_spend": 5.0,
        "projected_spend": 6.0,
        **interval("gain", -0.5),
    },
    "channel_attributions": {
        "method": "last",
        "channel_id": "meta",
        **interval("conversions"),
        **interval("value"),
        **{"share": 0.5, "share_lower": 0.2, "share_upper": 0.9},
    },
}


def rows(table: str, **changed: Any) -> pd.DataFrame:
    """A good row, and another with a key of its own and what is changed in it."""
    good = {"currency_code": "EUR", **GOOD[table]}
    key = SUITES[table].key[-1]
    return pd.DataFrame([good, {**good, key: "other", **changed}])


@pytest.mark.parametrize("table", SUITES)
def test_good_rows_break_nothing(table: str) -> None:
    assert broken_promises(table, rows(table)) == []
    assert broken_promises(table, rows(table).head(0)) == []


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        *((table, SUITES[table].key[-1], None) for table in SUITES),
        # The key of the row before it.
        *(
            (table, SUITES[table].key[-1], GOOD[table][SUITES[table].key[-1]])
            for table in SUITES
        ),
        *(
            (table, "currency_code", None)
            for table in SUITES
            if SUITES[table].has_currency
        ),
        ("budget_grid", "currency_code", "euros"),
        ("marketing_curves", "decay", 1.5),
        ("marketing_curves", "current_roi_lower", 2.1),
        ("marketing_contributions", "contribution_upper", -4.1),
        ("marketing_contributions", "contribution", np.nan),
        ("budget_grid", "recommended_spend", -1.0),
        ("budget_grid", "recommended_spend", np.nan),
        ("budget_grid", "expected_upper", 0.9),
        ("budget_grid", "total_expected_lower", 3.1),
        ("budget_scenarios", "probability_better", -0.1),
        ("budget_scenarios", "projected_spend", -1.0),
        ("budget_scenarios", "gain_lower", 0.0),
        ("channel_attributions", "share", 1.01),
        ("channel_attributions", "conversions", -1.0),
        ("channel_attributions", "value_upper", 0.5),
    ],
)
def test_a_bad_row_is_told_with_its_table_and_column(
    table: str, column: str, value: Any
) -> None:
    told = broken_promises(table, rows(table, **{column: value}))

    assert told
    assert all(each.startswith(f"{table}, ") for each in told)
    assert any(column in each for each in told)


def test_an_interval_that_is_missing_holds() -> None:
    missing = {"current_roi_lower": np.nan, "current_roi_upper": np.nan}

    assert (
        broken_promises("marketing_curves", rows("marketing_curves", **missing)) == []
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [("channel_attributions", "value"), ("marketing_contributions", "contribution")],
)
def test_a_count_or_a_skewed_mean_outside_its_interval_is_no_fault(
    table: str, column: str
) -> None:
    assert broken_promises(table, rows(table, **{column: 9.0})) == []
