"""Removal effects of the chain, against hands, walks and brute force."""

import itertools

import numpy as np
import pandas as pd
import pytest

from ml_assets import attribution
from ml_assets.attribution import markov
from ml_assets.attribution.markov import Counts, build_chain, count, removal_effects
from ml_assets.attribution.paths import collapse
from ml_assets.attribution.reading import read_journeys
from tests.ml_assets.attribution.journeys import credited, paths

_State = tuple[str, ...]
_Row = tuple[str, float, float]

# From the start two thirds go to c1; c1 leads to c2 or out, c2 to c3, c3 to a sale or
# out. A journey converts with 1/3. Without c1: 1/3 * 1/2 = 1/6, half is lost. Without
# c2 or c3 nothing converts: all is lost. Rescaled, 1/2 : 1 : 1.
_WORKED = paths(("c1 > c2 > c3", 1, 0), ("c1", 0, 1), ("c2 > c3", 0, 1), value=30)


def _effects(frame: pd.DataFrame, order: int = 1) -> dict[str, float]:
    found = collapse(read_journeys(frame))
    chain = build_chain(found, order)
    counts = count(chain, found.conversions, found.others, found.value)
    effects, _ = removal_effects(
        chain,
        Counts(*(part[None] for part in vars(counts).values())),
        len(found.channels),
    )
    return dict(zip(found.channels, effects[0], strict=True))


def test_the_worked_example_loses_what_the_hand_says() -> None:
    assert _effects(_WORKED) == pytest.approx({"c1": 0.5, "c2": 1.0, "c3": 1.0})
    rows = attribution.compare(_WORKED).rows
    assert credited(rows, "markov") == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4})
    assert credited(rows, "markov", "value") == pytest.approx(
        {"c1": 6.0, "c2": 12.0, "c3": 12.0}
    )


def test_a_memory_of_two_tells_where_a_visitor_came_from() -> None:
    # After a, b converts half the time; alone never. Memory of one mixes the two: b
    # converts a quarter, and 3/4 of sales begin without a.
    frame = paths(("a > b", 1, 1), ("b", 0, 2))

    assert _effects(frame, order=1)["a"] == pytest.approx(1 / 2)
    assert _effects(frame, order=2) == pytest.approx({"a": 1.0, "b": 1.0})


def test_staying_with_a_channel_changes_nothing_at_order_one() -> None:
    once = paths(("a > b", 2, 1), ("b", 1, 3))
    stuttering = paths(("a > a > a > b", 2, 1), ("b", 1, 3))

    assert _effects(stuttering) == pytest.approx(_effects(once))


def test_money_moves_the_credit_toward_those_who_bring_it() -> None:
    frame = paths(("a", 10, 10), ("b", 10, 10)).assign(value=[900.0, 100.0])

    rows = attribution.compare(frame).rows

    assert credited(rows, "markov") == pytest.approx({"a": 10, "b": 10})
    assert credited(rows, "markov", "value") == pytest.approx({"a": 900, "b": 100})


def test_a_channel_without_effect_does_not_turn_value_around() -> None:
    # What leads nowhere has no effect but rounding, of either sign.
    rng = np.random.default_rng(2)
    rows = [(" > ".join(rng.choice(list("abcdefg"), 3)), 1, 3) for _ in range(60)]
    lost = [(f"{text} > dead", 0, 5) for text, _, _ in rows]
    frame = paths(*rows, *lost, value=17.3)

    answer = attribution.compare(frame)

    assert "markov_value" not in {note.code for note in answer.notes}
    assert credited(answer.rows, "markov")["dead"] == 0.0


def test_refunds_beyond_sales_fall_back_to_conversions_and_say_so() -> None:
    frame = paths(("a", 10, 10), ("b", 10, 10)).assign(value=[900.0, -100.0])

    answer = attribution.compare(frame)

    assert "markov_value" in {note.code for note in answer.notes}
    shares = credited(answer.rows, "markov", "value")
    assert shares == pytest.approx({"a": 400, "b": 400})


@pytest.mark.parametrize("order", [1, 2, 3])
def test_effects_are_those_of_journeys_walked_one_by_one(order: int) -> None:
    rng = np.random.default_rng(11)
    rows: list[_Row] = [
        (" > ".join(rng.choice(list("abc"), rng.integers(1, 5))), 1.0 + n % 3, n % 4)
        for n in range(40)
    ]
    frame = paths(*rows)

    expected = _walked(rows, order)

    assert _effects(frame, order) == pytest.approx(expected, abs=1e-9)


def _walked(rows: list[_Row], order: int) -> dict[str, float]:
    """By stepping probabilities forward until nobody is under way."""
    moves: dict[tuple[_State, _State], float] = {}
    ends: dict[_State, tuple[float, float]] = {}
    begun: dict[_State, float] = {}
    for text, sold, left in rows:
        steps = text.split(" > ")
        states = [
            tuple(steps[max(0, n - order + 1) : n + 1]) for n in range(len(steps))
        ]
        begun[states[0]] = begun.get(states[0], 0) + sold + left
        for pair in itertools.pairwise(states):
            moves[pair] = moves.get(pair, 0) + sold + left
        old = ends.get(states[-1], (0, 0))
        ends[states[-1]] = (old[0] + sold, old[1] + left)
    out: dict[_State, float] = dict.fromkeys(
        {*begun, *ends, *(a for a, _ in moves), *(b for _, b in moves)}, 0
    )
    for (a, _), times in moves.items():
        out[a] += times
    for a, (sold, left) in ends.items():
        out[a] += sold + left

    def sold_without(channel: str | None) -> float:
        here = {s: n / sum(begun.values()) for s, n in begun.items()}
        total = 0.0
        for _ in range(400):
            here = {s: p for s, p in here.items() if s[-1] != channel}
            total += sum(p * ends.get(s, (0, 0))[0] / out[s] for s, p in here.items())
            then: dict[_State, float] = {}
            for (a, b), times in moves.items():
                then[b] = then.get(b, 0.0) + here.get(a, 0.0) * times / out[a]
            here = then
        return total

    whole = sold_without(None)
    return {c: 1 - sold_without(c) / whole for c in "abc"}


@pytest.mark.parametrize("order", [1, 2])
def test_few_and_many_states_are_solved_alike(
    order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    frame = paths(
        *(
            (" > ".join(rng.choice(list("abcdef"), rng.integers(1, 7))), n % 2, 1)
            for n in range(300)
        )
    )
    dense = _effects(frame, order)

    monkeypatch.setattr(markov, "DENSE_STATES", 0)

    assert _effects(frame, order) == pytest.approx(dense, rel=1e-9)
