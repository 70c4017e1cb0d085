"""What the fit knows of its own limits: twins, residuals, gates, other fits."""

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.mmm import gates, plots
from ml_assets.mmm.backtest import Backtest
from ml_assets.mmm.errors import TooShortHistory
from ml_assets.mmm.identifiability import advise, separable_pairs
from ml_assets.mmm.residuals import check_residuals
from ml_assets.mmm.sampler import AGREE, Draws, draw
from ml_assets.mmm.stability import compare_fits
from ml_assets.sentences import Sentence
from tests.ml_assets.mmm.market import CHANNELS, market
from tests.ml_assets.mmm.test_bad_input import times
from tests.ml_assets.mmm.test_lift_tests import twins


def fitted(frame: pd.DataFrame) -> mmm.MediaMix:
    return mmm.fit(
        frame, outcome="revenue", channels=CHANNELS, controls=["promotion"], draws=200
    )


@pytest.fixture(scope="module")
def model() -> mmm.MediaMix:
    return fitted(market(noise=0.04).frame)


@pytest.fixture(scope="module")
def backtest() -> Backtest:
    return mmm.backtest(
        market(noise=0.04).frame,
        outcome="revenue",
        channels=CHANNELS,
        controls=["promotion"],
        draws=80,
    )


def test_twins_are_not_told_apart_and_others_are(model: mmm.MediaMix) -> None:
    frame, _ = twins(1)
    pair = mmm.fit(frame, outcome="revenue", channels=["a", "b"], draws=100)

    assert separable_pairs(model)["is_separable"].all()
    assert not separable_pairs(pair)["is_separable"].any()
    assert gates.distinct_channels(model).outcome == "passed"
    assert gates.distinct_channels(pair).outcome == "warned"
    assert "a and b cannot be told apart" in gates.distinct_channels(pair).message


def test_advice_is_to_vary_what_is_doubted() -> None:
    """And it is right: the weeks it asks for do narrow the doubt, about as foretold."""
    rng, weeks = np.random.default_rng(6), 130
    spend = 1000 * rng.uniform(0.9, 1.1, weeks)
    advised_up = np.tile(np.repeat([2.0, 0.0], 4), 3)
    spend = np.concatenate([spend, 1000 * advised_up])
    sales = 20_000 + 6000 * spend / (1000 + spend)
    frame = pd.DataFrame(
        {
            "date": pd.date_range("2023-01-02", periods=spend.size, freq="7D"),
            "revenue": sales + 600 * rng.standard_normal(spend.size),
            "meta": spend,
        }
    )
    before = mmm.fit(frame.head(weeks), outcome="revenue", channels=["meta"])

    advice = advise(before, "meta")
    after = mmm.fit(frame, outcome="revenue", channels=["meta"])

    assert advice.sentence.startswith(f"Vary meta by {advice.share:.0%} up and down")
    assert advice.doubt_after < 0.8 * advice.doubt
    brought = after.steady_at(np.array([1000.0]))[0][:, 0]
    assert brought.std() / brought.mean() < 0.8 * advice.doubt


def test_quiet_residuals_pass_and_a_forgotten_wave_does_not(
    model: mmm.MediaMix,
) -> None:
    frame = market(noise=0.01).frame
    wave = 1 + 0.15 * np.sin(2 * np.pi * np.arange(len(frame)) / 9)

    forgotten = fitted(frame.assign(revenue=frame["revenue"] * wave))

    assert gates.quiet_residuals(model).outcome == "passed"
    assert check_residuals(model).p_value > 0.001
    assert gates.quiet_residuals(forgotten).outcome == "warned"
    assert check_residuals(forgotten).p_value < 1e-6


def test_a_huge_week_is_an_outlier_with_its_date() -> None:
    frame = times(market().frame, "revenue", 3, [50])

    check = check_residuals(fitted(frame))

    assert [f"{date:%Y-%m-%d}" for date in check.outliers["date"]] == ["2023-12-17"]
    assert "2023-12-17" in check.sentence


def test_a_baseline_below_zero_is_warned_of(model: mmm.MediaMix) -> None:
    assert gates.negative_baseline(model).outcome == "passed"
    sunk = replace(
        model,
        draws=replace(model.draws, coefficients=model.draws.coefficients * -1.0),
    )

    gate = gates.negative_baseline(sunk)

    assert gate.outcome == "blocked"
    assert "credited with more than there was" in gate.message


def test_chains_that_disagree_are_blocked(model: mmm.MediaMix) -> None:
    assert gates.converged(model).outcome == "passed"
    doubted = gates.converged(replace(model, reason=Sentence("why", "why")))
    assert (doubted.outcome, doubted.message) == ("blocked", "why")
    assert gates.fit_failed(TooShortHistory("soon")).message == "No fit: soon"


def test_a_fit_whose_chains_disagree_is_no_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def torn(*of: Any, **more: Any) -> Draws:
        return replace(draw(*of, **more), r_hat=AGREE + 0.01)

    monkeypatch.setattr("ml_assets.mmm.fitting.draw", torn)
    found = fitted(market(noise=0.04).frame)

    assert (found.status, gates.converged(found).outcome) == ("uncertain", "blocked")
    assert "the chains disagree" in str(found.reason)


def test_a_backtest_is_judged_against_no_model_at_all(backtest: Backtest) -> None:
    assert len(backtest.origins) == 3
    assert gates.worse_than_naive(backtest).outcome == "passed"
    assert 0.7 <= backtest.coverage <= 1.0
    assert abs(backtest.bias) < 0.1
    bad = replace(
        backtest, origins=tuple(replace(o, mape=0.5) for o in backtest.origins)
    )
    assert gates.worse_than_naive(bad).outcome == "warned"


def test_a_fit_that_says_something_else_says_why(model: mmm.MediaMix) -> None:
    frame = market(noise=0.04).frame
    same = compare_fits(model, fitted(frame))
    restated = frame.assign(revenue=frame["revenue"] + 6 * frame["tiktok"])

    other = compare_fits(model, fitted(restated)).set_index("channel")

    assert not same["moved"].any()
    assert other.loc["tiktok", "moved"]
    assert "periods was restated" in str(other.loc["tiktok", "reason"])


@pytest.mark.parametrize("image_format", ["png", "svg"])
def test_pictures_are_drawn(
    model: mmm.MediaMix, backtest: Backtest, image_format: plots.ImageFormat
) -> None:
    plan = model.optimise(8000, periods=1)
    drawn = [
        plots.plot_contributions(model, image_format=image_format),
        plots.plot_curves(model, image_format=image_format),
        plots.plot_fitted(model, image_format=image_format),
        plots.plot_backtest(backtest, image_format=image_format),
        plots.plot_budget(plan, image_format=image_format),
    ]

    start = b"\x89PNG" if image_format == "png" else b"<svg"
    assert all(picture.startswith(start) for picture in drawn)
    if image_format == "svg":
        assert b"recommended" in drawn[-1]
        assert b"predicted" in drawn[-2]


def test_two_processes_find_the_same_bytes() -> None:
    program = (
        "import hashlib; from ml_assets import mmm;"
        "from tests.ml_assets.mmm.market import CHANNELS, market;"
        "m = mmm.fit(market(weeks=80).frame, outcome='revenue', channels=CHANNELS,"
        " draws=40);"
        "print(hashlib.sha256(m.draws.points.tobytes() + m.contributions()"
        ".to_csv().encode() + m.optimise(9000, periods=2).plan.to_csv().encode())"
        ".hexdigest())"
    )

    paths = os.pathsep.join(sys.path)

    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": paths},
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1
