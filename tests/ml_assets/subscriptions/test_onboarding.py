"""Shares by a day are of accounts that are as old, those who left included."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.onboarding import onboarding_steps

NAN = np.nan


def test_who_is_too_young_is_in_no_share() -> None:
    accounts = pd.DataFrame(
        {
            "age_days": [100, 100, 3, 0],
            "days_to_login": [0, 2, 1, NAN],
            "days_to_feature": [0, 5, NAN, NAN],
            "days_to_value": [7, NAN, NAN, NAN],
            "days_to_habit": [20, NAN, NAN, NAN],
        }
    )

    found = onboarding_steps(accounts).set_index(["step", "day_number"])

    assert found["account_count"].loc["login"].tolist() == [4, 3, 3, 2, 2]
    assert found["reached_count"].loc["login"].tolist() == [1, 2, 3, 2, 2]
    assert found["reached_count"].loc["feature"].tolist() == [1, 1, 1, 2, 2]
    # By the evening of the seventh day; twenty is after all of them.
    assert found["reached_count"].loc["value"].tolist() == [0, 0, 0, 1, 1]
    assert found["reached_count"].loc["habit"].sum() == 0
    assert found["reached_ratio"].loc[("value", 7)] == 0.5
    # One of two, by Wilson: (1 + z2 / 2 +- z sqrt(1/2 + z2/4)) / (2 + z2).
    assert found["reached_ratio_lower"].loc[("value", 7)] == pytest.approx(
        0.0945, abs=1e-4
    )


def test_days_before_the_start_are_refused() -> None:
    told = {f"days_to_{step}": [1] for step in ("login", "feature", "value")}
    with pytest.raises(InvalidAccounts, match="days_to_habit"):
        onboarding_steps(pd.DataFrame({"age_days": [1], **told, "days_to_habit": [-1]}))
