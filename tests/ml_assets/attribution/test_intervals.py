"""Intervals are those of journeys drawn again, and the same on every run."""

import numpy as np
import pandas as pd
import pytest

from ml_assets import attribution
from tests.ml_assets.attribution.journeys import paths


def _market(seed: int, journeys: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ways = ["a", "a > b", "b", "b > c", "c > a > b"]
    chance = [0.1, 0.3, 0.2, 0.4, 0.5]
    taken = rng.choice(5, journeys, p=[0.3, 0.2, 0.2, 0.2, 0.1])
    sold = rng.random(journeys) < np.array(chance)[taken]
    return pd.DataFrame(
        {
            "path": np.array(ways)[taken],
            "conversions": sold.astype(int),
            "no_conversions": (~sold).astype(int),
            "value": np.where(sold, rng.gamma(2.0, 25.0, journeys), 0.0),
        }
    )


def test_the_same_table_gives_the_same_intervals() -> None:
    one, two = (attribution.compare(_market(1)).rows for _ in range(2))

    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_another_seed_gives_other_draws() -> None:
    one, two = (attribution.compare(_market(1), seed=n).rows for n in (1, 2))

    assert (one["conversions_lower"] != two["conversions_lower"]).any()


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    keys = ["method", "channel"]
    truth = attribution.compare(_market(0, 400_000), resamples=0).rows.set_index(keys)
    held = []
    for seed in range(120):
        rows = attribution.compare(_market(1000 + seed), resamples=120).rows
        rows = rows.set_index(keys)
        inside = truth["share"].between(rows["share_lower"], rows["share_upper"])
        held.append(inside)
        value = truth["value"] / 1000
        held.append(value.between(rows["value_lower"], rows["value_upper"]))

    assert 0.86 <= np.mean(held) <= 0.93


def test_the_spread_of_a_count_is_that_of_poisson() -> None:
    frame = paths(("a", 400, 0), ("b", 100, 0))

    rows = attribution.compare(frame, methods=["last"], resamples=4000).rows

    width = (rows["conversions_upper"] - rows["conversions_lower"]).to_numpy()
    assert width == pytest.approx(2 * 1.645 * np.sqrt([400, 100]), rel=0.08)


def test_many_paths_have_no_intervals_until_they_are_asked_for() -> None:
    frame = paths(*((" > ".join(f"{n:012b}"), 1, 1) for n in range(2500)))

    plain = attribution.compare(frame)
    asked = attribution.compare(frame, resamples=3)

    assert plain.rows["share_lower"].isna().all()
    assert "no_intervals" in {note.code for note in plain.notes}
    assert asked.rows["share_lower"].notna().all()


def test_a_chain_of_many_states_says_that_it_has_no_intervals() -> None:
    rng = np.random.default_rng(3)
    frame = paths(
        *((" > ".join(rng.choice(list("abcdefgh"), 6)), 1, 1) for _ in range(300))
    )

    answer = attribution.compare(frame, markov_order=3)

    known = answer.rows["share_lower"].notna().groupby(answer.rows["method"]).all()
    assert not known["markov"]
    assert known["linear"]
    assert "markov_intervals" in {note.code for note in answer.notes}
