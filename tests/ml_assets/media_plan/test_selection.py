"""A split that was searched for promises what it brings, and not its luck."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.media_plan.selection import less_luck, share_kept

RNG = np.random.default_rng(7)


def test_what_is_kept_of_a_gain_is_what_its_doubt_does_not_explain() -> None:
    # Mean 2, variances 1, 4 and 9.
    assert share_kept(np.array([1.0, 3.0])) == 0.75
    assert share_kept(np.array([0.0, 4.0])) == 0.0
    assert share_kept(np.array([-1.0, 5.0])) == 0.0


def test_what_is_known_for_sure_is_kept_and_what_is_lost_is_not_made_good() -> None:
    assert share_kept(np.array([3.0, 3.0])) == 1.0
    assert share_kept(np.array([-3.0, 1.0])) == 1.0
    assert share_kept(np.zeros(4)) == 1.0


def test_luck_is_taken_off_each_channel() -> None:
    draws = 400
    now = np.tile([10.0, 20.0], (draws, 1))
    found = now + np.tile([[1.0, -1.0], [5.0, -1.0]], (draws // 2, 1))

    promised = less_luck(found, now)

    # Together 0 and 4 more: a mean of 2 that is no more than its doubt.
    assert promised.mean(axis=0) == pytest.approx([10, 20])
    # Mean 4 and 2 of doubt: three quarters are kept.
    surer = less_luck(found + np.array([0.0, 2.0]), now)
    assert surer.mean(axis=0) == pytest.approx([10 + 0.75 * 3, 20 + 0.75])


def test_the_interval_holds_the_whole_gain_and_none_of_it() -> None:
    # Mean 2 and a doubt of 1: a quarter of the draws takes all of it for luck.
    extra = 2 + np.random.default_rng(1).normal(0, 1, 4_000)

    promised = less_luck(extra[:, None], np.zeros((4_000, 1)))[:, 0]

    assert promised.mean() == pytest.approx(share_kept(extra) * extra.mean())
    is_luck = promised < extra - 1
    assert is_luck.mean() == pytest.approx(0.25, abs=0.03)
    low, high = np.quantile(promised, (0.05, 0.95))
    before = np.quantile(extra, (0.05, 0.95))
    assert low < before[0] - 0.7
    assert before[1] - 0.25 < high < before[1]


def test_of_many_gains_the_best_looking_promises_less_and_holds_it() -> None:
    """Gains and errors of one size; the best of ten measurements is followed."""
    promised, hoped, earned, held, held_before = [], [], [], [], []
    for _ in range(400):
        truth = RNG.normal(0, 1, 10)
        measured = truth + RNG.normal(0, 1, 10)
        best = int(measured.argmax())
        draws = measured[best] + RNG.normal(0, 1, (400, 1))
        gain = less_luck(draws, np.zeros_like(draws))[:, 0]
        low, high = np.quantile(gain, (0.05, 0.95))
        promised.append(gain.mean())
        hoped.append(draws.mean())
        earned.append(truth[best])
        held.append(low <= truth[best] <= high)
        low, high = np.quantile(draws, (0.05, 0.95))
        held_before.append(low <= truth[best] <= high)

    assert np.mean(earned) < np.mean(promised)
    assert np.mean(promised) - np.mean(earned) < 0.7 * (
        np.mean(hoped) - np.mean(earned)
    )
    assert np.mean(held) > np.mean(held_before) + 0.1
