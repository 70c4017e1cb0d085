"""What holds of every method on any journeys."""

from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_assets import attribution

# Touches (channel and day), and the value if there was a sale.
_Journey = tuple[list[tuple[str, int]], int | None]
_CHANNELS = ("a", "b", "c", "d")
_JOURNEYS = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.sampled_from(_CHANNELS), st.integers(0, 40)),
            max_size=6,
        ),
        st.one_of(st.none(), st.integers(1, 500)),
    ),
    min_size=1,
    max_size=25,
).filter(lambda journeys: any(value is not None for _, value in journeys))


def _table(
    journeys: list[_Journey], names: dict[str, str] | None = None
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, (steps, value) in enumerate(journeys):
        base = {
            "journey_id": f"j{number}",
            "converted": value is not None,
            "value": value or 0,
        }
        begin = pd.Timestamp("2024-01-01")
        rows += [
            {
                **base,
                "channel": (names or {}).get(c, c),
                "touched_at": begin + pd.Timedelta(days=day),
            }
            for c, day in steps
        ] or [{**base, "channel": None, "touched_at": pd.NaT}]
    return pd.DataFrame(rows)


@settings(max_examples=60, deadline=None)
@given(_JOURNEYS)
def test_every_method_shares_out_exactly_what_there_is(
    journeys: list[_Journey],
) -> None:
    answer = attribution.compare(_table(journeys), resamples=0, markov_order=2)

    sums = answer.rows.groupby("method")[["conversions", "value", "share"]].sum()
    sold = [value for _, value in journeys if value is not None]
    assert sums["conversions"].to_numpy() == pytest.approx(len(sold), rel=1e-12)
    assert sums["value"].to_numpy() == pytest.approx(sum(sold), rel=1e-12)
    assert sums["share"].to_numpy() == pytest.approx(1.0, rel=1e-12)
    assert len(sums) == len(attribution.METHODS)


@settings(max_examples=40, deadline=None)
@given(_JOURNEYS, st.permutations(_CHANNELS))
def test_new_names_for_channels_change_names_only(
    journeys: list[_Journey], renamed: list[str]
) -> None:
    names = dict(zip(_CHANNELS, renamed, strict=True))

    before = attribution.compare(_table(journeys), resamples=20).rows
    after = attribution.compare(_table(journeys, names), resamples=20).rows

    before["channel"] = before["channel"].map({**names, "unknown": "unknown"})
    key = ["method", "channel"]
    pd.testing.assert_frame_equal(
        before.sort_values(key, ignore_index=True),
        after.sort_values(key, ignore_index=True),
    )


@settings(max_examples=40, deadline=None)
@given(_JOURNEYS)
def test_a_channel_of_no_sale_earns_nothing_by_any_rule_of_single_journeys(
    journeys: list[_Journey],
) -> None:
    useless = [([*steps, ("e", 41)], None) for steps, _ in journeys]
    frame = _table([*journeys, *useless])

    # A chain that remembers every journey whole has no way around it either.
    rows = attribution.compare(frame, resamples=0, markov_order=8).rows

    earned = rows[rows["channel"] == "e"].set_index("method")["conversions"]
    assert earned.to_numpy() == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(_JOURNEYS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    journeys: list[_Journey], random: Random
) -> None:
    # Without two touches at one moment, which only the order of rows can tell apart.
    apart = [
        ([(c, 50 * n + day) for n, (c, day) in enumerate(steps)], value)
        for steps, value in journeys
    ]
    frame = _table(apart)
    shuffled = frame.sample(frac=1, random_state=random.randint(0, 10**6))

    sorted_rows = attribution.compare(frame, resamples=0).rows
    found = attribution.compare(shuffled, resamples=0).rows

    pd.testing.assert_frame_equal(found, sorted_rows)


@settings(max_examples=40, deadline=None)
@given(_JOURNEYS)
def test_nobody_is_credited_with_less_than_nothing(journeys: list[_Journey]) -> None:
    rows = attribution.compare(_table(journeys), resamples=0).rows

    assert (rows[["conversions", "value", "share"]] >= -1e-9).all(axis=None)
