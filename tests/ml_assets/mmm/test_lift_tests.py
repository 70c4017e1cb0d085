"""An experiment moves the fit toward the truth, as far as it is precise."""

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.mmm.adstock import Floats, adstock
from ml_assets.mmm.baseline import baseline
from ml_assets.mmm.errors import InvalidLiftTest
from ml_assets.mmm.lift_tests import Lifts
from ml_assets.mmm.posterior import Posterior

WEEKS = 130


def twins(seed: int) -> tuple[pd.DataFrame, Floats]:
    """Two channels that nearly always move together; what each truly brought."""
    rng = np.random.default_rng(seed)
    common = rng.gamma(2.0, 0.5, WEEKS)
    spend = common[:, None] * rng.uniform(0.95, 1.05, (WEEKS, 2))
    kept = [0.7 * adstock(spend[:, 0], 0.3), 0.7 * adstock(spend[:, 1], 0.3)]
    brought = np.column_stack(
        [300 * kept[0] / (1 + kept[0]), 60 * kept[1] / (1 + kept[1])]
    )
    sales = 500 + brought.sum(axis=1) + 15 * rng.standard_normal(WEEKS)
    frame = pd.DataFrame(spend, columns=["a", "b"]).assign(
        date=pd.date_range("2023-01-02", periods=WEEKS, freq="7D"), revenue=sales
    )
    return frame, brought


def experiment(frame: pd.DataFrame, brought: Floats, error: float) -> mmm.LiftTest:
    """Of channel a in weeks 60 to 67; what is carried in is no part of it."""
    start, end = 60, 68
    spend = frame["a"].to_numpy()
    off = spend.copy()
    off[start:end] = 0.0
    without = 0.7 * adstock(off, 0.3)
    lift = (brought[:, 0] - 300 * without / (1 + without))[start:end].sum()
    first = frame["date"].iloc[start].date()
    last = frame["date"].iloc[end - 1].date() + dt.timedelta(days=6)
    return mmm.LiftTest("a", first, last, float(lift), error)


def fitted(frame: pd.DataFrame, *tests: mmm.LiftTest, draws: int = 200) -> pd.DataFrame:
    model = mmm.fit(
        frame, outcome="revenue", channels=["a", "b"], lift_tests=tests, draws=draws
    )
    return model.channels().set_index("channel")


@cache
def fitted_without(seed: int) -> pd.DataFrame:
    """The twins before any experiment; not to be changed."""
    return fitted(twins(seed)[0])


def test_an_experiment_moves_twins_to_the_truth_and_narrows_them() -> None:
    nearer, narrower = [], []
    for seed in range(3):
        frame, brought = twins(seed)
        truth = brought.sum(axis=0)

        before = fitted_without(seed).copy()
        after = fitted(frame, experiment(frame, brought, error=40.0))

        for rows in (before, after):
            rows["off"] = (rows["contribution"] - truth).abs()
            rows["width"] = rows["contribution_upper"] - rows["contribution_lower"]
        nearer.append(after["off"].sum() < before["off"].sum())
        narrower.append((after["width"] < before["width"]).all())
        inside = after["contribution_lower"].le(truth) & after["contribution_upper"].ge(
            truth
        )
        assert inside.sum() >= 1
    assert all(narrower)
    assert sum(nearer) >= 2


def test_an_experiment_without_precision_says_nothing() -> None:
    frame, brought = twins(1)

    # Twins move by chance: with 200 draws as far as what is asked of them here.
    before = fitted(frame, draws=1000)["contribution"]
    silent = experiment(frame, brought, error=1e7)
    after = fitted(frame, silent, draws=1000)["contribution"]

    assert after.to_numpy() == pytest.approx(before.to_numpy(), rel=0.15)


def test_the_gradient_holds_with_lift_tests() -> None:
    rng = np.random.default_rng(3)
    dates = np.datetime64("2024-01-01") + 7 * np.arange(80)
    spend = rng.gamma(2.0, 0.5, (80, 2))
    measured = np.zeros((2, 80))
    measured[0, 20:30] = measured[1, 40:44] = 1.0
    lifts = Lifts(
        np.array([1, 0]),
        measured,
        spend.T[[1, 0]] * (1 - measured),
        np.array([1.2, 0.1]),
        np.array([0.05, 0.2]),
    )
    outcome = 1 + 0.1 * rng.standard_normal(80)
    posterior = Posterior("hill", outcome, spend, baseline(dates, {}, 80), -0.8, lifts)
    point = posterior.start(0.4, 0.9, 0.12) + 0.1 * rng.standard_normal(posterior.size)
    observed = posterior.evenly(1)

    _, slopes = posterior.one(point, observed)

    width = 1e-5
    ends = [
        [posterior.one(point + sign * step, observed)[0] for sign in (1, -1)]
        for step in np.eye(point.size) * width
    ]
    differences = [(above - below) / (2 * width) for above, below in ends]
    assert slopes == pytest.approx(differences, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"channel": "c"}, "c is not a channel of this mix"),
        ({"error": 0.0}, "the error above 0"),
        ({"lift": float("nan")}, "both must be numbers"),
        ({"start": dt.date(2020, 1, 1)}, "must lie within 2023-01-02"),
        ({"end": dt.date(2024, 1, 2)}, "at least one whole period of 7 days"),
    ],
)
def test_an_experiment_that_does_not_fit_the_table_is_refused(
    change: dict[str, Any], says: str
) -> None:
    frame, _ = twins(0)
    whole: dict[str, Any] = {
        "channel": "a",
        "start": dt.date(2024, 1, 1),
        "end": dt.date(2024, 2, 25),
        "lift": 100.0,
        "error": 10.0,
    }

    with pytest.raises(InvalidLiftTest, match=says):
        fitted(frame, mmm.LiftTest(**whole | change))
