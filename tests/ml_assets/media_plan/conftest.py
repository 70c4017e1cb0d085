"""One shop, fitted once for all tests that only read."""

import pandas as pd
import pytest

from ml_assets.media_plan.budgets import Limits
from ml_assets.media_plan.evaluation import Evidence, Settings, Verdict, evaluate
from ml_assets.media_plan.media_days import MediaDays
from tests.ml_assets.media_plan.shop import shop

NOTHING = pd.DataFrame(
    columns=["channel_id", "current_roi", "current_roi_lower", "current_roi_upper"]
)
GOOD = pd.DataFrame(
    [{"mape": 0.05, "bias": 0.02, "naive_mape": 0.2, "naive_bias": 0.1}]
)


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """No earlier mix, and a backtest that went well."""
    return Evidence(curves=NOTHING, backtests=GOOD)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """A shop that keeps 40 % of its revenue."""
    return Settings(limits=Limits({}, {}, {}), margin_rate=0.4)


@pytest.fixture(scope="session")
def media() -> MediaDays:
    return shop()


@pytest.fixture(scope="session")
def revenue(media: MediaDays, settings: Settings, evidence: Evidence) -> Verdict:
    return evaluate(media, "revenue", settings, evidence)


@pytest.fixture(scope="session")
def value(media: MediaDays, settings: Settings, evidence: Evidence) -> Verdict:
    return evaluate(media, "value_12m", settings, evidence)
