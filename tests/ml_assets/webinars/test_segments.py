"""Segments: planted groups are found, noise has none, and names stay."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.webinars.errors import TooFewPeople
from ml_assets.webinars.segments import _rand, _silhouette, matched, segment


def test_planted_groups_are_found_and_are_stable() -> None:
    rng = np.random.default_rng(7)
    centres = np.array([[0.0, 0, 0], [6, 0, 0], [0, 6, 6]])
    planted = rng.integers(0, 3, 150)
    places = centres[planted] + rng.normal(0, 0.4, (150, 3))

    found = segment(places, np.random.default_rng(1))

    assert found.labels is not None
    pairs = set(zip(planted.tolist(), found.labels.tolist(), strict=True))
    assert len(pairs) == 3
    chosen = next(each for each in found.candidates if each.count == 3)
    assert (chosen.is_stable, round(chosen.jaccard, 2)) == (True, 1.0)


def test_people_who_are_one_cloud_have_no_groups() -> None:
    places = np.random.default_rng(3).normal(size=(150, 5))

    found = segment(places, np.random.default_rng(1))

    assert found.labels is None
    assert len(found.candidates) == 7


def test_parts_of_a_cloud_that_come_back_are_no_groups() -> None:
    # Most did little, a few much, each thing for itself.
    places = np.random.default_rng(12).lognormal(size=(400, 5))

    found = segment(places, np.random.default_rng(1))

    assert any(each.jaccard >= 0.75 and each.rand >= 0.8 for each in found.candidates)
    assert found.labels is None


def test_few_people_are_refused() -> None:
    with pytest.raises(TooFewPeople, match="99 people"):
        segment(np.zeros((99, 2)), np.random.default_rng(1))


def test_indices_equal_those_computed_by_hand() -> None:
    # Hubert & Arabie: both 2, of chance 4 * 4 / 15, at most 4.
    table = np.array([[2.0, 1], [1, 2]])
    places = np.array([[0.0], [1], [10], [12]])

    assert _rand(table) == pytest.approx((2 - 36 / 15) / (6 - 36 / 15))
    assert _rand(np.diag([3.0, 2])) == 1
    labels = np.array([0, 0, 1, 1])
    widths = [1 - 1 / 11, 1 - 1 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5]
    assert _silhouette(places, labels, np.random.default_rng(1)) == pytest.approx(
        np.mean(widths)
    )


def test_groups_keep_the_names_of_the_last_run() -> None:
    before = np.array([[0.0, 0], [5, 5], [9, 0]])
    now = np.array([[5.2, 5], [0, 0.3], [8.8, 0], [20, 20]])
    scale = np.ones(2)

    assert matched(now, before, (4, 7, 2), scale) == (7, 4, 2, 8)
    assert matched(now[:2], np.empty((0, 2)), (), scale) == (1, 2)
