"""Noise that goes on, and a prior that sits on the total of all channels."""

import numpy as np
import pytest

from ml_assets import mmm
from ml_assets.mmm.effects_prior import effects_prior
from ml_assets.mmm.memory import (
    draw_follows,
    innovations,
    likeliest_follows,
    through_precision,
)
from tests.ml_assets.mmm.market import CHANNELS, MEAN, market

RNG = np.random.default_rng(12)


def remembered(new: np.ndarray, follows: float) -> np.ndarray:
    noise = new.copy()
    for period in range(1, noise.size):
        noise[period] += follows * noise[period - 1]
    return noise


def test_the_precision_is_the_inverse_of_what_noise_that_goes_on_has() -> None:
    filtered = np.eye(5) - 0.4 * np.eye(5, k=-1)
    weights = RNG.gamma(2.0, 0.5, 5)
    values = RNG.standard_normal(5)

    found = through_precision(values[None], weights[None], np.array([0.4]))

    assert found[0] == pytest.approx(filtered.T @ (weights * (filtered @ values)))
    assert innovations(remembered(values, 0.4)[None], np.array([0.4]))[
        0
    ] == pytest.approx(values)


def test_how_much_goes_on_is_found_and_drawn_around_what_is_likeliest() -> None:
    noise = remembered(RNG.standard_normal(2000), 0.5)[None]
    even = np.ones_like(noise)

    mode = likeliest_follows(noise, even)
    draws = [draw_follows(noise, even, RNG)[0] for _ in range(200)]

    assert mode[0] == pytest.approx(0.5, abs=0.06)
    assert np.mean(draws) == pytest.approx(mode[0], abs=0.01)
    # 1 / sqrt of the sum of squares that it is seen in.
    assert np.std(draws) == pytest.approx(0.0194, rel=0.2)
    assert likeliest_follows(noise.cumsum(axis=1), even)[0] == 0.9


def test_a_week_that_follows_the_one_before_widens_intervals_and_is_known() -> None:
    frame = market(noise=0.0).frame
    new = 0.03 * MEAN * RNG.standard_normal(len(frame))
    widths = {}
    for follows in (0.0, 0.6):
        noise = remembered(new, follows)
        model = mmm.fit(
            frame.assign(revenue=frame["revenue"] + noise),
            outcome="revenue",
            channels=CHANNELS,
            controls=["promotion"],
            draws=80,
        )
        lower, upper = np.quantile(model.draws.follows, (0.02, 0.98))
        widths[follows] = upper - lower
        assert lower < follows < upper
    assert max(widths.values()) < 0.5


@pytest.mark.parametrize("channels", [1, 20])
def test_the_total_has_the_same_prior_however_many_channels_there_are(
    channels: int,
) -> None:
    """Twice the total, in the same shares: the half normal's ratio, and a logarithm."""
    used = np.full(channels, 0.8)
    effects = RNG.dirichlet(np.ones(channels)) * 0.3 / 0.8

    (small, large), slopes = effects_prior(np.log([effects, 2 * effects]), used)

    half_normal = (0.6**2 - 0.3**2) / (2 * 0.5**2)
    assert large - small == pytest.approx(half_normal - np.log(2))
    step = 1e-6 * np.eye(channels)[0]
    ends = effects_prior(np.log(effects) + np.array([step, -step]), used)[0]
    assert slopes[0, 0] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4)
