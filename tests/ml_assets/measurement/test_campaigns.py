"""Campaigns are held against all others of their company."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.measurement.campaigns import compare_campaigns


def compared(*campaigns: tuple[int, int, float]) -> pd.DataFrame:
    columns = ["customer_count", "lost_count", "spend_30d"]
    return compare_campaigns(pd.DataFrame(campaigns, columns=columns))


def test_a_campaign_is_compared_with_all_others_together() -> None:
    found = compared((40, 36, 200), (30, 15, np.nan), (10, 5, 0))

    summer = found.iloc[0]
    assert (summer["others_customer_count"], summer["others_lost_count"]) == (40, 20)
    assert (summer["lost_rate"], summer["others_lost_rate"]) == (0.9, 0.5)
    # By hand, of 99 %: Wilson's are 0.7164-0.9698 and 0.3114-0.6886.
    assert summer["lost_rate_lower"] == pytest.approx(0.7164, abs=1e-4)
    assert summer["lost_rate_upper"] == pytest.approx(0.9698, abs=1e-4)
    assert summer["difference_rate"] == pytest.approx(0.4)
    assert summer["difference_rate_lower"] == pytest.approx(
        0.4 - np.hypot(0.9 - 0.7164, 0.6886 - 0.5), abs=1e-4
    )
    assert found["losing_spend_30d"].tolist() == [200, 0, 0]


def test_a_campaign_alone_is_compared_with_nobody() -> None:
    (only,) = compared((2, 1, 5)).to_dict("records")

    assert only["lost_rate"] == 0.5
    assert np.isnan([only["others_lost_rate"], only["difference_rate_lower"]]).all()
    assert only["losing_spend_30d"] == 0


def test_fewer_than_thirty_on_a_side_accuse_nobody() -> None:
    assert compared((29, 29, 9), (60, 0, 9))["losing_spend_30d"].sum() == 0
    assert compared((60, 60, 9), (29, 0, 9))["losing_spend_30d"].sum() == 0


def test_no_campaign_is_no_row() -> None:
    assert compared().empty
