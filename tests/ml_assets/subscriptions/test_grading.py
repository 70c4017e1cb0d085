"""Flags, rankings and probabilities are graded by numbers that can be done by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.grading import area_under_curve
from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.grading import (
    calibration_by_band,
    grade_flags,
    grade_ranking,
    rank_draws,
)
from ml_assets.subscriptions.probabilities import grade_chances

ROOT = Path(__file__).parents[3]


def test_a_flag_has_precision_recall_and_lift() -> None:
    flagged = [True] * 4 + [False] * 16
    left = [True, True, True, False] + [True] + [False] * 15

    found = grade_flags(flagged, left)

    assert (found.precision.value, found.recall.value) == (0.75, 0.75)
    # Four of all twenty left.
    assert found.lift == pytest.approx(0.75 / 0.2)
    # Wilson (1927), three of four.
    assert found.precision.lower == pytest.approx(0.3006, abs=1e-4)
    assert found.precision.upper == pytest.approx(0.9544, abs=1e-4)


def test_nobody_leaves_is_worth_nothing_however_often_it_is_right() -> None:
    left = np.arange(100) < 5

    found = grade_flags(np.zeros(100, dtype=bool), left)

    assert np.isnan(found.precision.value)
    assert found.recall.value == 0


def test_areas_are_those_of_the_ranks_and_precision_is_taken_at_each_who_left() -> None:
    risk = np.array([0.9, 0.8, 0.8, 0.4, 0.1])
    left = np.array([True, False, True, True, False])

    found = rank_draws(risk, left, np.arange(5), draws=0)[0]

    assert found[0] == pytest.approx(area_under_curve(risk, left)) == 4.5 / 6
    # After 0.9: 1/1; after both 0.8: 2/3; after 0.4: 3/4.
    assert found[1] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_the_tenth_at_the_top_is_cut_within_equal_risks_evenly() -> None:
    risk = np.repeat([2.0, 1.0], [20, 80])
    left = np.concatenate([np.arange(20) < 10, np.arange(80) < 10])

    lift = rank_draws(risk, left, np.arange(100), draws=0)[0, 2]

    # Half of the twenty left, a fifth of all.
    assert lift == pytest.approx(0.5 / 0.2)


def test_an_account_scored_thrice_is_no_three_accounts() -> None:
    rng = np.random.default_rng(4)
    risk, left = rng.random(60), rng.random(60) < 0.4
    thrice = np.repeat(np.arange(60), 3)

    once = grade_ranking(risk, left, np.arange(60))
    again = grade_ranking(risk[thrice], left[thrice], thrice)

    assert again.roc_auc == once.roc_auc
    apart = grade_ranking(risk[thrice], left[thrice], np.arange(180))
    assert apart.roc_auc.upper - apart.roc_auc.lower < 0.8 * (
        once.roc_auc.upper - once.roc_auc.lower
    )


def test_the_interval_of_an_area_covers_it() -> None:
    rng = np.random.default_rng(8)
    covered = 0
    for _ in range(60):
        left = rng.random(150) < 0.3
        risk = rng.normal(size=150) + left
        found = grade_ranking(risk, left, np.arange(150), draws=100).roc_auc
        # P(N(1, 2) > 0)
        covered += found.lower <= 0.7602 <= found.upper

    assert covered >= 52


def test_bands_show_what_was_said_beside_what_came() -> None:
    band = ["severe"] * 10 + ["healthy"] * 30
    chance = np.repeat([0.5, 0.1], [10, 30])
    left = np.concatenate([np.arange(10) < 4, np.arange(30) < 3])

    found = calibration_by_band(band, chance, left)

    assert found["band"].tolist() == ["healthy", "severe"]
    assert found["left_ratio"].tolist() == pytest.approx([0.1, 0.4])
    assert found["said_ratio"].tolist() == pytest.approx([0.1, 0.5])
    inside = (found["left_ratio_lower"] < 0.4) & (found["left_ratio_upper"] > 0.1)
    assert inside.all()


def test_probabilities_stand_beside_the_share_of_all() -> None:
    left = np.array([True, False, False, False])

    found = grade_chances(np.array([0.7, 0.1, 0.1, 0.1]), left)

    assert found.brier == pytest.approx((0.09 + 3 * 0.01) / 4)
    assert found.base_brier == pytest.approx(0.25 * 0.75)
    assert found.skill == pytest.approx(1 - 0.03 / 0.1875)


@pytest.mark.parametrize("risk", [np.array([0.1, np.nan]), np.array([0.1])])
def test_what_cannot_be_ordered_is_refused(risk: np.ndarray) -> None:
    with pytest.raises(InvalidAccounts):
        grade_ranking(risk, np.array([True, False]), np.arange(2))


def test_the_forbidden_word_is_nowhere() -> None:
    files = [
        *(ROOT / "ml_assets" / "subscriptions").rglob("*.py"),
        ROOT / "docs/models/subscriptions.md",
    ]
    words = "accu" + "racy"

    assert [file.name for file in files if words in file.read_text().lower()] == []


def test_equal_risks_tell_nothing() -> None:
    found = grade_ranking(np.zeros(40), np.arange(40) < 9, np.arange(40))

    assert found.roc_auc.value == 0.5
    assert found.pr_auc.value == pytest.approx(9 / 40)
    assert found.top_lift.value == pytest.approx(1)


def test_two_risks_are_drawn_alike() -> None:
    rng = np.random.default_rng(2)
    left, risk = rng.random(50) < 0.5, rng.random(50)
    names = pd.Index(range(50)).astype(str)

    one = rank_draws(risk, left, names)
    other = rank_draws(2 * risk + 1, left, names)

    assert (one == other).all()
