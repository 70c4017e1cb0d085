"""The best split of every budget: exact on a grid, for any shape of curve."""

import itertools

import numpy as np
import pytest

from ml_assets.media_plan.allocation_grid import best_splits


@pytest.mark.parametrize("seed", range(5))
def test_no_other_split_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curves = [np.concatenate([[0.0], np.cumsum(rng.random(7))]) for _ in range(3)]

    value, split = best_splits(curves, 12)

    for total in range(13):
        every = [
            sum(curve[k] for curve, k in zip(curves, plan, strict=True))
            for plan in itertools.product(range(8), repeat=3)
            if sum(plan) <= total
        ]
        assert value[total] == pytest.approx(max(every))
        assert split[total].sum() <= total
        chosen = sum(c[k] for c, k in zip(curves, split[total], strict=True))
        assert chosen == pytest.approx(value[total])


def test_an_s_shaped_channel_gets_all_or_nothing() -> None:
    late = np.array([0.0, 0.0, 0.0, 9.0])
    steady = np.array([0.0, 2.0, 4.0, 6.0])

    _, split = best_splits([late, steady], 3)

    assert split.tolist() == [[0, 0], [0, 1], [0, 2], [3, 0]]


def test_money_that_brings_nothing_is_not_spent() -> None:
    _, split = best_splits([np.array([0.0, 1.0])], 4)

    assert split[:, 0].tolist() == [0, 1, 1, 1, 1]
