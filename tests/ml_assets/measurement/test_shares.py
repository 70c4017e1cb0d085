"""Intervals of shares agree with scipy's, and with a published example."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ml_assets.measurement.shares import newcombe_interval, wilson_interval


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (3, 10), (10, 10), (480, 1000)])
def test_wilson_agrees_with_scipy(hits: int, count: int) -> None:
    level = 0.9
    z = stats.norm.ppf((1 + level) / 2)

    lower, upper = wilson_interval(hits / count, count, z)

    other = stats.binomtest(hits, count).proportion_ci(level, method="wilson")
    assert float(lower) == pytest.approx(other.low, abs=1e-12)
    assert float(upper) == pytest.approx(other.high, abs=1e-12)


def test_of_nobody_no_interval_is_told() -> None:
    lower, upper = wilson_interval([0.5, 0.5], [0, 10], 1.645)

    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [True, False]


def test_newcombe_agrees_with_his_table() -> None:
    # Newcombe (1998), table II, method 10, contrast (a): 56/70 - 48/80.
    lower, upper = newcombe_interval(56 / 70, 70, 48 / 80, 80, 1.959964)

    assert float(lower) == pytest.approx(0.0524, abs=5e-5)
    assert float(upper) == pytest.approx(0.3339, abs=5e-5)
