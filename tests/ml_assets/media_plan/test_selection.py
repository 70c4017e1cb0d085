"""A split that was searched for promises what it brings, and not its luck."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.media_plan.selection import less_luck, share_kept

RNG = np.random.default_rng(7)


def test_half_is_kept_of_a_gain_as_large_as_its_doubt() -> None:
    # Mean 2, variance 4.
    assert share_kept(np.array([0.0, 4.0])) == 0.5


def test_what_is_known_for_sure_is_kept_and_what_is_lost_is_not_made_good() -> None:
    assert share_kept(np.array([3.0, 3.0])) == 1.0
    assert share_kept(np.array([-3.0, 1.0])) == 1.0
    assert share_kept(np.zeros(4)) == 1.0


def test_luck_is_taken_off_each_channel_and_the_doubt_stays() -> None:
    now = np.array([[10.0, 20.0], [10.0, 20.0]])
    found = now + np.array([[1.0, -1.0], [5.0, -1.0]])

    promised = less_luck(found, now)

    # Together 0 and 4 more: a mean of 2, of which half is kept.
    assert promised.mean(axis=0) == pytest.approx([11.5, 19.5])
    assert (promised.sum(axis=1) - now.sum(axis=1)).tolist() == [-1.0, 3.0]
    assert promised.std(axis=0) == pytest.approx(found.std(axis=0))


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
