"""Where a company will stand beside its models, by where it stood."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.clv.seasons.levels import Window, level_ahead

_Z = 1.6449
_CHANCE = 0.05**2


def months(*log_ratios: float, chance: float = _CHANCE) -> list[Window]:
    """Windows of 30 days, the last one first."""
    return [
        Window(-30.0 * back, -30.0 * (back - 1), ratio, chance)
        for back, ratio in enumerate(log_ratios, start=1)
    ]


def ahead(
    windows: list[Window],
    days: float = 90,
    history: float = 1e9,
    *,
    has_season: bool = True,
) -> tuple[float, float]:
    return level_ahead(windows, days, history, has_season=has_season)


def test_without_a_window_it_is_as_wide_as_companies_differ() -> None:
    """Sizes .05, .1, .2, .4, .8 believed 3, 3, 1, .2, .03 of 7.23: E[l^2] = .0182.

    A day on end wanders with itself: the level's part of the variance is all of it. A
    walk of .3 l a month is away from its mean of the year before by a third of twelve
    months' steps: .09 * 365 / 30 / 3 = .365 of it. Each is as likely.
    """
    mean, sd = ahead([], 1e-6)

    squares = np.array([0.05, 0.1, 0.2, 0.4, 0.8]) ** 2
    believed = float(squares @ [3, 3, 1, 0.2, 0.03]) / 7.23
    assert mean == 0
    # Twelve points stand for the days of a year.
    expected = np.sqrt(0.05**2 + believed * (1 + 0.365) / 2)
    assert sd == pytest.approx(expected, rel=2e-3)


def test_a_walk_goes_on_where_what_comes_back_is_evened_out() -> None:
    """The mean of 360 days is 12 / 3 months' steps farther away than today."""
    _, later = ahead([], 360)

    squares = np.array([0.05, 0.1, 0.2, 0.4, 0.8]) ** 2
    believed = float(squares @ [3, 3, 1, 0.2, 0.03]) / 7.23
    # What comes back is 2 * 60 / 360 (1 - (1 - e^-6) / 6) of what it was.
    comes_back = 1 / 3 * (1 - (1 - np.exp(-6)) / 6)
    walks = 0.09 * (365 / 30 + 12) / 3
    expected = np.sqrt(0.05**2 + believed * (comes_back + walks) / 2)
    assert later == pytest.approx(expected, rel=5e-3)


def test_a_long_horizon_beside_a_short_history_is_stretched() -> None:
    _, known = ahead([], 365)
    _, unknown = ahead([], 365, history=150)

    stretch = 0.3 * np.log(1 + 365 / 150)
    # A fit knows the walk's mean of 150 days, which is nearer than that of 365.
    nearer = 0.0182 * 0.09 * (365 - 150) / 30 / 3 / 2
    expected = np.sqrt(known**2 - nearer + stretch**2)
    assert unknown == pytest.approx(expected, rel=1e-3)


def test_a_steady_company_is_surer_than_one_that_moves() -> None:
    steady = ahead(months(*[0.02, -0.03] * 6))
    moving = ahead(months(*[0.4, -0.3, 0.1, -0.5, 0.3, 0.2] * 2))

    assert abs(steady[0]) < 0.01
    assert steady[1] < 0.1
    assert moving[1] > 0.2


def test_a_level_that_lasts_goes_on_and_fades() -> None:
    windows = months(*[-0.5] * 4, 0, 0, 0, 0)

    soon, later = ahead(windows, 30)[0], ahead(windows, 365)[0]

    assert -0.5 < soon < later < 0


def test_what_lasted_a_year_lasts_another() -> None:
    """Twelve months a fifth below: no campaign that is over in two months."""
    lasting = ahead(months(*[-0.22] * 12), 365)[0]
    passing = ahead(months(*[-0.22] * 2, *[0.0] * 10), 365)[0]

    assert -0.22 < lasting < -0.1
    assert lasting < 2 * passing < 0


def test_days_of_the_year_repeat_unless_the_models_know_them() -> None:
    """Twelve months of which those of the days ahead were higher."""
    windows = months(*[0.0] * 9, *[0.6] * 3, chance=1e-4)

    unknown, known = ahead(windows, has_season=False), ahead(windows, has_season=True)

    assert unknown[0] > 0.1
    assert abs(known[0]) < unknown[0] / 4


@pytest.mark.parametrize(
    ("days", "step", "least"),
    [(90, 0.03, 0.85), (90, 0.1, 0.75), (360, 0.03, 0.75), (360, 0.1, 0.58)],
)
def test_a_level_that_never_comes_back_is_held_too(
    days: int, step: float, least: float
) -> None:
    """A random walk by the month, of which a fit knew the mean of the year before.

    How far one moves is believed to be little, and a year hardly tells: with a level
    that always came back they held .93, .77, .71 and .45.
    """
    rng = np.random.default_rng(12)
    inside = []
    for _ in range(200):
        walk = np.cumsum(step * rng.standard_normal(24 + days // 30))
        # What a fit knows is the mean of the year before it.
        known = np.convolve(walk, np.full(12, 1 / 12), "valid")
        seen = walk[12:24] - known[:12] + 0.08 * rng.standard_normal(12)
        mean, sd = ahead(months(*seen[::-1]), days)
        inside.append(abs(walk[24:].mean() - known[12] - mean) <= _Z * sd)
    assert np.mean(inside) >= least


@pytest.mark.parametrize(("wander", "least"), [(0.0, 0.9), (0.1, 0.84), (0.2, 0.78)])
def test_intervals_hold_what_comes(wander: float, least: float) -> None:
    """Companies of which the truth is known: a bias, a level, shocks and chance.

    How far one moves is believed to be little, and a year hardly tells: of those that
    move most a 90 % interval holds four in five.
    """
    rng = np.random.default_rng(11)
    days = np.arange(-360, 90)
    apart = np.abs(days[:, None] - days)
    root = np.linalg.cholesky(np.exp(-apart / 60) + 1e-9 * np.eye(days.size))
    inside = []
    for _ in range(200):
        level = 0.05 * rng.standard_normal() + wander * (
            root @ rng.standard_normal(days.size)
        )
        noise = np.hypot(0.06, 0.05) * rng.standard_normal(12)
        seen = level[:360].reshape(12, 30).mean(axis=1) + noise
        mean, sd = ahead(months(*seen[::-1]))
        inside.append(abs(level[360:].mean() - mean) <= _Z * sd)
    assert np.mean(inside) >= least
