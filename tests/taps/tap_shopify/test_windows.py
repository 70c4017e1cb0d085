"""Windows of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from taps.tap_shopify.windows import Count, Window, split

START = datetime(2026, 11, 1, tzinfo=UTC)
SECONDS = st.lists(st.integers(0, 5000), max_size=200)


def count_in(seconds: list[int], window: Window, exact_to: int = 9_999) -> Count:
    moments = [START + timedelta(seconds=s) for s in seconds]
    number = sum(window.since <= moment < window.until for moment in moments)
    return Count(min(number, exact_to), number <= exact_to)


@given(SECONDS, st.integers(1, 50))
def test_parts_touch_and_hold_everything_once(seconds: list[int], limit: int) -> None:
    whole = Window("updated_at", START, START + timedelta(seconds=5001))
    parts = list(split(whole, lambda window: count_in(seconds, window), limit))
    windows = [window for window, _ in parts]
    assert windows[0].since == whole.since
    assert windows[-1].until == whole.until
    pairs = pairwise(windows)
    assert all(a.until == b.since for a, b in pairs)
    assert sum(told.number for _, told in parts) == len(seconds)


@given(SECONDS, st.integers(1, 50))
def test_only_a_second_may_hold_more_than_the_limit(
    seconds: list[int], limit: int
) -> None:
    whole = Window("updated_at", START, START + timedelta(seconds=5001))
    for window, told in split(whole, lambda w: count_in(seconds, w), limit):
        is_a_second = window.until - window.since == timedelta(seconds=1)
        assert told.number <= limit or is_a_second


@given(SECONDS, st.integers(1, 50))
def test_a_count_that_is_not_exact_is_split_further(
    seconds: list[int], exact_to: int
) -> None:
    whole = Window("updated_at", START, START + timedelta(seconds=5001))
    parts = split(whole, lambda w: count_in(seconds, w, exact_to), 10_000)
    for window, told in parts:
        assert told.is_exact or window.until - window.since == timedelta(seconds=1)


def test_a_window_is_half_open_in_shopifys_words() -> None:
    window = Window("updated_at", START, START + timedelta(hours=1))
    assert window.search == (
        "updated_at:>='2026-11-01T00:00:00Z' AND updated_at:<'2026-11-01T01:00:00Z'"
    )
